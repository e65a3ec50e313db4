"""The nodes of conditions and expressions.  What they mean is in `check.expressions`."""

from __future__ import annotations

from dataclasses import dataclass

from flowlang.source import Span
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """Anything that has a value, conditions included."""


@dataclass(frozen=True, slots=True)
class Reach(Node):
    """How far back something counts: `within the last …`, `since start`, `ever`."""


@node("within_the_last")
@dataclass(frozen=True, slots=True)
class WithinTheLast(Reach):
    duration: Duration


@node("since_start")
@dataclass(frozen=True, slots=True)
class SinceStart(Reach):
    pass


@node("ever")
@dataclass(frozen=True, slots=True)
class Ever(Reach):
    pass


@node("or")
@dataclass(frozen=True, slots=True)
class Or(Expression):
    parts: tuple[Expression, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression) -> Or:
        return cls(span, parts)


@node("and")
@dataclass(frozen=True, slots=True)
class And(Expression):
    parts: tuple[Expression, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression) -> And:
        return cls(span, parts)


@node("not")
@dataclass(frozen=True, slots=True)
class Not(Expression):
    part: Expression


@node("compare")
@dataclass(frozen=True, slots=True)
class Compare(Expression):
    left: Expression
    operator: Token
    right: Expression


@dataclass(frozen=True, slots=True)
class OneSided(Expression):
    """A test of one value."""

    operand: Expression


@node("is_set")
@dataclass(frozen=True, slots=True)
class IsSet(OneSided):
    pass


@node("is_not_set")
@dataclass(frozen=True, slots=True)
class IsNotSet(OneSided):
    pass


@node("is_today")
@dataclass(frozen=True, slots=True)
class IsToday(OneSided):
    pass


@node("is_not_today")
@dataclass(frozen=True, slots=True)
class IsNotToday(OneSided):
    pass


@node("in_list")
@dataclass(frozen=True, slots=True)
class InList(OneSided):
    choices: tuple[Expression, ...]


@node("not_in_list")
@dataclass(frozen=True, slots=True)
class NotInList(OneSided):
    choices: tuple[Expression, ...]


@node("between")
@dataclass(frozen=True, slots=True)
class Between(OneSided):
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class TwoSided(Expression):
    """A test of one value against another."""

    left: Expression
    right: Expression


@node("contains")
@dataclass(frozen=True, slots=True)
class Contains(TwoSided):
    pass


@node("starts_with")
@dataclass(frozen=True, slots=True)
class StartsWith(TwoSided):
    pass


@node("ends_with")
@dataclass(frozen=True, slots=True)
class EndsWith(TwoSided):
    pass


@node("is_before")
@dataclass(frozen=True, slots=True)
class IsBefore(TwoSided):
    pass


@node("is_after")
@dataclass(frozen=True, slots=True)
class IsAfter(TwoSided):
    pass


@node("within_next")
@dataclass(frozen=True, slots=True)
class WithinNext(TwoSided):
    pass


@node("within_last")
@dataclass(frozen=True, slots=True)
class WithinLast(TwoSided):
    pass


@node("matches")
@dataclass(frozen=True, slots=True)
class Matches(OneSided):
    pattern: Token


@node("in_calendar")
@dataclass(frozen=True, slots=True)
class InCalendar(OneSided):
    calendar: Token


@node("not_in_calendar")
@dataclass(frozen=True, slots=True)
class NotInCalendar(OneSided):
    calendar: Token


@node("tagged")
@dataclass(frozen=True, slots=True)
class Tagged(Expression):
    tag: Token


@node("in_group")
@dataclass(frozen=True, slots=True)
class InGroup(Expression):
    group: Token


@node("in_segment")
@dataclass(frozen=True, slots=True)
class InSegment(Expression):
    segment: Token


@node("may_get")
@dataclass(frozen=True, slots=True)
class MayGet(Expression):
    channel: Token


@node("may_not_get")
@dataclass(frozen=True, slots=True)
class MayNotGet(Expression):
    channel: Token


@node("is_blocked")
@dataclass(frozen=True, slots=True)
class IsBlocked(Expression):
    pass


@node("can_receive")
@dataclass(frozen=True, slots=True)
class CanReceive(Expression):
    message: Token


@node("received")
@dataclass(frozen=True, slots=True)
class Received(Expression):
    message: Token
    reach: Reach | None


@node("reacted")
@dataclass(frozen=True, slots=True)
class Reacted(Expression):
    event: Token
    message: Token
    reach: Reach | None


@node("received_anything")
@dataclass(frozen=True, slots=True)
class ReceivedAnything(Expression):
    reach: Reach | None


@node("happened")
@dataclass(frozen=True, slots=True)
class Happened(Expression):
    event: Token
    times: Token | None
    reach: Reach | None
    where: Expression | None = None


@node("any")
@dataclass(frozen=True, slots=True)
class AnyRow(Expression):
    rows: Token
    where: Expression | None = None


@node("none")
@dataclass(frozen=True, slots=True)
class NoRow(Expression):
    rows: Token
    where: Expression | None = None


@node("sum")
@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """Terms with + and - between them: operand, operator, operand, …"""

    parts: tuple[Expression | Token, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression | Token) -> Sum:
        return cls(span, parts)


