"""A word that would have been right further to the left of its line, with all that follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.syntax.lexeme import Lexeme, Line
from flowlang.syntax.machine import Entry

if TYPE_CHECKING:
    from flowlang.syntax.parser import Parser
    from flowlang.syntax.reader import Failure


def standing_earlier(
    parser: Parser, line: Line, failure: Failure, start: Entry, pieces: int
) -> str:
    """A hint for such a word, where the line is whole without it; else empty.

    The line has to be right with the word in that place: else the hint would lead to another.
    """
    lexemes, machine, text = line.lexemes, parser.machine, parser.text
    if failure.at >= len(lexemes) or not machine.can_shift(failure.stack, "_NL"):
        return ""
    word = lexemes[failure.at]
    known = parser.words.phrases.get(word.text.lower(), ()) if word.kind == "WORD" else ()
    fitting = [one for one in known if one.rest is None or one.rest(text, word.end)]
    phrase, before, place, skip = None, "", 0, -1
    parser.back(start, pieces)
    for index, lexeme in enumerate(lexemes[: failure.at]):
        if lexeme.start < skip:
            continue
        fits = [one for one in fitting if index and machine.can_shift(machine.stack, one.terminal)]
        stop = parser.take(lexemes, index, parser.words)
        if stop is None:
            break
        skip = stop
        if fits or before == ",":
            phrase, place = (fits[0], index) if fits else (phrase, place)
            before = text[lexeme.start : stop]
    if phrase is None or before == phrase.text:
        return ""
    parser.back(start, pieces)
    if not _parses(parser, [lexemes[:place], lexemes[failure.at :], lexemes[place : failure.at]]):
        return ""
    return parser.words.say("stands-before", word=phrase.text, other=before.removeprefix(", "))


def _parses(parser: Parser, stretches: list[list[Lexeme]]) -> bool:
    """Whether stretches of a line make sense one after the other, whatever stood between them."""
    for stretch in stretches:
        skip = -1
        for index, lexeme in enumerate(stretch):
            if lexeme.start < skip:
                continue
            stop = parser.take(stretch, index, parser.words)
            if stop is None:
                return False
            skip = stop
    return parser.machine.can_shift(parser.machine.stack, "_NL")
