"""One column of values, from a text with one a line or from a table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from flowlang.intake.table import BrokenRow, Row, find_delimiter, heading, rows


@dataclass(frozen=True, slots=True)
class Column:
    """Where the values stand: in which cell of each row, and below which header line."""

    delimiter: str | None
    """None where every line is one value as it stands."""
    index: int = 0
    header: Row | None = None


def find_column(name: str, text: str, headers: Collection[str]) -> Column:
    """The column of a file that holds its values; `headers` are words that head one.

    A table by its suffix (.csv, .tsv) or where a word that heads the column stands in its first
    row; else a text with one value a line.  Of a table with several columns and no such word, the
    first column serves, and its first row is a header if it has no digit where the rows below do.
    """
    delimiter = find_delimiter(text, headers)
    seen = list(islice(rows(text, delimiter), 20))
    first = seen[0] if seen else None
    if not isinstance(first, Row):
        return Column(delimiter if _is_table(name) else None)
    named = [heading(cell) in headers for cell in first.cells]
    if any(named):
        return Column(delimiter, named.index(True), first)
    if not _is_table(name):
        return Column(None)
    below = [row.cells[0] for row in seen[1:] if isinstance(row, Row)]
    several = len(first.cells) > 1
    if several and below and not _digits(first.cells[0]) and all(map(_digits, below)):
        return Column(delimiter, 0, first)
    return Column(delimiter)


def values(text: str, column: Column) -> Iterator[tuple[int, str] | BrokenRow]:
    """The line and the value of each row below the header, without outer blanks, maybe empty."""
    if column.delimiter is None:
        for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
            yield number, _bare(line.strip())
        return
    for row in rows(text, column.delimiter):
        if isinstance(row, BrokenRow):
            yield row
        elif column.header is None or row.line != column.header.line:
            yield row.line, row.cells[column.index] if column.index < len(row.cells) else ""


def _is_table(name: str) -> bool:
    return name.lower().endswith((".csv", ".tsv"))


def _digits(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _bare(line: str) -> str:
    """A line that a spreadsheet put in quotes, without them."""
    return line[1:-1].strip() if len(line) > 1 and line[0] == line[-1] == '"' else line


