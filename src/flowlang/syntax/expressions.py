"""The nodes of conditions and expressions.  What they mean is in `check.expressions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.source import Span
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


class Expression(Node):
    """Anything that has a value, conditions included."""


class Reach(Node):
    """How far back something counts: `within the last …`, `since start`, `ever`."""


@node("within_the_last")
class WithinTheLast(Reach):
    duration: Duration


@node("since_start")
class SinceStart(Reach):
    pass


@node("ever")
class Ever(Reach):
    pass


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


@node("is_today")
class IsToday(OneSided):
    pass


@node("is_not_today")
class IsNotToday(OneSided):
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


@node("is_before")
class IsBefore(TwoSided):
    pass


@node("is_after")
class IsAfter(TwoSided):
    pass


@node("within_next")
class WithinNext(TwoSided):
    pass


@node("within_last")
class WithinLast(TwoSided):
    pass


@node("matches")
class Matches(OneSided):
    pattern: Token


@node("in_calendar")
class InCalendar(OneSided):
    calendar: Token


@node("not_in_calendar")
class NotInCalendar(OneSided):
    calendar: Token


@node("tagged")
class Tagged(Expression):
    tag: Token


@node("in_group")
class InGroup(Expression):
    group: Token


@node("in_segment")
class InSegment(Expression):
    segment: Token


@node("may_get")
class MayGet(Expression):
    channel: Token


@node("may_not_get")
class MayNotGet(Expression):
    channel: Token


@node("is_blocked")
class IsBlocked(Expression):
    pass


@node("can_receive")
class CanReceive(Expression):
    message: Token


@node("received")
class Received(Expression):
    message: Token
    reach: Reach | None


@node("reacted")
class Reacted(Expression):
    event: Token
    message: Token
    reach: Reach | None


@node("received_anything")
class ReceivedAnything(Expression):
    reach: Reach | None


@node("happened")
class Happened(Expression):
    event: Token
    times: Token | None
    reach: Reach | None
    where: Expression | None = None


@node("any")
class AnyRow(Expression):
    rows: Token
    where: Expression | None = None


@node("none")
class NoRow(Expression):
    rows: Token
    where: Expression | None = None


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


@node("today")
class Today(Expression):
    pass


@node("now")
class Now(Expression):
    pass


@node("last_run")
class LastRun(Expression):
    pass


@node("anniversary")
class Anniversary(OneSided):
    pass


@node("elapsed")
class Elapsed(Expression):
    unit: Token
    operand: Expression


@node("remaining")
class Remaining(Expression):
    unit: Token
    operand: Expression


@node("part")
class Part(Expression):
    """`day of X`, `month of X`, `year of X`, `weekday of X`."""

    unit: Token
    operand: Expression


@node("count_of")
class CountOf(Expression):
    rows: Token
    reach: Reach | None
    where: Expression | None


@node("sum_of")
class SumOf(Expression):
    rows: Token
    field: Token
    reach: Reach | None
    where: Expression | None


@node("of_last")
class OfLast(Expression):
    field: Token
    event: Token


@node("of_first")
class OfFirst(Expression):
    field: Token
    event: Token


@node("at_of_last")
class AtOfLast(Expression):
    event: Token


@node("at_of_first")
class AtOfFirst(Expression):
    event: Token


@node("coupons_left")
class CouponsLeft(Expression):
    list: Token


class Flag(Expression):
    """What became of the wait, send or call just passed."""


@node("timed_out")
class TimedOut(Flag):
    pass


@node("missed")
class Missed(Flag):
    pass


@node("was_sent")
class WasSent(Flag):
    pass


@node("failed")
class Failed(Flag):
    pass


@node("bad_expression")
class BadExpression(Expression):
    """Stands where a condition could not be read; what it is has been reported."""


@node("before")
class Before(Expression):
    """`1 day before X`: only after `wait until`."""

    duration: Duration
    moment: Expression


@node("after")
class After(Expression):
    """`2 hours after X`: only after `wait until`."""

    duration: Duration
    moment: Expression


@node("next_day")
class NextDay(Expression):
    """`next "office days"`: only after `wait until`."""

    calendar: Token


@node("event_ref")
class EventRef(Node):
    """An event that is waited for: a declared one, or one of delivery, of one message or of any."""

    event: Token
    message: Token | None = None
