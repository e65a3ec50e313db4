"""Values written out in a file: whether they exist, and what they are."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.calendar import WEEKDAYS
from flowlang.check import diagnostics as d
from flowlang.kinds import DATE, DATETIME, DURATION, NUMBER, TEXT, TIME, WEEKDAY, YES_NO, Kind
from flowlang.source import Findings
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Token

MAX_AMOUNT = 100_000
"""Of one unit of a duration: keeps every moment within the calendar."""


def day(token: Token, findings: Findings) -> date | None:
    """The date of a DATE token, None and a finding where the calendar has no such day."""
    try:
        year, month, number = str(token.value).split("-")
        return date(int(year), int(month), int(number))
    except ValueError:
        findings.report(d.BAD_VALUE, token.span, what=f"there is no {token.value} in the calendar")
        return None


def wall(token: Token, findings: Findings) -> time | None:
    """The time of a TIME token, None and a finding where the day has no such time."""
    try:
        hour, minute = str(token.value).split(":")
        return time(int(hour), int(minute))
    except ValueError:
        findings.report(d.BAD_VALUE, token.span, what=f"there is no {token.value} on the clock")
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
                    d.BAD_VALUE, token.span, what=f"a duration has whole units, not {amount}"
                )
                amount = 0
            continue
        total = total + calendar.duration_of(amount, token.value)
    return total


def literal(
    node: tree.Expression, findings: Findings, zone: ZoneInfo | None = None
) -> tuple[Kind, Any] | None:
    """Kind and value of a written-out value, None where the node is something else or no such value.

    A moment is (date, time) where no zone is given.
    """
    match node:
        case tree.Text(value=token):
            return TEXT, token.value
        case tree.Number(value=token):
            return NUMBER, token.value
        case tree.Percent(value=token):
            return NUMBER, token.value / 100
        case tree.Yes():
            return YES_NO, True
        case tree.No():
            return YES_NO, False
        case tree.Date(value=token):
            found = day(token, findings)
            return (DATE, found) if found else None
        case tree.DateTime(value=token):
            parts = day_and_wall(token, findings)
            if parts is None:
                return None
            return DATETIME, (calendar.instant(*parts, zone) if zone else parts)
        case tree.Time(value=token):
            clock = wall(token, findings)
            return (TIME, clock) if clock is not None else None
        case tree.Weekday(value=token):
            return WEEKDAY, WEEKDAYS.index(token.value)
        case tree.Duration():
            return DURATION, duration(node, findings)
        case _:
            return None


def moment(node: tree.DateTime | tree.Date, findings: Findings, zone: ZoneInfo) -> datetime | None:
    """The instant of a written-out moment; a date begins at 00:00."""
    found = literal(node, findings, zone)
    if found is None:
        return None
    value = found[1]
    return value if isinstance(value, datetime) else calendar.instant(value, time(0), zone)
