"""The words of every language side by side, from the keyword tables.

`python tests/examples/words.py > docs/words.md` renews the page.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from flowlang.syntax import keywords
from flowlang.syntax.keywords import Keywords

TABLES = Path(__file__).parents[2] / "grammar" / "keywords"
LANGUAGES = ("en", "de")

HEAD = """\
# The words of flow

English and German, side by side. Where a word has several forms, the first is the one that the
formatter writes, but for what [stands below](#which-form-is-written). The tables are in
[grammar/keywords](../grammar/keywords); this page is made from them, and a test keeps it so:

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
    parts.append(FORMS)
    parts += [_written(code, table["name"]) for code, table in zip(LANGUAGES, tables, strict=True)]
    return "\n".join(parts)


FORMS = """\
## Which form is written

A form that goes by what stands beside it is put right by `flow fmt`, also where another one was
typed. A form that goes by the gender of a name of yours (`irgendeine lizenz`) stays as it was
typed; a translation cannot know it and writes the first. So a file that `flow fmt` leaves alone
comes back byte for byte from English to German to English, and from German to English to German
wherever it has the first of these.
"""


def _written(code: str, name: str) -> str:
    """When which form of a word is written, in one language."""
    words, english = keywords.load(code), keywords.load("en")
    rows = []
    for (terminal, value), forms in words.spelling.items():
        when = _when(words, terminal, forms)
        if when:
            rows.append(f"| `{english.word(terminal, value)}` | {_forms(list(forms))} | {when} |")
    rows += [
        f"| | `{typed}` | is read, and written as `{right}` |"
        for typed, right in words.synonyms.items()
    ]
    rows = list(dict.fromkeys(rows))
    return "\n".join([f"### {name}", "", "| word | forms | |", "|---|---|---|", *rows]) + "\n"


def _when(words: Keywords, terminal: str, forms: tuple[str, ...]) -> str:
    if terminal in words.counted:
        one, many, changed = (*forms, forms[-1], forms[-1])[:3]
        if one == many:
            return ""
        behind = _forms([words.word(other) for other in sorted(words.changes_after)])
        rest = f", `{changed}` for several behind {behind}" if changed != many else ""
        return f"`{one}` for 1, `{many}` for several{rest}"
    if terminal in words.written:
        by_form: dict[str, list[str]] = {}
        for other, form in words.written[terminal].items():
            by_form.setdefault(form, []).append(_beside(words, other))
        told = [f"`{form}` with {' or '.join(places)}" for form, places in by_form.items()]
        return f"{', '.join(told)}; else `{forms[0]}`"
    return f"as typed; a translation writes `{forms[0]}`" if len(forms) > 1 else ""


def _beside(words: Keywords, terminals: str) -> str:
    """What stands beside a word, as a reader would say it."""
    things = keywords.load("en").things
    return " and ".join(things.get(one) or f"`{words.word(one)}`" for one in terminals.split())


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
