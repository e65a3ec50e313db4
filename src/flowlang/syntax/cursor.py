"""WHAT COULD STAND HERE: the parser, stopped at a place of a text that is being written.

The table knows which terminals fit; and what a name at the place would be is found by trying: a
stand-in is put there, the line is ended in the shortest way that the table allows, and the tree
says where the stand-in has come to lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flowlang.source import Findings, Source, Span
from flowlang.syntax.declarations import File
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme, Line
from flowlang.syntax.machine import Entry
from flowlang.syntax.parser import Parser
from flowlang.syntax.tree import Token

STAND_IN = "x"
"""What stands at the place while it is asked about; its span tells it from other names."""
MAX_STEPS = 5
"""Tokens that may be missing from a line behind the place."""
MAX_TRIED = 300
"""States that are looked at to find them."""
MAX_WORDS = 5
"""Words of a keyword that may stand before the place already."""

_NEVER = ("_BAD_LINE", "_BAD_EXPRESSION", "_INDENT", "_DEDENT", "$END")
_WORD = re.compile(r"[^\W\d_][\w.-]*$")
_EMPTY = {"NUMBER": 1, "PERCENT": 1, "REF": "."}
"""What a token stands for that is missing; for the others an empty text does."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word of the language that fits: its text, and where what is typed of it begins."""

    text: str
    start: int
    terminal: str


class Cursor:
    """A place in a text, right behind what is being typed."""

    def __init__(self, text: str, at: int, language: str) -> None:
        line = text.rfind("\n", 0, at) + 1
        self.start = at
        """Where the word or text that is being typed begins."""
        self.quoted = False
        """It is a text in quotes, which began before the place."""
        word = _WORD.search(text, line, at)
        if word is not None:
            self.start = word.start()
        opening = _open_quote(text, line, at)
        if opening is not None:
            self.start, self.quoted = opening, True
        self.commented = _commented(text, line, self.start)
        self.head = "" if self.quoted else text[self.start : text.rfind(".", self.start, at) + 1]
        """What stands before the last dot of a name with dots, the dot included."""
        self._before, self._language = text[: self.start], language
        self._parser = self._stopped(f'"{STAND_IN}"' if self.quoted else self.head + STAND_IN)

    def _stopped(self, stand_in: str) -> _Stopped:
        parser = _Stopped(Source("", self._before + stand_in), self._language, self.start)
        parser.parse()
        return parser

    @property
    def words(self) -> Keywords:
        return self._parser.words

    @property
    def readable(self) -> bool:
        """Whether what stands before the place in its line makes sense so far."""
        return bool(self._parser.stacks) and not self.commented

    @property
    def accepted(self) -> set[str]:
        """The terminals that can come next."""
        parser = self._parser
        if not self.readable:
            return set()
        return parser.machine.accepted(parser.stacks[-1][1]) - set(_NEVER)

    def keywords(self) -> Iterator[Keyword]:
        """The keywords that fit, those among them that have begun some words before."""
        parser = self._parser
        if not self.readable or self.quoted:
            return
        for back, (start, stack) in enumerate(reversed(parser.stacks[-MAX_WORDS:])):
            begun = " ".join(parser.text[start : self.start].lower().split())
            for terminal in parser.machine.accepted(stack) - set(_NEVER):
                for (name, _), forms in self.words.spelling.items():
                    if name == terminal:
                        for form in forms[:1] if terminal not in self.words.counted else forms:
                            if not back or form.startswith(f"{begun} "):
                                yield Keyword(form, start, terminal)

    def trees(self, terminal: str) -> Iterator[tuple[File, Span]]:
        """The text up to the place as a tree, with a stand-in there, whose span is given: once for
        each way in which the line may go on.
        """
        parser = self._parser
        if terminal == "STRING" and not self.quoted and terminal not in self.accepted:
            # Some keywords are none unless a text follows them.
            parser = self._stopped(f'"{STAND_IN}"')
        if self.commented or not parser.accepts(terminal):
            return
        span = Span(parser.source, self.start, len(parser.text))
        for stack in parser.ended(parser.stacks[-1][1], terminal, span):
            yield parser.finished(stack), span


