"""Days of the week, and when something happens by itself."""

from __future__ import annotations

from flowlang.calendar import WEEKDAYS
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.days import Schedule
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.syntax import declarations as tree


def schedule(line: tree.ScheduleLine, findings: Findings) -> Schedule | None:
    """When a schedule fires; None and a finding where it never can."""
    if isinstance(line, tree.OnceAt):
        parts = literals.day_and_wall(line.moment, findings)
        return Schedule("once", frozenset(), 1, parts[1], parts[0]) if parts else None
    assert isinstance(line, (tree.EveryDay, tree.EveryWeekday, tree.EveryMonth))
    wall = literals.wall(line.time, findings)
    if wall is None:
        return None
    if isinstance(line, tree.EveryDay):
        return Schedule("days", frozenset(), 1, wall, None)
    if isinstance(line, tree.EveryWeekday):
        return Schedule("days", weekdays(line.days), 1, wall, None)
    day = line.day.value
    if not isinstance(day, int) or not 1 <= day <= 31:
        findings.report(
            d.BAD_VALUE, line.day.span, what=tr("there is no day {day} in any month", day=day)
        )
        return None
    return Schedule("month", frozenset(), day, wall, None)


def weekdays(ranges: tuple[tree.WeekdayRange, ...]) -> frozenset[int]:
    """The days of the week that ranges name, Monday as 0; a range may pass over Sunday."""
    found: set[int] = set()
    for one in ranges:
        first = WEEKDAYS.index(one.first.value)
        last = WEEKDAYS.index(one.last.value) if one.last else first
        day = first
        found.add(day)
        while day != last:
            day = (day + 1) % 7
            found.add(day)
    return frozenset(found)
