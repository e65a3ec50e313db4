"""What fields could hold so that a condition turns out one way or the other.

The values come from the program: each constant of the right kind with its neighbours, the choices
of `one of`, and moments reckoned from now with the durations that are written there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flowlang import calendar
from flowlang.calendar import Duration, local, minute
from flowlang.check import literals
from flowlang.check.names import Names
from flowlang.kinds import Kind
from flowlang.source import Findings
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts
from flowlang.syntax.tree import Node, walk

_DAYS = (0, 1, -1, 2, 7, -7, 30, -30, 400, -400)
"""Days from today that dates are tried with, besides those of the program."""
_MOST_COUNTED = 500
"""Up to here a number may count days, months or years."""
_YEARS = (-1, -30)
"""Years back on which an anniversary falls today."""


@dataclass(slots=True)
class Constants:
    """The values that are written in some part of a program, by kind, in the order of the text."""

    numbers: dict[float, None] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)
    dates: dict[date, None] = field(default_factory=dict)
    moments: dict[datetime, None] = field(default_factory=dict)
    times: dict[time, None] = field(default_factory=dict)
    durations: dict[Duration, None] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[Node], names: Names) -> Constants:
        """Those below some nodes; in segments that they name, too."""
        found = cls()
        for node in _with_segments(nodes, names):
            found._take(node, names)
        return found

    def take(self, values: Iterable[Any]) -> None:
        """More values, from data."""
        for value in values:
            match value:
                case bool() | None:
                    continue
                case int() | float():
                    self.numbers[value] = None
                case str():
                    self.texts[value] = None
                case datetime():
                    self.moments[value] = None
                case date():
                    self.dates[value] = None

    def _take(self, node: Node, names: Names) -> None:
        if isinstance(node, tree.Matches):
            self.texts[_example(str(node.pattern.value))] = None
        elif isinstance(node, tree.Expression):
            read = literals.literal(node, Findings(), names.config.timezone)
            kinds: dict[str, dict[Any, None]] = {
                "number": self.numbers, "text": self.texts, "date": self.dates,
                "datetime": self.moments, "time": self.times, "duration": self.durations,
            }  # fmt: skip
            if read is not None and read[0].name in kinds:
                kinds[read[0].name][read[1]] = None


def _with_segments(nodes: Iterable[Node], names: Names) -> Iterator[Node]:
    seen: set[str] = set()
    todo = list(nodes)
    while todo:
        for node in walk(todo.pop(0)):
            yield node
            if isinstance(node, facts.InSegment) and node.segment.value not in seen:
                seen.add(node.segment.value)
                segment = names.segments.get(node.segment.value)
                todo += [segment.where] if segment and segment.where else []


def _example(pattern: str) -> str:
    """A text that a simple pattern matches: its first choice without anchors."""
    return pattern.partition("|")[0].strip("^$").replace("\\", "").replace(".*", "")


def domain(kind: Kind, known: Constants, now: datetime, names: Names) -> list[Any]:
    """Values of a kind worth trying, the plainest first; None stands for a missing value."""
    match kind.name:
        case "yes/no":
            found: list[Any] = [True, False]
        case "one of":
            found = list(kind.choices)
        case "number":
            found = list(_numbers(known))
        case "date":
            found = list(_dates(known, local(now, names.config.timezone).date()))
        case "datetime":
            found = list(_moments(known, now, names))
        case "time":
            found = [*known.times, time(9), time(18)]
        case "duration":
            found = [*known.durations, Duration(days=7), Duration(months=1)]
        case "email":
            found = [*(text for text in known.texts if "@" in text), "someone@example.com"]
        case "phone":
            found = ["+491701234567"]
        case "any":
            found = [*known.texts, *known.numbers, "something", True, False, *_numbers(known)]
        case _:
            found = [*known.texts, *(f"{text} and more" for text in known.texts), "something"]
    # `yes` and 1 are equal to Python, and no such thing here.
    return [*{(type(one), one): one for one in found}.values(), None]


def _numbers(known: Constants) -> Iterator[float]:
    for number in known.numbers:
        yield from (number, number + 1, number - 1)
    yield from (10, 0, 1, 1000)


def _dates(known: Constants, today: date) -> Iterator[date]:
    for day in known.dates:
        yield from (day, day + timedelta(days=1), day - timedelta(days=1))
    for length in known.durations:
        for sign in (1, -1):
            moved = calendar.add_to_date(today, length, sign)
            yield moved
            yield from (calendar.add_to_date(moved, Duration(months=12 * y)) for y in _YEARS)
    yield from (today + timedelta(days=days) for days in _DAYS)
    yield from (calendar.add_to_date(today, Duration(months=12 * years)) for years in _YEARS)
    for amount in _counted(known):
        for length in (
            Duration(days=amount),
            Duration(months=amount),
            Duration(months=12 * amount),
        ):
            yield from (calendar.add_to_date(today, length, sign) for sign in (-1, 1))


def _counted(known: Constants) -> Iterator[int]:
    """Numbers that may count days, months or years between a date and now."""
    for number in known.numbers:
        if isinstance(number, int) and 0 < number <= _MOST_COUNTED:
            yield from (number, number + 1, number - 1)


def _moments(known: Constants, now: datetime, names: Names) -> Iterator[datetime]:
    zone = names.config.timezone
    for moment in known.moments:
        yield from (moment, moment + timedelta(days=1), moment - timedelta(days=1))
    yield from (now + timedelta(days=days) for days in _DAYS)
    yield from (now + timedelta(hours=hours) for hours in (1, -1, 3))
    for length in known.durations:
        yield from (calendar.add(now, length, zone, sign) for sign in (1, -1))
    for amount in _counted(known):
        for seconds in (3_600 * amount, 60 * amount):
            yield from (now + timedelta(seconds=sign * seconds) for sign in (-1, 1))
    for day in _dates(known, local(now, zone).date()):
        yield calendar.instant(day, time(9), zone)


def written(value: Any, names: Names) -> str:
    """A value as the language writes it in English; empty for a missing one."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return minute(value, names.config.timezone)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Duration():
            return value.words()
        case list():
            return ", ".join(f"({_row(row, names)})" for row in value)
        case str():
            return quoted(value)
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def _row(row: dict[str, Any], names: Names) -> str:
    told = ((name, written(value, names)) for name, value in row.items())
    return ", ".join(f"{name} {value}" for name, value in told if value)


def quoted(text: str) -> str:
    """A text as the language writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n") + '"'
