"""Where the values of a list stand in a text: what a person says of it, and what is found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from flowlang.intake.problem import shown
from flowlang.intake.table import Row, both_are, find_delimiter, heading, rows
from flowlang.speech import some, tr


@dataclass(frozen=True, slots=True)
class Layout:
    """What a person says of a file; whatever is left out is found."""

    column: str = ""
    """The heading of the column, or its number from 1."""
    delimiter: str = ""
    encoding: str | None = None
    header: bool | None = None
    """Whether the first row is a header."""


FOUND = Layout()
"""Nothing is said: all of it is found."""
_NAMED = 8
"""Columns that are named where there is none of the name that was asked for."""


class NoColumn(ValueError):
    """The file has no such column.  The message says which there are, for a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the values stand: in which cell of the rows, below which header line."""

    delimiter: str | None
    """None where every line is one value as it stands."""
    index: int = 0
    width: int = 1
    needed: int = 1
    """Cells that no row may lack: up to the last of the first row that is not empty."""
    header: int = 0
    """The line of the header, 0 where there is none."""
    sure: bool = True
    """A person or the header says which column it is, or there is but one."""


def unsure(text: str, place: Place, heads: str, layout: Layout) -> NoColumn:
    """The columns of a table, each with a value, for a person to say which one it is."""
    seen = _seen(text, place.delimiter or ",")
    is_header = layout.header
    if is_header is None:
        is_header = any(_heads(seen, index) for index in range(place.width))
    names = seen[0].cells
    values = seen[int(is_header and len(seen) > 1)].cells
    columns = []
    for index, (name, value) in enumerate(zip_longest(names, values[: len(names)], fillvalue="")):
        told = f'("{shown(value, 30)}")'
        columns.append(f"{index + 1} " + (f"`{shown(name, 30)}` {told}" if is_header else told))
    return NoColumn(
        tr(
            "there are {count:,} columns, and none is headed `{heads}` or the like: "
            "{columns}; head one `{heads}`, or say --column",
            count=len(names),
            heads=heads,
            columns=some(columns, _NAMED),
        )
    )


def _seen(text: str, delimiter: str) -> list[Row]:
    """The first rows that can be read."""
    return [row for row in islice(rows(text, delimiter), 20) if isinstance(row, Row)]


def find(name: str, text: str, headers: Collection[str], layout: Layout) -> Place:
    """Where the values are, as a person says it, as far as that goes.  Raises NoColumn."""
    if layout.column or layout.delimiter:
        return _said(text, headers, layout)
    place = _detected(name, text, headers)
    if layout.header is None or layout.header == bool(place.header):
        return place
    if not layout.header:
        return replace(place, header=0)
    return replace(place, header=next(_lines(text, place.delimiter), 0))


def _said(text: str, headers: Collection[str], layout: Layout) -> Place:
    """The column of a table that a person names."""
    wanted = heading(layout.column)
    delimiter = layout.delimiter or find_delimiter(text, {*headers, wanted})
    seen = _seen(text, delimiter)
    if not seen:
        raise NoColumn(tr("there is no row in it that can be read"))
    first, names = seen[0], [heading(cell) for cell in seen[0].cells]
    width = len(names)
    if layout.header is not False and wanted in names:
        return Place(delimiter, _only(names, wanted), width, first.width, first.line)
    if layout.column.isdecimal() and 1 <= int(layout.column) <= width:
        index = int(layout.column) - 1
    elif layout.column:
        there = some((f"`{shown(cell, 30)}`" for cell in first.cells), _NAMED)
        raise NoColumn(
            tr(
                'there is no column "{name}"; the first row is {columns}',
                name=shown(layout.column),
                columns=there,
            )
        )
    else:
        word = next((one for one in names if one in headers), names[0])
        index = _only(names, word) if word in headers else 0
    sure = bool(layout.column) or names[index] in headers or not _several(seen)
    is_header = layout.header
    if is_header is None:
        is_header = names[index] in headers or _heads(seen, index)
    return Place(delimiter, index, width, first.width, first.line if is_header else 0, sure)


def _only(names: list[str], name: str) -> int:
    """Where the one column of a name is.  Raises NoColumn."""
    first = names.index(name)
    if name in names[first + 1 :]:
        second = names.index(name, first + 1)
        raise NoColumn(both_are(shown(name), first + 1, second + 1))
    return first


def _heads(seen: list[Row], index: int) -> bool:
    """Whether the first row is a header: it has no digit where all rows below have one."""
    first, *below = [row.cells[index] if index < len(row.cells) else "" for row in seen]
    return bool(below) and not _digits(first) and all(map(_digits, below))


def _lines(text: str, delimiter: str | None) -> Iterator[int]:
    """In which lines there is something."""
    if delimiter is None:
        return (number for number, line in enumerate(text.split("\n"), 1) if line.strip())
    return (row.line for row in rows(text, delimiter))


def _detected(name: str, text: str, headers: Collection[str]) -> Place:
    """A table by its suffix (.csv, .tsv) or by a heading word among several cells of its first row.

    Of a table with several columns and no such word it is the first column, though not for sure,
    and its first row is a header if it has no digit where all rows below have one.
    """
    table = name.lower().endswith((".csv", ".tsv"))
    delimiter = find_delimiter(text, headers)
    seen = _seen(text, delimiter)
    if not seen:
        return Place(delimiter if table else None)
    first = seen[0]
    width = len(first.cells)
    for index, cell in enumerate(first.cells):
        if heading(cell) in headers:
            _only(list(map(heading, first.cells)), heading(cell))
            given = delimiter if table or width > 1 else None
            return Place(given, index, width, first.width, first.line)
    if not table:
        return Place(None)
    sure = not _several(seen)
    if width > 1 and _heads(seen, 0):
        return Place(delimiter, 0, width, first.width, first.line, sure)
    return Place(delimiter, 0, width, first.width, sure=sure)


def _several(seen: list[Row]) -> bool:
    """Whether there is anything beside the first column."""
    return len(seen[0].cells) > 1 and any(any(row.cells[1:]) for row in seen)


def _digits(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
