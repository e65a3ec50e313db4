"""How findings say what they speak of."""

from __future__ import annotations

from flowlang.source import Span
from flowlang.syntax.tree import Node

_LONGEST = 60


def shown(node: Node) -> str:
    """The text of a node in one line; of a statement, its first line."""
    text = node.span.words
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def headline(node: Node) -> str:
    """The first line of a statement."""
    return " ".join(node.span.first_line.split())


def header(node: Node) -> Span:
    """The place of a statement's first line."""
    start = node.span.start
    return node.span._replace(end=start + len(node.span.first_line))
