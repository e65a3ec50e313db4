"""Which conditions rules look at, and what they reason with about them."""

from __future__ import annotations

from flowlang.rules.reasoning import Reasoning
from flowlang.rules.rule import Look
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node

TESTS: tuple[type[Node], ...] = (
    ex.Compare, ex.Between, ex.InList, ex.NotInList, ex.IsBefore, ex.IsAfter
)  # fmt: skip
"""Tests of one value, which may be settled by what kind of value it is."""

_FILTERS = (
    ex.AnyRow, ex.NoRow, ex.CountOf, ex.SumOf, ex.Happened, tree.EventSetting, tree.AudienceLine,
    tree.OnSystem,
)  # fmt: skip


def reasoning_at(look: Look) -> Reasoning:
    """What to reason with about the condition at hand: in a filter a name means its row's first."""
    for node in look.above:
        if isinstance(node, _FILTERS) or node.rule in _FILTERING_STEPS:
            return look.reasoning_in_rows
    return look.reasoning


_FILTERING_STEPS = ("wait_for", "for_branch", "split_best", "set_record", "remove")
