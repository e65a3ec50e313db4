"""The pieces that the lexer makes: lexemes, and the lines that they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Lexeme(NamedTuple):
    """A piece of text.  `kind` is a value terminal of the grammar, `WORD`, or an operator's text.

    A word that was put right is a `PHRASE`, with the keyword it should be as its text.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Line:
    """A logical line: its depth in columns and its lexemes."""

    width: int
    lexemes: list[Lexeme]
    start: int
    end: int
    """Offset behind the last lexeme, before a comment."""
    flawed: bool = False
    """A mistake in it has been reported that may well be why it does not parse."""
    glued: tuple[tuple[int, int], ...] = ()
    """Places where a space is missing: matters only where the line parses."""
    shallow: tuple[int, ...] = ()
    """Where it goes on in a line that is no deeper: matters only where the line parses."""
