"""Steps beside each other: which one stands above another, and whether two are the same."""

from __future__ import annotations

from itertools import pairwise

from flowlang.steps.step import Step
from flowlang.syntax.tree import Node


def step_before(node: Node, parent: Node) -> Step | None:
    """The step right above one in the same block; None where there is none."""
    for name in type(parent)._order[1:]:
        lines = getattr(parent, name)
        if isinstance(lines, tuple):
            for one, following in pairwise(lines):
                if following is node and isinstance(one, Step):
                    return one
    return None


def is_same(one: Node, other: Node) -> bool:
    """Whether two steps do the same; `==` alone takes `when empty skip` and `halt` for equal."""
    return one == other and repr(one) == repr(other)
