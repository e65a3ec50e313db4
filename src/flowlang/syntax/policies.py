"""The nodes of calendars and policies: on which days, when, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.syntax.declarations import Declaration, Line, WeekdayRange
from flowlang.syntax.expressions import Duration
from flowlang.syntax.tree import Node, Token, node

# ruff: noqa: D101 - each class is the node of the grammar's rule of that name


@node("calendar_days")
class CalendarDays(Line):
    days: tuple[WeekdayRange, ...]


@node("except_holidays")
class ExceptHolidays(Line):
    region: Token


@node("date_range")
class DateRange(Node):
    """A day, or all from the first to the last."""

    first: Token
    last: Token | None


@node("calendar_dates")
class CalendarDates(Line):
    dates: tuple[DateRange, ...]


@node("except_dates")
class ExceptDates(Line):
    dates: tuple[DateRange, ...]


@node("calendar", block="lines")
class Calendar(Declaration):
    name: Token
    lines: tuple[Line, ...] | None


@node("window")
class WindowLine(Line):
    marketing: Token | None
    start: Token
    end: Token
    days: tuple[WeekdayRange, ...] | Token | None
    otherwise: Token | None
    roles: ClassVar[Mapping[str, str]] = {"days": "calendar"}


@node("cap")
class CapLine(Line):
    amount: Token
    marketing: Token | None
    of_this_policy: Token | None
    in_all: Token | None
    per: Duration
    otherwise: Token | None


@node("time_zone")
class ZoneLine(Line):
    zone: Token


@node("policy", block="lines")
class Policy(Declaration):
    name: Token
    lines: tuple[Line, ...] | None
