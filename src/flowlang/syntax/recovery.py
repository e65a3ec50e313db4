"""What becomes of a line that does not parse.

It is taken as it may have been meant, in another language or with a repair; else the mistake is
told as it is, and the line is kept without its condition if that saves the block below it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowlang.source import Edit, Findings, Fix, Source, Span, edited
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords, wording
from flowlang.syntax.broken_off import broken_off
from flowlang.syntax.first_word import first_word
from flowlang.syntax.lexeme import Lexeme, Line
from flowlang.syntax.lexer import lines
from flowlang.syntax.machine import Entry
from flowlang.syntax.reader import Reader
from flowlang.syntax.repair import Broken, Place, Repair, with_blanks
from flowlang.syntax.repairs import repairs
from flowlang.syntax.spelling import is_foreign
from flowlang.syntax.spelling import mended as mended_line
from flowlang.syntax.standing_earlier import standing_earlier
from flowlang.syntax.unknown_words import begun, explained

if TYPE_CHECKING:
    from flowlang.syntax.parser import Parser
    from flowlang.syntax.reader import Failure

MAX_EXPLAINED = 100
"""Lines of a file that are looked at closely; of what follows it is only said that it is wrong."""

_SIGN_WORDS = {"!": "_NOT", "&": "_AND", "&&": "_AND", "|": "_OR", "||": "_OR"}


def mended(parser: Parser, line: Line, failure: Failure, start: Entry, pieces: int) -> bool:
    """Take a line in another way than as it stands, and report what is wrong with it.

    False where it has to be given up; the parser then stands somewhere in the line.
    """
    lexemes = line.lexemes
    if line.flawed:
        # A mistake in it has been reported; whatever else is wrong may well come from it.
        good = [
            _meant(parser, one) for one in lexemes if one.kind != "BAD" or one.text in _SIGN_WORDS
        ]
        parser.back(start, pieces)
        if good and parser.feed(good, parser.words) is None:
            return True
        return _without_condition(parser, good, start, pieces)
    parser.explained += 1
    if parser.explained > MAX_EXPLAINED:
        parser.report(d.UNEXPECTED, line.start, line.end, what=parser.words.say("cannot-be-read"))
        return False
    parser.back(start, pieces)
    if parser.feed(lexemes, keywords.union()) is None and _mixed(parser, pieces):
        return True
    if failure.stack.depth > parser.machine.limit:
        parser.report(d.TOO_MANY_PARENTHESES, line.start, line.end)
        return _without_condition(parser, lexemes, start, pieces)
    if broken_off(parser, line, failure, start, pieces):
        return True
    if explained(parser, line, failure):
        return _without_condition(parser, lexemes, start, pieces)
    if _repaired(parser, line, failure, start, pieces):
        return True
    if begun(parser, line, failure):
        return _without_condition(parser, lexemes, start, pieces)
    if failure.at == 0 and not first_word(parser, line, failure):
        return False
    if failure.at and not _two_statements(parser, line, failure, start, pieces):
        _explain(parser, line, failure, standing_earlier(parser, line, failure, start, pieces))
        return _without_condition(parser, lexemes, start, pieces)
    return failure.at > 0


def continued(parser: Parser, line: Line) -> bool:
    """Take a line that is too deep and can only be the rest of the one above for it, and report
    that.
    """
    header, machine, words = parser.header, parser.machine, parser.words
    if header is None:
        return False
    stack, pieces = machine.stack, parser.pieces[:]
    first, *others = line.lexemes
    joined = Lexeme("PHRASE", words.word("_AND"), first.start, first.end)
    ways = [(line.lexemes, words.say("rest-of-line"), " ", True)]
    if first.text.lower() in words.forms("_WHERE"):
        ways.append(([joined, *others], words.say("joined-below"), f" {joined.text}", False))
    for rest, hint, text, safe in ways:
        parser.back(*parser.before_header)
        machine.begin_line()
        if parser.feed([*header.lexemes, *rest], words) is None:
            end = line.start if safe else first.end
            span = Span(parser.source, header.end, end)
            fix = Fix((Edit(span, text),), safe) if _blank(parser, header, line) else None
            parser.report(d.UNEXPECTED_INDENT, first.start, first.end, hint=hint, fix=fix)
            return True
    machine.stack, parser.pieces[:] = stack, pieces
    return False


def _blank(parser: Parser, above: Line, line: Line) -> bool:
    """Whether nothing stands between two lines, such as a comment."""
    return not parser.text[above.end : line.start].strip()


def _meant(parser: Parser, lexeme: Lexeme) -> Lexeme:
    """`&&`, `||` and `!` as the words that they are in other languages."""
    if lexeme.kind != "BAD":
        return lexeme
    return lexeme._replace(kind="PHRASE", text=parser.words.word(_SIGN_WORDS[lexeme.text]))


def _mixed(parser: Parser, since: int) -> bool:
    """A line that only parses with other languages' keywords: say so, and how to write it."""
    own, pieces = parser.words, parser.pieces[since:]
    foreign = [piece for piece in pieces if is_foreign(parser.text, piece, own)]
    if not foreign:
        return False
    edits = mended_line(parser.source, pieces, own)
    first = foreign[0]
    parser.foreign[first.language] = parser.foreign.get(first.language, 0) + 1
    shown = [f"`{parser.text[piece.start : piece.end]}`" for piece in foreign[:3]]
    parser.findings.report(
        d.MIXED_LANGUAGES,
        Span(parser.source, first.start, first.end),
        words=wording.listed(shown, own, "and"),
        other=parser.language_name(first.language),
        own=parser.language_name(own.code),
        hint=own.say("write", text="`, `".join(edit.text for edit in edits)),
        fix=Fix(tuple(edits)),
    )
    return True


