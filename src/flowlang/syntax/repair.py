"""A line that does not parse, and one way in which it may have been meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flowlang.source import Diagnostic, Span
from flowlang.syntax import diagnostics as d
from flowlang.syntax.keywords import Keywords
from flowlang.syntax.lexeme import Lexeme
from flowlang.syntax.wording import found

SIGNS = {">=", "<=", "!=", "=", "<", ">"}
"""Comparisons: a lexeme of one has it as its kind."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stopped making sense: the index of a lexeme, and what fits there."""

    index: int
    accepted: set[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that does not parse, for the repairs."""

    text: str
    words: Keywords
    lexemes: list[Lexeme]
    at: Place
    before: Place
    """The word before: a keyword that was taken for a name."""

    @property
    def current(self) -> Lexeme | None:
        return self.lexemes[self.at.index] if self.at.index < len(self.lexemes) else None

    @property
    def previous(self) -> Lexeme | None:
        return self.lexemes[self.at.index - 1] if self.at.index > 0 else None

    def put(self, index: int, length: int, *right: Lexeme) -> list[Lexeme]:
        """The lexemes with some of them replaced."""
        return [*self.lexemes[:index], *right, *self.lexemes[index + length :]]


@dataclass(frozen=True, slots=True)
class Repair:
    """The line as it may have been meant, and what to say if so."""

    lexemes: list[Lexeme]
    diagnostic: Diagnostic
    start: int
    end: int
    words: dict[str, Any] = field(default_factory=dict)
    hint: str = ""
    text: str | None = None
    """What belongs in the place, where that is known well enough for a fix."""
    safe: bool = False
    others: tuple[Repair, ...] = ()
    """Others of the same sort: where several make sense, none is sure."""


def said(broken: Broken, lexemes: list[Lexeme], place: Lexeme, sentence: str, right: str) -> Repair:
    """A repair that is told in a sentence of the table."""
    what = broken.words.say(sentence, right=right, found=found(place))
    hint = broken.words.say("write", text=right)
    return Repair(lexemes, d.UNEXPECTED, place.start, place.end, {"what": what}, hint, right)


def with_blanks(span: Span) -> Span:
    """A word with the blanks before it; those behind it, where it begins its line."""
    text, start, end = span.source.text, span.start, span.end
    while start and text[start - 1] in " \t":
        start -= 1
    if start == 0 or text[start - 1] == "\n":
        start = span.start
        while text[end : end + 1] in (" ", "\t"):
            end += 1
    return Span(span.source, start, end)
