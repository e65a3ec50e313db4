"""A list of single values, from a text with one a line or from a column of a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import TypeVar

from flowlang.intake.decoding import NotText, decode
from flowlang.intake.problem import Problem, shown
from flowlang.intake.report import RowsRead
from flowlang.intake.table import BrokenRow, Row, all_rows, find_delimiter, heading, rows
from flowlang.kinds import BadValue
from flowlang.speech import tr, why


@dataclass(frozen=True, slots=True)
class ColumnRows(RowsRead):
    """What a list gave.  `read` is always the values + `duplicates` + `left_out`."""

    name: str
    values: tuple[str, ...]
    """Each value once, in the order of the file."""
    read: int
    duplicates: int
    """Values that stood in this file already."""
    blanks: int
    left_out: int
    problems: tuple[Problem, ...]
    encoding: str = ""

    @property
    def taken(self) -> int:
        return len(self.values)

    @property
    def besides(self) -> tuple[str, ...]:
        return (tr("{count:,} twice in the file", count=self.duplicates),)


Rows = TypeVar("Rows", bound=ColumnRows)


@dataclass(slots=True)
class _Reading:
    """What was read of one file so far."""

    values: dict[str, None] = field(default_factory=dict)
    read: int = 0
    duplicates: int = 0
    blanks: int = 0
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)
    encoding: str = ""

    def take(
        self, line: int, column: int | None, raw: str | BadValue, accept: Callable[[str], str]
    ) -> None:
        """Take a value, or say why not."""
        self.read += 1
        try:
            if isinstance(raw, BadValue):
                raise raw
            value = accept(raw)
        except BadValue as bad:
            self.left_out += 1
            self.problems.append(Problem("error", line, column, "", why(bad), left_out=True))
            return
        if value in self.values:
            self.duplicates += 1
        self.values[value] = None

    def rows(self, kind: type[Rows], name: str) -> Rows:
        return kind(
            name, tuple(self.values), self.read, self.duplicates, self.blanks, self.left_out,
            tuple(self.problems), self.encoding,
        )  # fmt: skip


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
class _Place:
    """Where the values stand: in which cell of the rows, below which header line."""

    delimiter: str | None
    """None where every line is one value as it stands."""
    index: int = 0
    width: int = 1
    header: int = 0
    """The line of the header, 0 where there is none."""
    sure: bool = True
    """A person or the header says which column it is, or there is but one."""


def read_column(
    kind: type[Rows],
    name: str,
    data: bytes,
    headers: Collection[str],
    accept: Callable[[str], str],
    layout: Layout = FOUND,
    *,
    heads: str = "",
) -> Rows:
    """The values of a file, as rows of that kind.  `headers` are words that head their column, in
    lower case.

    Of several columns none of which such a word heads, the first serves; where `heads` gives one
    of the words, as an example, such a file is refused instead.

    `accept` gives the value to keep, or raises BadValue.  Nothing is raised here: what is wrong
    with the file or a row is among the problems.
    """
    found = _Reading()
    try:
        decoded = decode(data, layout.encoding)
        place = _find(name, decoded.text, headers, layout)
        if heads and not place.sure:
            raise _unsure(decoded.text, place, heads, layout)
    except (NotText, NoColumn) as bad:
        found.problems.append(Problem("error", 0, None, "", why(bad)))
        return found.rows(kind, name)
    found.encoding = decoded.encoding
    column = place.index + 1 if place.width > 1 else None
    for line, raw in _values(decoded.text, place):
        if raw == "":
            found.blanks += 1
        else:
            found.take(line, column, raw, accept)
    if place.header and layout.header is None and not layout.column:
        _tell_header(found, decoded.text, place.header, headers)
    return found.rows(kind, name)


def given_values(
    kind: type[Rows], name: str, values: Iterable[str], accept: Callable[[str], str]
) -> Rows:
    """Values that come in no file, read as its lines would be; the line of a problem is the place
    of the value, from 1.
    """
    found = _Reading()
    for place, raw in enumerate(values, start=1):
        found.take(place, None, raw, accept)
    return found.rows(kind, name)


def _tell_header(found: _Reading, text: str, line: int, headers: Collection[str]) -> None:
    """A header that was only inferred could be a value: it is never passed over silently."""
    header = text.split("\n", line)[line - 1].strip()
    if not any(word in header.casefold() for word in headers):
        message = tr("taken for the header: {text}", text=shown(header))
        found.problems.insert(0, Problem("warning", line, None, "", message))


def _unsure(text: str, place: _Place, heads: str, layout: Layout) -> NoColumn:
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
    more = tr(" and {count:,} more", count=len(names) - _NAMED) if len(names) > _NAMED else ""
    return NoColumn(
        tr(
            "there are {count:,} columns, and none is headed `{heads}` or the like: "
            "{columns}{more}; head one `{heads}`, or say --column",
            count=len(names),
            heads=heads,
            columns=", ".join(columns[:_NAMED]),
            more=more,
        )
    )


def _seen(text: str, delimiter: str) -> list[Row]:
    """The first rows that can be read."""
    return [row for row in islice(rows(text, delimiter), 20) if isinstance(row, Row)]


def _find(name: str, text: str, headers: Collection[str], layout: Layout) -> _Place:
    """Where the values are, as a person says it, as far as that goes.  Raises NoColumn."""
    if layout.column or layout.delimiter:
        return _said(text, headers, layout)
    place = _detected(name, text, headers)
    if layout.header is None or layout.header == bool(place.header):
        return place
    if not layout.header:
        return replace(place, header=0)
    return replace(place, header=next(_lines(text, place.delimiter), 0))


def _said(text: str, headers: Collection[str], layout: Layout) -> _Place:
    """The column of a table that a person names."""
    wanted = heading(layout.column)
    delimiter = layout.delimiter or find_delimiter(text, {*headers, wanted})
    seen = _seen(text, delimiter)
    if not seen:
        raise NoColumn(tr("there is no row in it that can be read"))
    first, names = seen[0], [heading(cell) for cell in seen[0].cells]
    width = len(names)
    if layout.header is not False and wanted in names:
        return _Place(delimiter, names.index(wanted), width, first.line)
    if layout.column.isdecimal() and 1 <= int(layout.column) <= width:
        index = int(layout.column) - 1
    elif layout.column:
        there = ", ".join(f"`{shown(cell, 30)}`" for cell in first.cells[:_NAMED])
        raise NoColumn(
            tr(
                'there is no column "{name}"; the first row is {columns}',
                name=shown(layout.column),
                columns=there,
            )
        )
    else:
        index = next((place for place, one in enumerate(names) if one in headers), 0)
    sure = bool(layout.column) or names[index] in headers or not _several(seen)
    is_header = layout.header
    if is_header is None:
        is_header = names[index] in headers or _heads(seen, index)
    return _Place(delimiter, index, width, first.line if is_header else 0, sure)


def _heads(seen: list[Row], index: int) -> bool:
    """Whether the first row is a header: it has no digit where all rows below have one."""
    first, *below = [row.cells[index] if index < len(row.cells) else "" for row in seen]
    return bool(below) and not _digits(first) and all(map(_digits, below))


def _lines(text: str, delimiter: str | None) -> Iterator[int]:
    """In which lines there is something."""
    if delimiter is None:
        return (number for number, line in enumerate(text.split("\n"), 1) if line.strip())
    return (row.line for row in rows(text, delimiter))


def _detected(name: str, text: str, headers: Collection[str]) -> _Place:
    """A table by its suffix (.csv, .tsv) or by a heading word among several cells of its first row.

    Of a table with several columns and no such word it is the first column, though not for sure,
    and its first row is a header if it has no digit where all rows below have one.
    """
    table = name.lower().endswith((".csv", ".tsv"))
    delimiter = find_delimiter(text, headers)
    seen = _seen(text, delimiter)
    if not seen:
        return _Place(delimiter if table else None)
    first = seen[0]
    width = len(first.cells)
    for index, cell in enumerate(first.cells):
        if heading(cell) in headers:
            return _Place(delimiter if table or width > 1 else None, index, width, first.line)
    if not table:
        return _Place(None)
    sure = not _several(seen)
    if width > 1 and _heads(seen, 0):
        return _Place(delimiter, 0, width, first.line, sure)
    return _Place(delimiter, 0, width, sure=sure)


def _several(seen: list[Row]) -> bool:
    """Whether there is anything beside the first column."""
    return len(seen[0].cells) > 1 and any(any(row.cells[1:]) for row in seen)


def _values(text: str, place: _Place) -> Iterator[tuple[int, str | BadValue]]:
    """The line of each row below the header, and its value without outer blanks ("" if blank)."""
    if place.delimiter is None:
        for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
            if number != place.header:
                yield number, _unquoted(line.strip())
        return
    for row in all_rows(text, place.delimiter):
        if isinstance(row, BrokenRow):
            yield row.line, BadValue(row.message)
        elif row.line != place.header:
            yield row.line, _cell(row.cells, place)


def _cell(cells: list[str], place: _Place) -> str | BadValue:
    if any(cells[place.width :]):
        return BadValue(
            tr("{count} cells, but the first row has {width}", count=len(cells), width=place.width)
        )
    value = cells[place.index] if place.index < len(cells) else ""
    if not value and any(cells):
        return BadValue(tr("column {number} is empty", number=place.index + 1))
    return value


def _digits(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _unquoted(line: str) -> str:
    """A line that a spreadsheet put in quotes, without them."""
    return line[1:-1].strip() if len(line) > 1 and line[0] == line[-1] == '"' else line
