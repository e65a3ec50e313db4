"""Which conditions rules look at, and what they reason with about them."""

from __future__ import annotations

from itertools import combinations

from flowlang.check.names import Names
from flowlang.rules.knowing import topics
from flowlang.rules.reasoning import Reasoning
from flowlang.rules.rule import Look
from flowlang.syntax import campaigns, facts, moments, past
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node

TESTS: tuple[type[Node], ...] = (
    ex.Compare, ex.Between, ex.InList, ex.NotInList, moments.IsBefore, moments.IsAfter
)  # fmt: skip
"""Tests of one value, which may be settled by what kind of value it is."""

_FILTERS = (
    past.AnyRow, past.NoRow, past.CountOf, past.SumOf, past.Happened, campaigns.EventSetting,
    campaigns.OnSystem, tree.AudienceLine,
)  # fmt: skip
_FILTERING_STEPS = ("wait_for", "for_branch", "split_best", "set_record", "remove")
_BOUNDED = (past.CountOf, facts.CouponsLeft, moments.Part)


def reasoning_at(look: Look) -> Reasoning:
    """What to reason with about the condition at hand: in a filter a name means its row's first."""
    for node in look.above:
        if isinstance(node, _FILTERS) or node.rule in _FILTERING_STEPS:
            return look.reasoning_in_rows
    return look.reasoning


def always_holds(node: ex.Expression, look: Look) -> bool:
    """Whether a condition surely holds for everyone who has what it asks about."""
    known = whoever_has(what_is_asked(node))
    return may_be_settled(node, look.names) and reasoning_at(look).always(node, known)


def what_is_asked(node: ex.Expression) -> list[ex.Expression]:
    """What is compared, without which nothing holds."""
    found: list[ex.Expression] = []
    for part in node.parts if isinstance(node, ex.Or) else (node,):
        one = getattr(part, "left", None) or getattr(part, "operand", None)
        if isinstance(one, (ex.FieldValue, ex.Ref)) and one not in found:
            found.append(one)
    return found


def whoever_has(asked: list[ex.Expression]) -> list[tuple[ex.Expression, bool]]:
    """That all of these are set."""
    return [(ex.IsSet(one.span, one), True) for one in asked]


def may_be_settled(node: Node, names: Names) -> bool:
    """Whether it is worth asking if a condition holds for everyone or for no one by itself.

    Most conditions compare one field with one value, and few ask about one thing twice.
    """
    match node:
        case ex.And(parts=parts) | ex.Or(parts=parts):
            asked = [topics(part) for part in parts]
            return any(
                not first or not second or first & second or _of_unknown(first | second)
                for first, second in combinations(asked, 2)
            )
        case ex.Between():
            return True
        case ex.InList() | ex.NotInList():
            if isinstance(node.operand, ex.FieldValue):
                kind = names.fields.get(str(node.operand.name.value))
                return kind is not None and 0 < len(kind.choices) <= len(node.choices)
            return isinstance(node.operand, _BOUNDED)
        case ex.Compare() | moments.IsBefore() | moments.IsAfter():
            left, right = _is_literal(node.left), _is_literal(node.right)
            if left or right:
                return (left and right) or isinstance(node.right if left else node.left, _BOUNDED)
            return node.left == node.right
    return False


def _of_unknown(asked: frozenset[tuple[str, str]]) -> bool:
    return ("anything", "") in asked


def _is_literal(node: ex.Expression) -> bool:
    return isinstance(node, (ex.Literal, ex.Yes, ex.No))
