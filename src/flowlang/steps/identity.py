"""The stable names of the steps of a campaign: by them a run that stands at one finds it again.

A name comes of the normal form of the statement, of the blocks around it, and of a number among
equal ones in one block.  So a translation, another layout, a comment and other numbers of lines
change no name, nor does a step that is added, taken out or changed elsewhere; only an equal one
added before it does, and `program.difference` sees that.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from flowlang.syntax.tree import Node, Token

_DIGITS = 10


def head(statement: Node) -> str:
    """The normal form of a statement without the steps of its blocks: what it says itself.

    The branches of a `split` count with their names, not with their shares: who has one keeps it
    where the shares are changed.
    """
    parts = [statement.rule or type(statement).__name__]
    for name in type(statement)._order[1:]:
        value = getattr(statement, name)
        if value is None or value == ():
            continue
        if is_block(statement, name, value):
            parts += [repr(label.value) for label in _labels(value)]
        else:
            parts.append(f"{name}={value!r}")
    return "\0".join(parts)


def is_block(statement: Node, name: str, value: Any) -> bool:
    """Whether a part of a statement is a block of steps, or a branch that has one."""
    if name in ("steps", type(statement).block):
        return True
    first = value[0] if isinstance(value, tuple) and value else value
    return isinstance(first, Node) and bool(type(first).block)


def _labels(block: Any) -> list[Token]:
    """The names of the branches of a split."""
    parts = block if isinstance(block, tuple) else ()
    return [one.name for one in parts if hasattr(one, "percent")]


class Identities:
    """Names for the instructions of one campaign, reckoned all at once when one is asked for."""

    __slots__ = ("_names", "_places")

    def __init__(self) -> None:
        self._places: list[tuple[tuple[Node, ...], Node]] = []
        self._names: list[str] = []

    def add(self, blocks: tuple[Node, ...], statement: Node) -> int:
        """Take an instruction of a statement within some blocks; gives its number."""
        self._places.append((blocks, statement))
        return len(self._places) - 1

    def __getitem__(self, number: int) -> str:
        if number >= len(self._names):
            self._names = _reckoned(self._places)
        return self._names[number]


def _reckoned(places: list[tuple[tuple[Node, ...], Node]]) -> list[str]:
    words: dict[int, str] = {}
    firsts: dict[int, str] = {}
    equal: Counter[str] = Counter()
    more: Counter[int] = Counter()

    def word(statement: Node) -> str:
        known = words.get(id(statement))
        if known is None:
            digest = hashlib.sha256(head(statement).encode()).hexdigest()[:_DIGITS]
            known = words[id(statement)] = f"{statement.rule}-{digest}"
        return known

    found = []
    for blocks, statement in places:
        first = firsts.get(id(statement))
        if first is not None:
            # A further instruction of the same statement, as the way back of a loop.
            more[id(statement)] += 1
            found.append(f"{first}~{more[id(statement)]}")
            continue
        name = "/".join([*map(word, blocks), word(statement)])
        equal[name] += 1
        if equal[name] > 1:
            name = f"{name}({equal[name]})"
        firsts[id(statement)] = name
        found.append(name)
    return found
