"""WORDS → COLOURS: what kind of word each keyword is, for programs that colour without parsing.

Read off the grammar's table and the keyword tables, so no word and no statement is named here but
for the kinds of value.  A word that begins a line is told from one within: a line may begin
wherever the parser has room for one that it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from flowlang.syntax import keywords
from flowlang.syntax.table import load

_TYPES = ("TYPE", "_ONE_OF", "_LIST_OF")
_VALUES = (
    "UNIT", "WEEKDAY", "_YES", "_NO", "_TODAY", "_NOW", "MARKETING", "SERVICE", "HALT", "SKIP",
    "SHOW", "DELIVERY_EVENT", "SYSTEM_EVENT", "RUN_STATE", "RUNS_MODE",
)  # fmt: skip


@cache
def palette(code: str) -> dict[str, tuple[str, ...]]:
    """The words of a language by their kind, the longest first, each in lower case.

    `declaration` and `statement` begin a line, on the top level and below; `type` and `value` are
    kinds of values and values; `word` is all else.  A word may be of several kinds.
    """
    table = load()
    opening = set(table.states[table.start])
    beginning = {name for row in table.states if "_BAD_LINE" in row for name in row}
    found: dict[str, set[str]] = {
        kind: set() for kind in ("declaration", "statement", "type", "value", "word")
    }
    for some in keywords.load(code).phrases.values():
        for phrase in some:
            terminal, text = phrase.terminal, phrase.text
            kinds = [
                *(["declaration"] if terminal in opening else ()),
                *(["statement"] if terminal in beginning - opening else ()),
                *(["type"] if terminal in _TYPES else ()),
                *(["value"] if terminal in _VALUES else ()),
            ]
            for kind in kinds or ("word",):
                found[kind].add(text.removeprefix(", ").removesuffix(" ("))
    return {kind: tuple(sorted(words, key=lambda w: (-len(w), w))) for kind, words in found.items()}


def pattern(words: Iterable[str]) -> str:
    """A regular expression for any of these words, whole, with any blanks between their parts."""
    alternatives = "|".join(
        r"[ \t]+".join(re.escape(part).replace("/", r"\/") for part in word.split())
        for word in words
    )
    return rf"(?:{alternatives})(?![\w-])"
