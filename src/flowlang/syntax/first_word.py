"""A line that goes wrong at its first word: no line begins so, or none in that place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.source import Span, guess
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, places, wording
from flowlang.syntax.lexeme import Line
from flowlang.syntax.machine import Entry
from flowlang.syntax.unknown_words import MAX_WORDS

if TYPE_CHECKING:
    from flowlang.syntax.parser import Parser
    from flowlang.syntax.reader import Failure


def first_word(parser: Parser, line: Line, failure: Failure) -> bool:
    """Tell what is wrong with a line whose first word already does not fit; always False."""
    words, lexeme = parser.words, line.lexemes[0]
    header = parser.header
    at_its_side = header is not None and not parser.lost and header.width == line.width
    if header and at_its_side and _fits_below(parser, line, failure.stack):
        # The lines that should have been below the one above are just as deep as it is.
        parser.missing_block(header)
        parser.misplaced = True
        return False
    if parser.misplaced:
        return False
    phrase = places.phrase_at(words, parser.text, lexeme)
    where = parser.where()
    if phrase is None:
        what = words.say("begins-no-line", found=wording.found(lexeme), where=where)
        accepted = parser.machine.accepted(failure.stack)
        near = _usual(words, line, accepted) or guess(
            lexeme.text.lower(), wording.spellings(words, accepted)
        )
        hint = wording.did_you_mean(words, near) if near and lexeme.kind == "WORD" else ""
        parser.findings.report(
            d.UNEXPECTED, Span(parser.source, lexeme.start, lexeme.end), what=what, hint=hint
        )
        return False
    parser.misplaced = True
    end = lexeme.start + len(phrase.text)
    shown = parser.text[lexeme.start : end]
    parser.findings.report(
        d.MISPLACED,
        Span(parser.source, lexeme.start, end),
        word=shown,
        where=where,
        hint=_home(parser, phrase.terminal, line),
    )
    return False


def _usual(words: keywords.Keywords, line: Line, accepted: set[str]) -> str | None:
    """What the first words are typed for from habit, if a line can begin with that."""
    beginnings = tuple(f"{text} " for text in wording.spellings(words, accepted))
    for length in range(MAX_WORDS, 0, -1):
        spelt = " ".join(one.text.lower() for one in line.lexemes[:length])
        for right in words.mistaken.get(spelt, ()):
            if f"{right} ".startswith(beginnings):
                return right
    return None


def _fits_below(parser: Parser, line: Line, stack: Entry) -> bool:
    """Whether the line would be right if it stood deeper, below the one above it."""
    machine = parser.machine
    before, pieces = machine.stack, len(parser.pieces)
    parser.back(stack, pieces)
    machine.begin_line()
    fits = machine.shift("_INDENT", None, None, machine.end)
    fits = fits and parser.feed(line.lexemes, parser.words) is None
    parser.back(before, pieces)
    return fits


def _home(parser: Parser, terminal: str, line: Line) -> str:
    """Where a line could stand that is right in itself."""
    words = parser.words
    if terminal in ("_ELSE", "_ELSE_IF"):
        return words.say("else-without-if", word=words.word("_IF"))
    homes: list[str] = []
    stack, pieces = parser.machine.stack, len(parser.pieces)
    for opening, below in places.openings().items():
        parser.back(below, pieces)
        parser.machine.begin_line()
        if parser.feed(line.lexemes, words) is None:
            homes.append(opening)
    parser.back(stack, pieces)
    if "" in homes:
        return words.say("lives-on-top")
    if not homes:
        return ""
    shown = wording.listed([f"`{words.word(opening)}`" for opening in homes], words)
    return words.say("lives-in" if line.width else "indent", homes=shown)
