"""From text to the rows of a table: the delimiter, quoted cells, and which line each row is in.

The csv module splits; this file adds what it does not know: where a row begins, a quote that is
never closed, going on after a row that cannot be split, and whether a row is all there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from flowlang.intake.spreadsheets import unguarded
from flowlang.kinds import composed
from flowlang.speech import Text, tr

DELIMITERS = ",;\t|"
MAX_CELL = 100_000
"""Characters in a cell; a row with a longer one is left out."""
MAX_COLUMNS = 16_384
"""As many as spreadsheet programs have."""

# The module's own limit would end a row in the middle of a cell and read on from there as if a new
# row began; cells are measured by whoever reads the row instead.
csv.field_size_limit(2**31 - 1)

_BLOCK = 16
"""Excel writes so many rows at a time, and ends all of them before the columns in which none of
them has anything (Microsoft's article 77295).
"""
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\n', re.IGNORECASE)
_SAMPLE = 65_536


@dataclass(frozen=True, slots=True)
class Row:
    """The line a row begins in, and its cells without outer blanks and marks (`spreadsheets`)."""

    line: int
    cells: list[str]
    trimmed: bool
    """Cells that it lacks are empty ones, which a spreadsheet program has left away."""

    @property
    def width(self) -> int:
        """How many cells there are up to the last one that is not empty."""
        return max((number for number, cell in enumerate(self.cells, 1) if cell), default=0)

    def lacks(self, width: int) -> bool:
        """Whether some of so many cells are missing, or lost."""
        return len(self.cells) < width and not self.trimmed


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """Lines that cannot be split into cells, and why."""

    line: int
    message: str


def find_delimiter(text: str, known: Collection[str] = ()) -> str:
    """The delimiter under which the first rows make the most sense; a comma where none does.

    What counts, in this order: how many cells of the header are `known` (compared as `heading`
    does), whether there are several columns, how many rows are as long as the header.
    """
    if marked := _SEPARATOR_LINE.match(text):
        return marked[1]
    best, best_score = ",", (0, False, 0.0, 0)
    for delimiter in DELIMITERS:
        found = list(islice(rows(text[:_SAMPLE], delimiter), 50))
        if not found:  # nothing but these
            return delimiter
        seen = [row.cells for row in found if isinstance(row, Row)]
        if not seen:
            continue
        header, others = seen[0], seen[1:]
        names = sum(heading(cell) in known for cell in header)
        alike = sum(len(cells) == len(header) for cells in others) / max(1, len(others))
        score = (names, len(header) > 1, alike, len(header))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def heading(cell: str) -> str:
    """The name in a header cell, as names are compared: without case and outer blanks."""
    return composed(cell).strip().casefold()


def both_are(name: str, first: int, second: int) -> Text:
    """Two columns, by their numbers from 1, have one name: nobody can tell which one is meant."""
    return tr(
        "columns {first} and {second} are both `{name}`: which one is meant?",
        first=first, second=second, name=name,
    )  # fmt: skip


def rows(text: str, delimiter: str) -> Iterator[Row | BrokenRow]:
    """The rows of a table in order, as `all_rows` gives them, but for the blank ones."""
    for row in all_rows(text, delimiter):
        if isinstance(row, BrokenRow) or any(row.cells):
            yield row


def all_rows(text: str, delimiter: str) -> Iterator[Row | BrokenRow]:
    """The rows of a table in order; the `sep=` line of spreadsheets is passed over.

    `text` has LF line ends.  A row that cannot be split is given as a BrokenRow, and reading goes
    on after it; a quote that is never closed takes the rest of the file with it.
    """
    split, before = _split(text, delimiter), 0
    while block := list(islice(split, _BLOCK)):
        lengths = [len(one.cells) for one in block if isinstance(one, _Split)]
        longest = max(lengths, default=0)
        # A row that is alone in its block is one of those that Excel ends early only where the
        # block before it is.
        if len(lengths) == 1 and longest != before:
            longest = 0
        before = longest
        for one in block:
            if isinstance(one, _Split):
                yield Row(one.line, one.cells, one.whole and len(one.cells) == longest)
            else:
                yield one


class _Split(NamedTuple):
    """A row as it is split."""

    line: int
    cells: list[str]
    whole: bool
    """Its line has an end; that of a file that was cut off may have none."""


def _split(text: str, delimiter: str) -> Iterator[_Split | BrokenRow]:
    lines = _Lines(text)
    if _SEPARATOR_LINE.match(text):
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = lines.number + 1
        try:
            cells = [unguarded(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield _broken(text, delimiter, line, lines)
        else:
            yield _Split(line, cells, lines.whole)


def _broken(text: str, delimiter: str, line: int, lines: _Lines) -> BrokenRow:
    last = lines.number
    if lines.ended:
        opened = _where_quote_opens(text.split("\n")[line - 1 :], delimiter) + line
        rest = (
            tr("; nothing after it was read, up to line {last}", last=last) if last > opened else ""
        )
        return BrokenRow(opened, tr("the quote that opens here is never closed{rest}", rest=rest))
    where = (
        tr(" (lines {line} to {last} were read as one row)", line=line, last=last)
        if last > line
        else ""
    )
    return BrokenRow(
        line,
        tr('text follows a closing quote; a quote in a cell is written ""{where}', where=where),
    )


def _where_quote_opens(lines: list[str], delimiter: str) -> int:
    """In a row whose last quote stays open: in which of its lines that quote stands, from 0."""
    opened = 0
    quoted, closed, fresh = False, False, True
    for number, line in enumerate(lines):
        for letter in line:
            if letter == '"' and (quoted or closed or fresh):
                if fresh:
                    opened = number
                # A doubled quote closes and opens again at once, and stays the same cell.
                quoted, closed, fresh = not quoted, quoted, False
            elif not quoted:
                closed = False
                fresh = letter == delimiter or (fresh and letter == " ")
        fresh, closed = not quoted, False
    return opened


class _Lines:
    """The lines of a text, counted, remembering whether the end was reached, and whether the last
    one was whole.
    """

    __slots__ = ("_lines", "ended", "number", "whole")

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text)
        self.number = 0
        self.ended = False
        self.whole = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.whole = line.endswith("\n")
        return line
