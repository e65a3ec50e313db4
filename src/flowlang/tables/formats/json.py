"""For programs: one JSON object with all rows, each in a line."""

from __future__ import annotations

import json
from typing import TextIO

from flowlang.tables.formats import jsonl
from flowlang.tables.table import Table

NAME = "json"
SUFFIXES = (".json",)
MARK = ""


def write(table: Table, stream: TextIO) -> int:
    """`report`, `columns` and `rows`; a row has the names of the columns."""
    names = json.dumps([column.name for column in table.columns], ensure_ascii=False)
    stream.write(f'{{"report": {json.dumps(table.name)}, "columns": {names}, "rows": [')
    count = 0
    for batch in table.rows:
        for row in batch:
            line = jsonl.line(table.columns, row, table.zone).rstrip("\n")
            stream.write(f"{',' if count else ''}\n  {line}")
            count += 1
    stream.write("\n]}\n" if count else "]}\n")
    return count
