"""How findings say what they speak of."""

from __future__ import annotations

from flowlang.source import Span
from flowlang.syntax.tree import Node

_LONGEST = 60


def shown(node: Node) -> str:
    """The text of a node in one line; of a statement, its first line."""
    text = " ".join(node.span.text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def headline(node: Node) -> str:
    """The first line of a statement."""
    return " ".join(node.span.text.split("\n", 1)[0].split())


def header(node: Node) -> Span:
    """The place of a statement's first line."""
    source, start, end = node.span
    line_end = source.text.find("\n", start, end)
    return Span(source, start, line_end if line_end >= 0 else end)
