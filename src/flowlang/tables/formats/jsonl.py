"""For programs: one JSON object a line."""

from __future__ import annotations

import json
from typing import TextIO
from zoneinfo import ZoneInfo

from flowlang.tables.table import Column, Row, Table, plain

NAME = "jsonl"
SUFFIXES = (".jsonl", ".ndjson")
MARK = ""

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def head(columns: tuple[Column, ...]) -> str:
    """Nothing: each line says all."""
    return ""


def line(columns: tuple[Column, ...], row: Row, zone: ZoneInfo) -> str:
    """Every column of a row; one that holds rows of its own only where there are some."""
    cells = zip(columns, row, strict=True)
    data = {
        column.name: plain(value)
        for column, value in cells
        if value is not None or not column.nested
    }
    return _ENCODE(data).replace("\x7f", "\\u007f") + "\n"  # the one control JSON lets stand


def write(table: Table, stream: TextIO) -> int:
    """The rows."""
    count = 0
    for batch in table.rows:
        count += len(batch)
        stream.write("".join([line(table.columns, row, table.zone) for row in batch]))
    return count
