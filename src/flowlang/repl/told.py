"""What a session tells: rows of text with few styles, shown with colour or without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flowlang.reports.text import columns, printable
from flowlang.speech import ENGLISH, Text, in_language

Style = Literal["", "dim", "strong", "good", "bad"]
Part = tuple[Style, str]

_CODES: dict[str, str] = {"dim": "2", "strong": "1", "good": "32", "bad": "31"}
_NARROWEST = 24
"""Columns that a row is at least given: below that it is not broken."""
_ENDS = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_WORDS = re.compile(r"\s*\S+|\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; where it is too long for the screen it goes on below, `hang` columns deep."""

    parts: tuple[Part, ...]
    """A part that is a Text is said in the language of who reads it."""
    hang: int = 0

    @property
    def text(self) -> str:
        """In English, for programs."""
        return "".join(text for _, text in self.in_(ENGLISH).parts)

    def in_(self, language: str) -> Row:
        """The row in a language."""
        return Row(
            tuple((style, _in_one_row(in_language(text, language))) for style, text in self.parts),
            self.hang,
        )


Told = list[Row]


def row(*parts: str | Part, hang: int = 0) -> Row:
    """A row of parts; one without a style is plain.  What comes from outside cannot steer a
    terminal, and a text of several lines stands in one.
    """
    made: list[Part] = [("", part) if isinstance(part, str) else part for part in parts]
    return Row(
        tuple(
            (style, text if isinstance(text, Text) else _in_one_row(text))
            for style, text in made
            if text
        ),
        hang,
    )


def _in_one_row(text: str) -> str:
    return printable(_ENDS.sub(" ", text))


def rows(text: str, indent: int = 0, style: Style = "") -> Told:
    """A text of several lines."""
    lead = " " * indent
    return [row((style, f"{lead}{line}".rstrip()), hang=indent) for line in text.split("\n")]


def padded(text: str, width: int) -> str:
    """A text filled up to so many columns of a terminal."""
    return text + " " * max(0, width - columns(text))


def shown(
    told: Iterable[Row], *, color: bool, width: int | None = None, language: str = ENGLISH
) -> str:
    """Rows as text for a stream, in a language; each ends with a line end."""
    said = (one.in_(language) for one in told)
    lines = (line for one in said for line in (_broken(one, width) if width else [one.parts]))
    return "".join(
        "".join(_painted(part, color) for part in line).rstrip() + "\n" for line in lines
    )


def _painted(part: Part, color: bool) -> str:
    style, text = part
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if color and style and text.strip() else text


def _broken(one: Row, width: int) -> list[tuple[Part, ...]]:
    """A row as the lines that fit on the screen, broken between words."""
    if columns(one.text) <= width or width - one.hang < _NARROWEST:
        return [one.parts]
    lines: list[list[Part]] = [[]]
    at = 0
    for style, text in one.parts:
        for word in _WORDS.findall(text):
            if at and at + columns(word.rstrip()) > width:
                lines.append([("", " " * one.hang)])
                at = one.hang
                word = word.lstrip()  # noqa: PLW2901 - a line does not begin with the gap
            lines[-1].append((style, word))
            at += columns(word)
    return [tuple(line) for line in lines]
