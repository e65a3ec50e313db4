"""Two lists of statements side by side: which of one list is which of the other, in order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from flowlang.steps.identity import head
from flowlang.syntax.tree import Node, Token

_Pair = tuple[Node | None, Node | None]


def aligned(old: Sequence[Node], new: Sequence[Node]) -> list[_Pair]:
    """Pairs in order; one that has no counterpart stands alone."""
    pairs: list[_Pair] = []
    for ones, others in _gaps(old, new, head):
        if len(ones) == 1 == len(others) and head(ones[0]) == head(others[0]):
            pairs.append((ones[0], others[0]))
            continue
        for near, far in _gaps(ones, others, _kin):
            if len(near) == 1 == len(far) and _kin(near[0]) == _kin(far[0]) is not None:
                pairs.append((near[0], far[0]))
            else:
                pairs += [(one, None) for one in near]
                pairs += [(None, one) for one in far]
    return pairs


_WAITS = ("wait", "wait_days", "wait_until", "wait_for", "race")
_ALIKE = (
    "if",
    "else_if",
    "else",
    "repeat",
    "split",
    "split_best",
    "until_branch",
    "otherwise_branch",
)
"""What is the same statement also where its condition is another."""


def _kin(statement: Node) -> Hashable | None:
    """What two statements share that are alike: what kind they are, and what they are about."""
    rule = statement.rule
    if rule in _WAITS:
        return "wait"
    return rule if rule in _ALIKE else about(statement)


def about(statement: Node) -> Hashable | None:
    """Of what is no wait and no branch: its kind, and the message, tag or field it names."""
    rule = statement.rule
    if rule in _WAITS or rule in _ALIKE:
        return None
    if hasattr(statement, "percent"):
        return (rule, repr(getattr(statement, "name", None)))
    first = next(
        (
            value
            for name in type(statement)._order[1:]
            if isinstance(value := getattr(statement, name), Token)
        ),
        None,
    )
    return (rule, repr(first.value) if first is not None else head(statement))


def _gaps(
    old: Sequence[Node], new: Sequence[Node], key: Callable[[Node], Hashable | None]
) -> Iterator[tuple[Sequence[Node], Sequence[Node]]]:
    """What two lists have in common, one by one, and between that what they have not."""
    left, right = [key(one) for one in old], [key(one) for one in new]
    at, to = 0, 0
    for one, other in _common(left, right):
        if at < one or to < other:
            yield old[at:one], new[to:other]
        yield old[one : one + 1], new[other : other + 1]
        at, to = one + 1, other + 1
    if at < len(old) or to < len(new):
        yield old[at:], new[to:]


def _common(left: list[Hashable | None], right: list[Hashable | None]) -> list[tuple[int, int]]:
    """The longest common subsequence of two lists, as pairs of places; None is like nothing."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start] is not None:
        start += 1
    rows = [[0] * (len(right) - start + 1) for _ in range(len(left) - start + 1)]
    for i in range(len(left) - 1, start - 1, -1):
        row, below = rows[i - start], rows[i - start + 1]
        for j in range(len(right) - 1, start - 1, -1):
            equal = left[i] == right[j] is not None
            k = j - start
            row[k] = below[k + 1] + 1 if equal else max(below[k], row[k + 1])
    found = [(one, one) for one in range(start)]
    i = j = start
    while i < len(left) and j < len(right):
        if left[i] == right[j] is not None:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i - start + 1][j - start] >= rows[i - start][j - start + 1]:
            i += 1
        else:
            j += 1
    return found
