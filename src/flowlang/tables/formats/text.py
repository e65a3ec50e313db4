"""For people: a table with aligned columns, moments to the minute.

The first rows say how wide a column is; so a table of any length is written row by row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TextIO

from flowlang.intake.problem import shown
from flowlang.kinds import in_words
from flowlang.reports.text import columns
from flowlang.speech import Text, in_language, tr
from flowlang.tables.table import Row, Table, flat

NAME = "text"
SUFFIXES = (".txt",)
MARK = ""

MEASURED = 1_000
"""Rows that are looked at for the widths."""
WIDEST = 60
"""Characters of a cell."""


def write(table: Table, stream: TextIO) -> int:
    """The header, then the rows; nothing where there are none."""
    places = [place for place, column in enumerate(table.columns) if not column.nested]
    names = table.heads or tuple(column.name for column in table.columns)
    heads = [names[place] for place in places]
    layout: _Layout | None = None
    count = 0
    waiting: list[Row] = []
    for batch in table.rows:
        count += len(batch)
        said = map(table.told, batch) if table.told else batch
        waiting += [[row[place] for place in places] for row in said]
        if layout is None and len(waiting) < MEASURED:
            continue
        layout = layout or _Layout(heads, waiting, table, stream)
        layout.write(waiting)
        waiting = []
    if waiting:
        layout = layout or _Layout(heads, waiting, table, stream)
        layout.write(waiting)
    return count


class _Layout:
    """How wide the columns are, and which of them hold numbers."""

    def __init__(self, heads: list[str], rows: list[Row], table: Table, stream: TextIO) -> None:
        self._zone = table.zone
        self._language = table.language
        self._stream = stream
        found = list(zip(*rows, strict=True))
        self._numbers = [
            {type(value) for value in column} - {type(None)} in ({int}, {float}, {int, float})
            for column in found
        ]
        self._widths = [
            max(columns(head), *(columns(self._cell(value)) for value in column))
            for head, column in zip(heads, found, strict=True)
        ]
        self._line(heads)

    def write(self, rows: list[Row]) -> None:
        for row in rows:
            self._line([self._cell(value) for value in row])

    def _line(self, cells: list[str]) -> None:
        aligned = []
        for cell, width, number in zip(cells, self._widths, self._numbers, strict=True):
            blanks = " " * (width - columns(cell))
            aligned.append(blanks + cell if number else cell + blanks)
        self._stream.write("  ".join(aligned).rstrip() + "\n")

    def _cell(self, value: Any) -> str:
        match value:
            case bool():
                return in_language(tr("yes") if value else tr("no"), self._language)
            case int() | float():
                return in_language(tr("{count:,}", count=value), self._language)
            case Text():
                return shown(in_language(value, self._language), WIDEST)
            case datetime():
                return in_words(value, self._zone)
            case _:
                return shown(flat(value, self._zone), WIDEST)
