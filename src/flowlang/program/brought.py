"""What the events and calls of a campaign bring to its steps."""

from __future__ import annotations

from flowlang.kinds import ANY, Fields, UnknownFields
from flowlang.steps.call import Call
from flowlang.syntax.tree import Node, walk


def brings_answer(lines: tuple[Node, ...]) -> bool:
    """Whether a call among these lines brings an answer."""
    return any(
        isinstance(node, Call) and node.as_answer is not None
        for line in lines
        for node in walk(line)
    )


def merged(first: Fields, second: Fields) -> Fields:
    """Fields of several events: where kinds differ, any."""
    if isinstance(first, UnknownFields) or isinstance(second, UnknownFields):
        return UnknownFields({**first, **second})
    found = dict(first)
    for name, kind in second.items():
        found[name] = kind if found.get(name, kind) == kind else ANY
    return found
