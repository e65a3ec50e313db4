"""DAYS → TEXT: a line for each day; days on which nothing changes are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flowlang.forecast.days import Day
from flowlang.speech import tr

_LONGEST = 16
"""Characters of a name at the head of a column."""


def table(days: Sequence[Day], printable: Callable[[str], str]) -> str:
    """The table; `printable` makes names fit to be shown, and says a Text in a language."""
    messages = list(dict.fromkeys(name for day in days for name in day.sent))
    lists = list(days[0].coupons) if days else []
    names = [
        *map(printable, messages),
        *(printable(tr("{name} left", name=name)) for name in lists),
    ]
    heads, legend = _heads(names)
    heads = [printable(tr("day")), *heads, printable(tr("waiting"))]
    halted = any(day.halted for day in days)
    rows = [heads + ([printable(tr("halted"))] if halted else [])]
    for first, last in _together(days):
        shown = first.date.isoformat()
        if last is not first:
            ends = last.date.isoformat()
            shown = printable(tr("{first} to {last}", first=shown, last=ends))
        numbers = [
            *(first.sent.get(name, 0) for name in messages),
            *(last.coupons[name] for name in lists), last.waiting,
            *([last.halted] if halted else []),
        ]  # fmt: skip
        rows.append([shown, *(printable(tr("{count:,}", count=number)) for number in numbers)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in [*lines, *legend]) + "\n"


def _heads(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The heads of columns, and below the table what those stand for whose name is too long."""
    heads: list[str] = []
    legend: list[str] = []
    for name in names:
        if len(name) <= _LONGEST:
            heads.append(name)
        else:
            legend.append(f"[{len(legend) + 1}] {name}")
            heads.append(f"[{len(legend)}]")
    return heads, ["", *legend] if legend else []


def _together(days: Sequence[Day]) -> Iterator[tuple[Day, Day]]:
    """The first and the last of days that are alike and bring nothing; each other day alone."""
    at = 0
    while at < len(days):
        first = last = days[at]
        while at + 1 < len(days) and _quiet(last) and _same(last, days[at + 1]):
            at += 1
            last = days[at]
        yield first, last
        at += 1


def _quiet(day: Day) -> bool:
    return not day.sent


def _same(day: Day, following: Day) -> bool:
    return not following.sent and (day.coupons, day.waiting, day.halted) == (
        following.coupons, following.waiting, following.halted,
    )  # fmt: skip
