"""The words of every language side by side, from the keyword tables.

`python tests/examples/words.py > docs/words.md` renews the page.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[2] / "grammar" / "keywords"
LANGUAGES = ("en", "de")

HEAD = """\
# The words of flow

English and German, side by side; the first form is the one that the formatter writes. The tables
are in [grammar/keywords](../grammar/keywords); this page is made from them, and a test keeps it so:

```sh
python tests/examples/words.py > docs/words.md
```
"""


def page() -> str:
    """The whole page."""
    files = [TABLES / f"{code}.toml" for code in LANGUAGES]
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    names = [table["name"] for table in tables]
    parts = [HEAD, _table("Words", [table["words"] for table in tables], names)]
    for group in tables[0]["values"]:
        title = GROUPS.get(group, group)
        parts.append(_table(title, [table["values"][group] for table in tables], names))
    return "\n".join(parts)


GROUPS = {
    "DELIVERY_EVENT": "What delivery reports",
    "OTHERWISE": "Otherwise",
    "PART_OF": "Parts of a date",
    "SINCE": "Time passed",
    "REMAINING": "Time ahead",
    "RUNS_MODE": "How often a campaign runs",
    "RUN_STATE": "Where a run stands",
    "SYSTEM_EVENT": "What the system reports",
    "TYPE": "Types of fields",
    "UNIT": "Units of time",
    "WEEKDAY": "Days of the week",
}


def _table(title: str, columns: list[dict[str, Any]], names: list[str]) -> str:
    keys = columns[0]
    rows = list(dict.fromkeys(tuple(_forms(column[key]) for column in columns) for key in keys))
    if title == "Words":
        rows.sort()
    lines = [f"## {title}", "", f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _forms(forms: list[str]) -> str:
    return ", ".join(f"`{form}`" for form in forms)


if __name__ == "__main__":
    sys.stdout.write(page())