class _Stopped(Parser):
    """Reads a text up to its last word, and keeps where the parser stood before it."""

    def __init__(self, source: Source, language: str, at: int) -> None:
        super().__init__(source, Findings(), language)
        self._at = at
        self.stacks: list[tuple[int, Entry]] = []
        """Where each word of the line begins, up to the place, and the stack before it."""
        self._below: list[bool] = []

    def _line(self, line: Line) -> bool:
        if line.lexemes[-1].end <= self._at:
            return super()._line(line)
        self.machine.begin_line()
        self._below = [level.real for level in self.levels[1:]]
        self.stacks = self._read(line.lexemes)
        return False

    def _read(self, lexemes: list[Lexeme]) -> list[tuple[int, Entry]]:
        """The stacks before the words of a line; none where they make no sense."""
        before, skip = self.machine.stack, -1
        found: list[tuple[int, Entry]] = []
        for index, lexeme in enumerate(lexemes):
            if lexeme.start >= self._at:
                found.append((lexeme.start, self.machine.stack))
                break
            if lexeme.start < skip:
                continue
            found.append((lexeme.start, self.machine.stack))
            stop = self.take(lexemes, index, self.words)
            if stop is None:
                found = []
                break
            skip = stop
        self.machine.stack = before
        return found

    def accepts(self, terminal: str) -> bool:
        """Whether a terminal can come next at the place."""
        return bool(self.stacks) and self.machine.can_shift(self.stacks[-1][1], terminal)

    def ended(self, stack: Entry, terminal: str, span: Span) -> Iterator[Entry]:
        """The stacks after lines that go on with a terminal: once for each thing that it may be.

        What it is, its successor decides: by the rule that reduces it, or by where that leads.
        """
        machine = self.machine
        machine.stack = stack
        if not machine.shift(terminal, _token(terminal, span), span.start, span.end):
            return
        after = machine.stack
        row = machine.states[after.state]
        if (ended := self._shortest(after)) is not None:
            yield ended
        done = {row["_NL"]} if machine.can_shift(after, "_NL") else set()
        for following in sorted(machine.accepted(after) - {*_NEVER, "_NL"}):
            machine.stack = after
            if row[following] in done or not machine.shift(
                following, _token(following, span, empty=True), span.end, span.end
            ):
                continue
            done.add(row[following])
            if (ended := self._shortest(machine.stack)) is not None:
                yield ended

    def _shortest(self, stack: Entry) -> Entry | None:
        """The stack after the end of the line, by the fewest tokens that lead there."""
        machine = self.machine
        at = Span(self.source, len(self.text), len(self.text))
        edge, seen = [stack], {stack.state}
        for _ in range(MAX_STEPS):
            for one in edge:
                machine.stack = one
                if machine.shift("_NL", None, None, at.end):
                    return machine.stack
            found: list[Entry] = []
            for one in edge:
                for terminal in machine.states[one.state]:
                    if terminal in _NEVER or not terminal.isupper():
                        continue
                    machine.stack = one
                    token = _token(terminal, at, empty=True)
                    fits = machine.shift(terminal, token, at.start, at.end)
                    if fits and machine.stack.state not in seen:
                        seen.add(machine.stack.state)
                        found.append(machine.stack)
            edge = found
            if len(seen) > MAX_TRIED:
                return None
        return None

    def finished(self, stack: Entry) -> File:
        """The tree, when all blocks are closed after a line."""
        machine = self.machine
        machine.stack = stack
        for real in reversed(self._below):
            if real:
                machine.shift("_DEDENT", None, None, machine.end)
        tree = machine.finish()
        assert isinstance(tree, File)
        return tree


def _token(terminal: str, span: Span, *, empty: bool = False) -> Token | None:
    if terminal.startswith("_"):
        return None
    if empty:
        return Token(span._replace(start=span.end), terminal, _EMPTY.get(terminal, ""))
    return Token(span, terminal, span.text.strip('"'))


def _open_quote(text: str, line: int, at: int) -> int | None:
    """Where a text that is not closed before a place begins, in its line."""
    opening: int | None = None
    index = line
    while index < at:
        if text[index] == "\\" and opening is not None:
            index += 1
        elif text[index] == '"':
            opening = index if opening is None else None
        elif text[index] == "#" and opening is None:
            return None
        index += 1
    return opening


def _commented(text: str, line: int, at: int) -> bool:
    """Whether a place stands behind a `#` that begins a comment."""
    quoted = False
    for character in text[line:at]:
        if character == '"':
            quoted = not quoted
        elif character == "#" and not quoted:
            return True
    return False
