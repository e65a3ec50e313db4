"""Edits that rules offer: taking a line out, putting another in its place."""

from __future__ import annotations

from flowlang.source import Edit, Fix, Span
from flowlang.steps.step import Step
from flowlang.syntax.tree import Node


def without(node: Node, parent: Node, *, safe: bool = True) -> Fix | None:
    """Take a line out, with the lines below it; None where its block would be left empty."""
    if _alone(node, parent) or "#" in _rest_of_line(node.span):
        return None
    return Fix((Edit(lines_of(node.span), ""),), safe)


def lines_of(span: Span) -> Span:
    """The whole lines that a place stands in, with the last line's end."""
    text = span.source.text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", max(span.end - 1, start))
    return Span(span.source, start, len(text) if end < 0 else end + 1)


def replaced(span: Span, text: str, *, safe: bool = True) -> Fix:
    """Put a text in the place of another."""
    return Fix((Edit(span, text),), safe)


def _alone(node: Node, parent: Node) -> bool:
    """Whether a node is the only one of its kind, step or no step, in its block."""
    block = next(lines for lines in _blocks(parent) if any(one is node for one in lines))
    return sum(isinstance(one, Step) is isinstance(node, Step) for one in block) == 1


def _blocks(parent: Node) -> list[tuple[Node, ...]]:
    values = [getattr(parent, name) for name in type(parent)._order[1:]]
    return [value for value in values if isinstance(value, tuple)]


def _rest_of_line(span: Span) -> str:
    """What stands in the text from a place to the end of its last line."""
    text = span.source.text
    end = text.find("\n", span.end)
    return text[span.end : len(text) if end < 0 else end]
