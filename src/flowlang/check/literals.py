"""Values written out in a file: whether they exist, and what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.calendar import WEEKDAYS
from flowlang.check import diagnostics as d
from flowlang.kinds import DATE, DATETIME, DURATION, NUMBER, TEXT, TIME, WEEKDAY, YES_NO, Kind
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Token

MAX_AMOUNT = 100_000
"""Of one unit of a duration."""
LONGEST = calendar.Duration(months=12_000)
"""Keeps every moment that a program reckons within the calendar."""


def day(token: Token, findings: Findings) -> date | None:
    """The date of a DATE token, None and a finding where the calendar has no such day."""
    try:
        year, month, number = str(token.value).split("-")
        return date(int(year), int(month), int(number))
    except ValueError:
        findings.report(
            d.BAD_VALUE,
            token.span,
            what=tr("there is no {value} in the calendar", value=token.value),
        )
        return None


def wall(token: Token, findings: Findings) -> time | None:
    """The time of a TIME token, None and a finding where the day has no such time."""
    try:
        hour, minute = str(token.value).split(":")
        return time(int(hour), int(minute))
    except ValueError:
        findings.report(
            d.BAD_VALUE, token.span, what=tr("there is no {value} on the clock", value=token.value)
        )
        return None


def day_and_wall(token: Token, findings: Findings) -> tuple[date, time] | None:
    """The parts of a DATETIME token."""
    first, last = str(token.value).split(" ")
    found = day(Token(token.span, token.kind, first), findings)
    clock = wall(Token(token.span, token.kind, last), findings) if found else None
    return (found, clock) if found and clock is not None else None


def duration(node: tree.Duration, findings: Findings) -> calendar.Duration:
    """The duration of amounts and units; a finding where an amount is none."""
    total = calendar.Duration()
    amount: Any = 1
    for token in node.parts:
        if token.kind != "UNIT":
            amount = token.value
            if not isinstance(amount, int) or not 0 <= amount <= MAX_AMOUNT:
                findings.report(
                    d.BAD_VALUE,
                    token.span,
                    what=tr("a duration has whole units, not {amount}", amount=amount),
                )
                amount = 1
            continue
        total = total + calendar.duration_of(amount, token.value)
    if total.approximate_seconds > LONGEST.approximate_seconds:
        findings.report(d.BAD_VALUE, node.span, what=tr("a duration is at most 1000 years"))
        return LONGEST
    return total


def zone(token: Token, findings: Findings) -> ZoneInfo | None:
    """The time zone of a STRING token; None and a finding where there is none of that name."""
    found = calendar.zone(token.value)
    if found is None:
        findings.report(
            d.UNKNOWN_ZONE, token.span, name=token.value, hint=tr('such as "Europe/Berlin"')
        )
    return found


def address(token: Token, findings: Findings) -> str:
    """The e-mail address of a STRING token; a finding where it is none."""
    if "@" not in token.value:
        findings.report(
            d.BAD_VALUE, token.span, what=tr('"{value}" is no e-mail address', value=token.value)
        )
    return str(token.value)


def literal(
    node: tree.Expression, findings: Findings, zone: ZoneInfo | None = None
) -> tuple[Kind, Any] | None:
    """Kind and value of a written-out value; None for another node, or no such value.

    A moment is (date, time) where no zone is given.
    """
    read = _READERS.get(type(node))
    if read is None:
        return None
    kind, value = read(node, findings)
    if value is None:
        return None
    if kind is DATETIME and zone is not None:
        on, clock = value
        value = calendar.instant(on, clock, zone)
    return kind, value


_READERS: dict[type, Callable[[Any, Findings], tuple[Kind, Any]]] = {
    tree.Text: lambda node, findings: (TEXT, node.value.value),
    tree.Number: lambda node, findings: (NUMBER, node.value.value),
    tree.Percent: lambda node, findings: (NUMBER, node.value.value / 100),
    tree.Yes: lambda node, findings: (YES_NO, True),
    tree.No: lambda node, findings: (YES_NO, False),
    tree.Date: lambda node, findings: (DATE, day(node.value, findings)),
    tree.DateTime: lambda node, findings: (DATETIME, day_and_wall(node.value, findings)),
    tree.Time: lambda node, findings: (TIME, wall(node.value, findings)),
    tree.Weekday: lambda node, findings: (WEEKDAY, WEEKDAYS.index(node.value.value)),
    tree.Duration: lambda node, findings: (DURATION, duration(node, findings)),
}


def moment(node: tree.DateTime | tree.Date, findings: Findings, zone: ZoneInfo) -> datetime | None:
    """The instant of a written-out moment; a date begins at 00:00."""
    found = literal(node, findings, zone)
    if found is None:
        return None
    value = found[1]
    return value if isinstance(value, datetime) else calendar.instant(value, time(0), zone)
