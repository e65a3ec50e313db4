"""A list of single values, from a text with one a line or from a column of a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from flowlang.intake.decoding import NotText, decode
from flowlang.intake.layout import FOUND, Layout, NoColumn, Place, find, unsure
from flowlang.intake.problem import Problem, shown
from flowlang.intake.report import RowsRead
from flowlang.intake.table import BrokenRow, Row, all_rows
from flowlang.kinds import BadValue
from flowlang.speech import tr, tr_n, why


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
        place = find(name, decoded.text, headers, layout)
        if heads and not place.sure:
            raise unsure(decoded.text, place, heads, layout)
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


def _values(text: str, place: Place) -> Iterator[tuple[int, str | BadValue]]:
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
            yield row.line, _cell(row, place)


def _cell(row: Row, place: Place) -> str | BadValue:
    cells = row.cells
    if not any(cells):
        return ""
    if row.lacks(place.needed) or any(cells[place.width :]):
        return BadValue(
            tr(
                "{cells}, but the first row has {width}",
                cells=tr_n("{count:,} cell", "{count:,} cells", len(cells)),
                width=place.needed,
            )
        )
    value = cells[place.index] if place.index < len(cells) else ""
    if not value:
        return BadValue(tr("column {number} is empty", number=place.index + 1))
    return value


def _unquoted(line: str) -> str:
    """A line that a spreadsheet put in quotes, without them."""
    return line[1:-1].strip() if len(line) > 1 and line[0] == line[-1] == '"' else line