def _repaired(parser: Parser, line: Line, failure: Failure, start: Entry, pieces: int) -> bool:
    accepted = parser.machine.accepted
    broken = Broken(
        parser.text,
        parser.words,
        line.lexemes,
        Place(failure.at, accepted(failure.stack)),
        Place(failure.before_index, accepted(failure.before)),
    )

    def parses(repair: Repair) -> bool:
        parser.back(start, pieces)
        return parser.feed(repair.lexemes, parser.words) is None

    for repair in repairs(broken):
        good = [one for one in (repair, *repair.others) if parses(one)]
        if good:
            parses(good[0])
            one = good[0] if len(good) == 1 else _unsure(good, parser.words)
            _report(parser, one if _reads(parser, line, one, start) else replace(one, text=None))
            return True
    return False


def _reads(parser: Parser, line: Line, repair: Repair, start: Entry) -> bool:
    """Whether the line parses in its place as the fix would write it: else it is none."""
    if repair.text is None:
        return False
    first = line.start
    edit = _edit(parser, repair, repair.text)
    span = Span(parser.source, edit.span.start - first, edit.span.end - first)
    source = Source("", edited(parser.text[first : line.end], [Edit(span, edit.text)]))
    reader = Reader(source, parser.words)
    found = lines(source, parser.words, Findings())
    reader.machine.stack = start
    reader.machine.begin_line()
    sound = len(found) == 1 and not found[0].flawed
    return sound and reader.feed(found[0].lexemes, parser.words) is None


def _edit(parser: Parser, repair: Repair, text: str) -> Edit:
    span = Span(parser.source, repair.start, repair.end)
    return Edit(span if text else with_blanks(span), text)


def _unsure(good: list[Repair], words: keywords.Keywords) -> Repair:
    """Several are as likely: words that could be missing are all named, else the first."""
    if good[0].diagnostic is not d.MISSING_WORD:
        return replace(good[0], safe=False)
    missing = dict.fromkeys(str(one.words["what"]) for one in good)
    return replace(good[0], words={"what": wording.listed(missing, words)}, text=None)


def _report(parser: Parser, repair: Repair) -> None:
    span = Span(parser.source, repair.start, repair.end)
    fix = None
    if repair.text is not None:
        fix = Fix((_edit(parser, repair, repair.text),), repair.safe)
    diagnostic = repair.diagnostic
    parser.findings.report(diagnostic, span, hint=repair.hint, fix=fix, **repair.words)


def _two_statements(
    parser: Parser, line: Line, failure: Failure, start: Entry, pieces: int
) -> bool:
    """Take a line that holds two statements as two lines."""
    first, second = line.lexemes[: failure.at], line.lexemes[failure.at :]
    if not second or second[0].kind != "WORD":
        return False
    parser.back(start, pieces)
    if parser.feed(first, parser.words) is not None:
        return False
    name = parser.pieces[-1].terminal == "NAME"
    if parser.feed(second, parser.words) is not None:
        return False
    if first[-1].kind == "WORD" and name:
        return False  # that the first line ends in a name is as much of a guess
    words, lexeme = parser.words, second[0]
    span = Span(parser.source, lexeme.start, lexeme.end)
    between = Span(parser.source, first[-1].end, lexeme.start)
    # What takes lines below it would have none.
    ends = not parser.machine.can_shift(parser.machine.stack, "_INDENT")
    fix = Fix((Edit(between, "\n" + " " * line.width),), safe=False) if ends else None
    what = words.say("new-statement", found=wording.found(lexeme))
    parser.findings.report(d.UNEXPECTED, span, what=what, hint=words.say("new-line"), fix=fix)
    return True


def _explain(parser: Parser, line: Line, failure: Failure, earlier: str) -> None:
    accepted = parser.machine.accepted(failure.stack)
    what, hint = wording.unexpected(parser.words, line.lexemes, failure.at, accepted)
    hint = earlier or hint
    span = Span(parser.source, line.end, line.end)
    if failure.at < len(line.lexemes):
        lexeme = line.lexemes[failure.at]
        span = Span(parser.source, lexeme.start, lexeme.end)
    parser.findings.report(d.UNEXPECTED, span, what=what, hint=hint)


def _without_condition(parser: Parser, lexemes: list[Lexeme], start: Entry, pieces: int) -> bool:
    """Keep a line whose condition cannot be read: its block is still worth reading."""
    parser.back(start, pieces)
    machine = parser.machine
    if not lexemes:
        return False
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