@node("product")
@dataclass(frozen=True, slots=True)
class Product(Expression):
    """Factors with * and / between them: operand, operator, operand, …"""

    parts: tuple[Expression | Token, ...]

    @classmethod
    def build(cls, span: Span, *parts: Expression | Token) -> Product:
        return cls(span, parts)


@node("field_value")
@dataclass(frozen=True, slots=True)
class FieldValue(Expression):
    name: Token


@node("ref")
@dataclass(frozen=True, slots=True)
class Ref(Expression):
    """A name with a dot: `event.total`, `reply.x`, `answer.x`, `contact.x`."""

    name: Token


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A value written out; the token keeps its text, whether it exists is the checker's to say."""

    value: Token


@node("text")
@dataclass(frozen=True, slots=True)
class Text(Literal):
    pass


@node("number")
@dataclass(frozen=True, slots=True)
class Number(Literal):
    pass


@node("percent")
@dataclass(frozen=True, slots=True)
class Percent(Literal):
    pass


@node("date")
@dataclass(frozen=True, slots=True)
class Date(Literal):
    pass


@node("datetime")
@dataclass(frozen=True, slots=True)
class DateTime(Literal):
    pass


@node("time")
@dataclass(frozen=True, slots=True)
class Time(Literal):
    pass


@node("weekday")
@dataclass(frozen=True, slots=True)
class Weekday(Literal):
    pass


@node("yes")
@dataclass(frozen=True, slots=True)
class Yes(Expression):
    pass


@node("no")
@dataclass(frozen=True, slots=True)
class No(Expression):
    pass


@node("duration")
@dataclass(frozen=True, slots=True)
class Duration(Expression):
    """Amounts and units: 1, week, 3, day."""

    parts: tuple[Token, ...]

    @classmethod
    def build(cls, span: Span, *parts: Token) -> Duration:
        return cls(span, parts)


@node("today")
@dataclass(frozen=True, slots=True)
class Today(Expression):
    pass


@node("now")
@dataclass(frozen=True, slots=True)
class Now(Expression):
    pass


@node("last_run")
@dataclass(frozen=True, slots=True)
class LastRun(Expression):
    pass


@node("anniversary")
@dataclass(frozen=True, slots=True)
class Anniversary(OneSided):
    pass


@node("elapsed")
@dataclass(frozen=True, slots=True)
class Elapsed(Expression):
    unit: Token
    operand: Expression


@node("remaining")
@dataclass(frozen=True, slots=True)
class Remaining(Expression):
    unit: Token
    operand: Expression


@node("part")
@dataclass(frozen=True, slots=True)
class Part(Expression):
    """`day of X`, `month of X`, `year of X`, `weekday of X`."""

    unit: Token
    operand: Expression


@node("count_of")
@dataclass(frozen=True, slots=True)
class CountOf(Expression):
    rows: Token
    reach: Reach | None
    where: Expression | None


@node("sum_of")
@dataclass(frozen=True, slots=True)
class SumOf(Expression):
    rows: Token
    field: Token
    reach: Reach | None
    where: Expression | None


@node("of_last")
@dataclass(frozen=True, slots=True)
class OfLast(Expression):
    field: Token
    event: Token


@node("of_first")
@dataclass(frozen=True, slots=True)
class OfFirst(Expression):
    field: Token
    event: Token


@node("at_of_last")
@dataclass(frozen=True, slots=True)
class AtOfLast(Expression):
    event: Token


@node("at_of_first")
@dataclass(frozen=True, slots=True)
class AtOfFirst(Expression):
    event: Token


@node("coupons_left")
@dataclass(frozen=True, slots=True)
class CouponsLeft(Expression):
    list: Token


@dataclass(frozen=True, slots=True)
class Flag(Expression):
    """What became of the wait, send or call just passed."""


@node("timed_out")
@dataclass(frozen=True, slots=True)
class TimedOut(Flag):
    pass


@node("missed")
@dataclass(frozen=True, slots=True)
class Missed(Flag):
    pass


@node("was_sent")
@dataclass(frozen=True, slots=True)
class WasSent(Flag):
    pass


@node("failed")
@dataclass(frozen=True, slots=True)
class Failed(Flag):
    pass


@node("bad_expression")
@dataclass(frozen=True, slots=True)
class BadExpression(Expression):
    """Stands where a condition could not be read; what it is has been reported."""


@node("before")
@dataclass(frozen=True, slots=True)
class Before(Expression):
    """`1 day before X`: only after `wait until`."""

    duration: Duration
    moment: Expression


@node("after")
@dataclass(frozen=True, slots=True)
class After(Expression):
    """`2 hours after X`: only after `wait until`."""

    duration: Duration
    moment: Expression


@node("next_day")
@dataclass(frozen=True, slots=True)
class NextDay(Expression):
    """`next "office days"`: only after `wait until`."""

    calendar: Token


@node("event_ref")
@dataclass(frozen=True, slots=True)
class EventRef(Node):
    """An event that is waited for: a declared one, or one of delivery, of one message or of any."""

    event: Token
    message: Token | None = None
