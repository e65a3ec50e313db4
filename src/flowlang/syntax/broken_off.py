"""A condition that breaks off: its `and` takes the line below for its rest, which is a statement.

Put right word by word it would say something else: `tag "z"` is near to the condition `tagged "z"`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.syntax import diagnostics as d
from flowlang.syntax.lexeme import Lexeme, Line
from flowlang.syntax.machine import Entry

if TYPE_CHECKING:
    from flowlang.syntax.parser import Parser
    from flowlang.syntax.reader import Failure


def broken_off(parser: Parser, line: Line, failure: Failure, start: Entry, pieces: int) -> bool:
    """Take a line as the two that it is, and report that something is missing between them.

    False where it is not so; the parser then stands somewhere in the line.
    """
    for index in range(min(failure.at, len(line.lexemes) - 1), 1, -1):
        joining, following = line.lexemes[index - 1 : index + 1]
        if not _breaks_after(parser, joining, following):
            continue
        parser.back(start, pieces)
        if parser.feed(line.lexemes[: index - 1], parser.words) is not None:
            continue
        if _below(parser, line, index):
            what = parser.words.say("missing-after", word=joining.text)
            parser.report(d.UNEXPECTED, joining.start, joining.end, what=what)
            return True
    return False


def _breaks_after(parser: Parser, joining: Lexeme, following: Lexeme) -> bool:
    """Whether a word that joins is the last of its line."""
    joins = joining.kind == "WORD" and joining.text.lower() in parser.words.joining
    return joins and "\n" in parser.text[joining.end : following.start]


def _below(parser: Parser, line: Line, index: int) -> bool:
    """Take what stands from a lexeme on as a line of the block below, or as one beside it."""
    machine, rest = parser.machine, line.lexemes[index:]
    header, pieces = machine.stack, len(parser.pieces)
    machine.begin_line()
    if machine.shift("_INDENT", None, None, machine.end):
        if parser.feed(rest, parser.words) is None:
            first = rest[0].start
            parser.open_level(first - parser.text.rfind("\n", 0, first) - 1, line)
            return True
        parser.back(header, pieces)
        machine.begin_line()
    return parser.feed(rest, parser.words) is None
