"""The nodes of expressions: joined, compared, reckoned with, named, written out.

What they mean is in `check.meanings`.  Those of the contact are in `facts`, those of what happened
in `past`, those of days in `moments`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.source import Span
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


class Expression(Node):
    """Anything that has a value, conditions included."""


@node("or")
class Or(Expression):
    parts: tuple[Expression, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression) -> Or:
        return cls(span, parts)


@node("and")
class And(Expression):
    parts: tuple[Expression, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression) -> And:
        return cls(span, parts)


@node("not")
class Not(Expression):
    part: Expression


@node("compare")
class Compare(Expression):
    left: Expression
    operator: Token
    right: Expression


class OneSided(Expression):
    """A test of one value."""

    operand: Expression


@node("is_set")
class IsSet(OneSided):
    pass


@node("is_not_set")
class IsNotSet(OneSided):
    pass


@node("in_list")
class InList(OneSided):
    choices: tuple[Expression, ...]


@node("not_in_list")
class NotInList(OneSided):
    choices: tuple[Expression, ...]


@node("between")
class Between(OneSided):
    low: Expression
    high: Expression


class TwoSided(Expression):
    """A test of one value against another."""

    left: Expression
    right: Expression


@node("contains")
class Contains(TwoSided):
    pass


@node("starts_with")
class StartsWith(TwoSided):
    pass


@node("ends_with")
class EndsWith(TwoSided):
    pass


@node("matches")
class Matches(OneSided):
    pattern: Token


@node("sum")
class Sum(Expression):
    """Terms with + and - between them: operand, operator, operand, …"""

    parts: tuple[Expression | Token, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression | Token) -> Sum:
        return cls(span, parts)


@node("product")
class Product(Expression):
    """Factors with * and / between them: operand, operator, operand, …"""

    parts: tuple[Expression | Token, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression | Token) -> Product:
        return cls(span, parts)


@node("field_value")
class FieldValue(Expression):
    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "value"}


@node("ref")
class Ref(Expression):
    """A name with a dot: `event.total`, `reply.x`, `answer.x`, `contact.x`."""

    name: Token
    roles: ClassVar[Mapping[str, str]] = {"name": "path"}


class Literal(Expression):
    """A value written out; the token keeps its text, whether it exists is the checker's to say."""

    value: Token


@node("text")
class Text(Literal):
    pass


@node("number")
class Number(Literal):
    pass


@node("percent")
class Percent(Literal):
    pass


@node("date")
class Date(Literal):
    pass


@node("datetime")
class DateTime(Literal):
    pass


@node("time")
class Time(Literal):
    pass


@node("weekday")
class Weekday(Literal):
    pass


@node("yes")
class Yes(Expression):
    pass


@node("no")
class No(Expression):
    pass


@node("duration")
class Duration(Expression):
    """Amounts and units: 1, week, 3, day."""

    parts: tuple[Token, ...]

    @classmethod
    def build(cls, span: Span, *parts: Token) -> Duration:
        return cls(span, parts)


@node("bad_expression")
class BadExpression(Expression):
    """Stands where a condition could not be read; what it is has been reported."""
