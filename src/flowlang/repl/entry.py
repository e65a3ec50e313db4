"""WHAT IS TYPED → ENTRIES: whether a text is complete, and which lines belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from flowlang.repl.saying import SCRIPT, begins
from flowlang.repl.session import Session

MAX_ENTRY = 100_000
"""Characters of one entry; more is told when it is read."""
_BLOCK = '"""'
_BLOCKS = re.compile(r'"""(?s:.*?)"""')
_TEXTS = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*')
_QUOTED_NAME = r'"(?:[^"\\\n]|\\.)*"'
_NAME = rf"(?:{_QUOTED_NAME}|[^\s\"'=,]+)"


def unfinished(session: Session, text: str) -> bool:
    """Whether an entry cannot end yet: something is open, or its last word asks for more."""
    rest = _TEXTS.sub(" ", _BLOCKS.sub(" ", text))
    if _in_block(text) or rest.count("(") > rest.count(")"):
        return True
    last = rest.rstrip().lower()
    if last.endswith(","):
        return True
    word = re.search(r"[\w-]+$", last)
    return word is not None and word[0] in session.tongue.words.joining


def _in_block(text: str) -> bool:
    """Whether a text block is open at the end of a text."""
    return _BLOCK in _BLOCKS.sub(" ", text)


def opens(session: Session, text: str, *, bare: bool = False) -> bool:
    """Whether lines may follow below an entry: a contact with its name in quotes as in a test;
    without them only if `bare`, for one who types expects an answer then.
    """
    words = session.tongue.words
    named = "|".join(re.escape(form) for form in words.forms("_CONTACT"))
    name = _NAME if bare else _QUOTED_NAME
    made = re.search(rf"(?:^|\s)(?:{named})\s+{name}", text.partition("\n")[0], re.IGNORECASE)
    if begins(session, text, "_GIVEN_CONTACT"):
        return True
    return made is not None and begins(session, text, *SCRIPT, "_CONTACT")


def entries(session: Session, lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The entries of a script, each with the number of its first line.

    A deeper line belongs to the one above where that is not complete, or may have lines below it.
    """
    number, first, entry = 0, 0, ""
    for line in lines:
        number += 1
        text = line.rstrip("\r\n")
        deeper = text[:1].isspace() if text.strip() else _in_block(entry)
        if entry and deeper:
            entry += f"\n{text}"
        else:
            if entry.strip():
                yield first, entry
            first, entry = number, text
        if len(entry) < MAX_ENTRY and (
            unfinished(session, entry) or opens(session, entry, bare=True)
        ):
            continue
        if entry.strip():
            yield first, entry
        entry = ""
    if entry.strip():
        yield first, entry
