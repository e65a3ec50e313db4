"""What the placeholders of a template name, and where exactly.

`templates` checks a template by Jinja's tree, which knows of a place its line alone.  Here the text
between `{{` and `}}` is read for the names in it, as far as it can be read: an editor asks while it
is being typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(
    r"\{%-?\s*raw\b.*?(?:\{%-?\s*endraw\b|\Z)|\{#.*?(?:#\}|\Z)"
    r"|\{\{(?P<value>.*?)(?:\}\}|\Z)|\{%(?P<tag>.*?)(?:%\}|\Z)",
    re.DOTALL,
)
_PIECE = re.compile(
    r"(?P<name>[^\W\d]\w*)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<number>\d[\d.]*)"
    r"|(?P<sign>==|!=|\S)"
)
_WORDS = frozenset(
    (
        "and", "or", "not", "in", "is", "if", "elif", "else", "endif", "for", "endfor", "set",
        "true", "false", "none", "True", "False", "None", "loop", "recursive",
    )
)  # fmt: skip
_OF_LIST = {"coupon": "coupons", "coupon_expires": "coupons"}
_OF_EVENT = {"last": "event", "count": "event", "event_link": "event"}

ROW = "*"
"""Stands in a path for one of the rows of what stands before it."""


class Mention(NamedTuple):
    """A name in a template: `path` leads to it, from a name that stands alone.

    `("first_name",)`, `("event", "total")`, `("qualification", "*", "name")` for a row of a loop,
    `("last()", "purchase", "total")`.  For `coupon('x')` it is `("coupons()", "x")`, for
    `count('x')` it is `("event()", "x")`.
    """

    start: int
    end: int
    path: tuple[str, ...]


class _Piece(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def mentions(text: str) -> list[Mention]:
    """The names in a template in their order; what cannot be read is passed over."""
    if "{" not in text:
        return []
    reading = _Reading()
    for tag in _TAG.finditer(text):
        group = "value" if tag["value"] is not None else "tag"
        if tag[group] is None:
            continue
        begin, end = tag.span(group)
        pieces = [
            _Piece(str(found.lastgroup), found[0], *found.span())
            for found in _PIECE.finditer(text, begin, end)
        ]
        if group == "value":
            reading.expression(pieces)
        else:
            reading.tag(pieces)
    return reading.found


class _Reading:
    def __init__(self) -> None:
        self.found: list[Mention] = []
        self.local: list[dict[str, tuple[str, ...] | None]] = [{}]
        """Names that a loop or `set` makes, with the path to what they are, if it is known."""

    def tag(self, pieces: list[_Piece]) -> None:
        word = pieces[0].text if pieces else ""
        if word in ("for", "set"):
            self._binding(word, pieces[1:])
        elif word == "endfor" and len(self.local) > 1:
            self.local.pop()
        else:
            self.expression(pieces)

    def _binding(self, word: str, pieces: list[_Piece]) -> None:
        between = "in" if word == "for" else "="
        at = next((i for i, piece in enumerate(pieces) if piece.text == between), len(pieces))
        last = self.expression(pieces[at + 1 :])
        if word == "for":
            self.local.append({})
        for piece in pieces[:at]:
            if piece.kind == "name":
                path = (*last, ROW) if last and word == "for" else last
                self.local[-1][piece.text] = path or None

    def expression(self, pieces: list[_Piece]) -> tuple[str, ...]:
        """Note the names in an expression; gives the path to it where it is one name alone."""
        path: tuple[str, ...] = ()
        chains = 0
        at = 0
        while at < len(pieces):
            piece = pieces[at]
            before = pieces[at - 1].text if at else ""
            after = pieces[at + 1].text if at + 1 < len(pieces) else ""
            if (
                piece.kind != "name"
                or piece.text in _WORDS
                or before in ("|", "is", ".")
                or (before in ("(", ",") and after == "=")
            ):
                at += 1
                continue
            path, at = self._chain(pieces, at)
            chains += 1
        return path if chains == 1 else ()

    def _chain(self, pieces: list[_Piece], at: int) -> tuple[tuple[str, ...], int]:
        """A name and what is asked of it: `a.b`, `a['b']`, `last('a').b`."""
        first = pieces[at]
        following = pieces[at + 1 : at + 3]
        path: tuple[str, ...] | None
        if len(following) == 2 and following[0].text == "(":
            known = _OF_LIST.get(first.text) or _OF_EVENT.get(first.text)
            argument = following[1]
            if known is None or argument.kind != "text":
                return (), at + 2
            name = argument.text[1:-1]
            self._note(argument.start + 1, argument.end - 1, (f"{known}()", name))
            path = ("last()", name) if first.text == "last" else ()
            at += 3
            at += at < len(pieces) and pieces[at].text == ")"
        else:
            path = self._known(first.text)
            if path == (first.text,):
                self._note(first.start, first.end, path)
            at += 1
        for part in self._parts(pieces, at):
            at = part[1]
            if path:
                path = (*path, part[0].text.strip("'\""))
                cut = part[0].kind == "text"
                self._note(part[0].start + cut, part[0].end - cut, path)
        return path or (), at

    def _known(self, name: str) -> tuple[str, ...] | None:
        for scope in reversed(self.local):
            if name in scope:
                return scope[name]
        return (name,)

    def _parts(self, pieces: list[_Piece], at: int) -> Iterator[tuple[_Piece, int]]:
        """The parts `.b` and `['b']` that follow, each with the place behind it."""
        while at + 1 < len(pieces):
            sign, part = pieces[at], pieces[at + 1]
            if sign.text == "." and part.kind == "name":
                at += 2
            elif sign.text == "[" and part.kind == "text":
                at += 3
            else:
                return
            yield part, at

    def _note(self, start: int, end: int, path: tuple[str, ...]) -> None:
        self.found.append(Mention(start, end, path))
