"""What is tried with a line that does not parse, in ways that a person would think of.

A bad character left out, keywords of another language, a misspelt keyword put right; then the
mistake is told, and the line is kept without its condition if that saves the block below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.source import Edit, Fix, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, wording
from flowlang.syntax.lexer import Lexeme, Line
from flowlang.syntax.machine import Entry

if TYPE_CHECKING:
    from flowlang.syntax.parser import Failure, Parser, Piece


def mended(parser: Parser, line: Line, failure: Failure, start: Entry, pieces: int) -> bool:
    """Take a line in another way than as it stands, and report what is wrong with it.

    False where it has to be given up; the parser then stands somewhere in the line.
    """
    lexemes = line.lexemes
    good = [lexeme for lexeme in lexemes if lexeme.kind != "BAD"]
    if len(good) < len(lexemes):
        # The bad character has been reported; whatever else is wrong may well come from it.
        parser.back(start, pieces)
        if good and parser.feed(good, parser.words) is None:
            return True
        return _without_condition(parser, lexemes, start, pieces)
    parser.back(start, pieces)
    if parser.feed(lexemes, keywords.union()) is None and _mixed(parser, pieces):
        return True
    if _respelled(parser, lexemes, failure, start, pieces):
        return True
    _explain(parser, line, failure)
    return _without_condition(parser, lexemes, start, pieces)


def _mixed(parser: Parser, since: int) -> bool:
    """A line that only parses with other languages' keywords: say so, and how to write it."""
    foreign = [
        piece
        for piece in parser.pieces[since:]
        if piece.language
        and piece.language != parser.words.code
        and not _spelled_here(parser, piece)
    ]
    if not foreign:
        return False
    edits = tuple(
        Edit(
            Span(parser.source, piece.start, piece.end),
            parser.words.word(piece.terminal, piece.value),
        )
        for piece in foreign
    )
    shown = ", ".join(f"`{parser.text[piece.start : piece.end]}`" for piece in foreign[:3])
    first = foreign[0]
    parser.findings.report(
        d.MIXED_LANGUAGES,
        Span(parser.source, first.start, first.end),
        words=shown,
        other=keywords.load(first.language).name,
        own=parser.words.name,
        fix=Fix(edits),
    )
    return True


def _spelled_here(parser: Parser, piece: Piece) -> bool:
    forms = parser.words.spelling.get((piece.terminal, piece.value), ())
    return " ".join(parser.text[piece.start : piece.end].lower().split()) in forms


def _respelled(
    parser: Parser, lexemes: list[Lexeme], failure: Failure, start: Entry, pieces: int
) -> bool:
    """Take the line with the word at fault put right, if it looks like a keyword that fits there."""
    if failure.index >= len(lexemes):
        return False
    accepted = parser.machine.accepted
    places = [
        (failure.index, accepted(failure.stack)),
        (failure.before_index, accepted(failure.before)),
    ]
    found = wording.respelled(parser.words, lexemes, places)
    if found is None:
        return False
    right, wrong, word = found
    parser.back(start, pieces)
    if parser.feed(right, parser.words) is not None:
        return False
    span = Span(parser.source, wrong.start, wrong.end)
    fix = Fix((Edit(span, word),))
    hint = wording.did_you_mean(word)
    parser.findings.report(d.MISSPELLED, span, word=wrong.text, hint=hint, fix=fix)
    return True


def _without_condition(parser: Parser, lexemes: list[Lexeme], start: Entry, pieces: int) -> bool:
    """Keep a line whose condition cannot be read: its block is still worth reading."""
    parser.back(start, pieces)
    machine = parser.machine
    skip = -1
    for index, lexeme in enumerate(lexemes):
        if lexeme.start < skip:
            continue
        if index and machine.can_shift(machine.stack, "_BAD_EXPRESSION"):
            break
        stop = parser.take(lexemes, index, parser.words)
        if stop is None:
            return False
        skip = stop
    end = lexemes[-1].end
    if not machine.shift("_BAD_EXPRESSION", None, end, end):
        return False
    return machine.shift("_NL", None, None, end)


def _explain(parser: Parser, line: Line, failure: Failure) -> None:
    if failure.stack.depth > parser.machine.limit:
        parser.report(d.TOO_MANY_PARENTHESES, line.start, line.end)
        return
    accepted = parser.machine.accepted(failure.stack)
    what, hint = wording.unexpected(
        parser.words, line.lexemes, failure.index, accepted, keywords.union()
    )
    if failure.index < len(line.lexemes):
        lexeme = line.lexemes[failure.index]
        span = Span(parser.source, lexeme.start, lexeme.end)
    else:
        span = Span(parser.source, line.end, line.end)
    parser.findings.report(d.UNEXPECTED, span, what=what, hint=hint)
