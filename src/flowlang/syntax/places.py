"""Where a line stands and could stand: which blocks have room for what a keyword begins."""

from __future__ import annotations

from functools import cache

from flowlang.source import Source
from flowlang.syntax.keywords import Keywords, Phrase
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.machine import Entry, Machine

_NOTHING = Source("", "")


@cache
def openings() -> dict[str, Entry]:
    """For each declaration, by its terminal, the parser's stack right below its first line.

    The top level stands under the empty terminal.
    """
    top = Machine(_NOTHING).stack
    found = {"": top}
    for opening in sorted(Machine(_NOTHING).accepted(top)):
        machine = Machine(_NOTHING)
        machine.shift(opening, None, 0, 0)
        _ = machine.shift("STRING", None, 0, 0) or machine.shift("NAME", None, 0, 0)
        if machine.shift("_NL", None, 0, 0) and machine.shift("_INDENT", None, 0, 0):
            found[opening] = machine.stack
    return found


def phrase_at(words: Keywords, text: str, lexeme: Lexeme) -> Phrase | None:
    """The longest keyword that begins at a lexeme, whether it fits there or not."""
    if lexeme.kind != "WORD":
        return None
    for phrase in words.phrases.get(lexeme.text.lower(), ()):
        if phrase.rest is None or phrase.rest(text, lexeme.end):
            return phrase
    return None


def heading(words: Keywords, text: str, lexemes: list[Lexeme]) -> str:
    """The keyword that a line begins with, or its first word: what a block is named by."""
    phrase = phrase_at(words, text, lexemes[0])
    return phrase.text if phrase is not None else lexemes[0].text
