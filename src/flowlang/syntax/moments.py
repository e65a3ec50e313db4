"""The nodes of days and moments.  What they mean is in `check.meanings.moments`."""

from __future__ import annotations

from flowlang.syntax.expressions import Duration, Expression, OneSided, TwoSided
from flowlang.syntax.tree import Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


@node("is_today")
class IsToday(OneSided):
    pass


@node("is_not_today")
class IsNotToday(OneSided):
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


@node("in_calendar")
class InCalendar(OneSided):
    calendar: Token


@node("not_in_calendar")
class NotInCalendar(OneSided):
    calendar: Token


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
