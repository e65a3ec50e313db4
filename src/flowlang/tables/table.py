"""Rows and columns on their way to a format, and how a value is spelt where only text has room."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration
from flowlang.speech import ENGLISH


class Column(NamedTuple):
    """A column of a table."""

    name: str
    nested: bool = False
    """It holds rows of its own, which only JSON has room for."""


class Spelt(NamedTuple):
    """A value of several parts: as JSON data, and as the text of a cell."""

    data: Any
    text: str


Row = Sequence[Any]
"""A value for each column: None, text, number, yes/no, date, time, duration, `Spelt`, or the rows
of a nested column."""
Batches = Iterator[list[Row]]


@dataclass(frozen=True, slots=True)
class Table:
    """What a format writes."""

    name: str
    columns: tuple[Column, ...]
    rows: Batches
    zone: ZoneInfo
    """In which people read the moments."""
    language: str = ENGLISH
    """Of the people who read it."""
    heads: tuple[str, ...] = ()
    """What stands above the columns for people, where that is not their names."""
    told: Callable[[Row], Row] | None = None
    """What says a row to people, where that is not as it stands."""


def listed(names: Iterable[str]) -> Spelt:
    """Names in a cell, separated by `;`; as a JSON list where a name itself holds such a mark."""
    found = list(names)
    plain = all(
        one.isprintable() and one == one.strip() and not _PARTS.intersection(one) for one in found
    )
    if plain and not (found and found[0].startswith("[")):
        return Spelt(found, "; ".join(found))
    return Spelt(found, json.dumps(found, ensure_ascii=False))


_PARTS = frozenset(";|,")


def counts(values: dict[str, int]) -> Spelt:
    """Counts by name in a cell."""
    return Spelt(values, "; ".join(f"{name} {count}" for name, count in values.items()))


def flat(value: Any, zone: ZoneInfo) -> str:
    """A value as the text of a cell that can be read again, a moment with its offset."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case datetime():
            return _local(value, zone).isoformat(" ")
        case date() | time():
            return value.isoformat()
        case Spelt():
            return value.text
        case _:
            return str(value)


def plain(value: Any) -> Any:
    """A value as JSON data; moments in UTC."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case Duration():
            return str(value)
        case Spelt():
            return value.data
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            return value


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment
