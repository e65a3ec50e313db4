"""For spreadsheets and imports: a comma between cells, one row a line, UTF-8.

No cell is a formula to a spreadsheet, and an import reads each text back as it was
(`intake.spreadsheets`).  A file begins with a byte-order mark, without which Excel takes UTF-8 for
an old encoding; what goes to a pipe has none.
"""

from __future__ import annotations

import re
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from flowlang.intake.spreadsheets import guarded
from flowlang.tables.table import Column, Row, Spelt, Table, flat

NAME = "csv"
SUFFIXES = (".csv",)
MARK = "\ufeff"

_QUOTED = re.compile('[",;\t\r\n]')


def head(columns: tuple[Column, ...]) -> str:
    """The names of the columns; those that hold rows of their own are left out, here and below."""
    return ",".join([_cell(column.name) for column in columns if not column.nested]) + "\n"


def line(columns: tuple[Column, ...], row: Row, zone: ZoneInfo) -> str:
    """A row of cells."""
    cells = zip(columns, row, strict=True)
    return ",".join([_spelt(value, zone) for column, value in cells if not column.nested]) + "\n"


def write(table: Table, stream: TextIO) -> int:
    """The head, then the rows."""
    stream.write(head(table.columns))
    count = 0
    for batch in table.rows:
        count += len(batch)
        stream.write("".join([line(table.columns, row, table.zone) for row in batch]))
    return count


def _spelt(value: Any, zone: ZoneInfo) -> str:
    """What is text may be anything; numbers and dates are nothing that could be taken amiss."""
    text = flat(value, zone)
    return _cell(guarded(text) if isinstance(value, (str, Spelt)) else text)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
