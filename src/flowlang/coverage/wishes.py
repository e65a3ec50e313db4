"""A CONDITION → WHAT WOULD MAKE IT SO: alternatives, each a row of changes to a draft.

Comparisons are not turned round but tried (`trying`).  What cannot be tried, such as events in the
past (`rows`) and flags, gives changes that are likely to help; whether they do shows in a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from flowlang.coverage.drafts import NOW, Act, Call, Stock
from flowlang.coverage.facts import (
    blocked,
    consent,
    in_group,
    reachable,
    tagged,
    unreachable,
)
from flowlang.coverage.rows import OVER_ROWS, amounts, over_rows
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.trying import Variable, values_for, variables
from flowlang.coverage.values import quoted
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, past
from flowlang.syntax.tree import Node, walk

MOST = 6
"""Alternatives that are kept of a condition."""
_FACTS = (
    facts.Tagged, facts.InGroup, facts.InSegment, facts.MayGet, facts.MayNotGet, facts.IsBlocked,
    facts.CanReceive, facts.Flag, tree.And, tree.Or, tree.Not, past.Received, past.ReceivedAnything,
    past.Reacted, facts.CouponsLeft, *OVER_ROWS,
)  # fmt: skip
"""Conditions with a part that is one of these are no comparison of values."""


def wishes(node: tree.Expression, want: bool, scene: Scene) -> list[Wish]:
    """Alternatives that each may make a condition hold, or not hold; an empty one: it is so."""
    found = islice(_wishes(node, want, scene), 4 * MOST)
    return list(dict.fromkeys(found))[:MOST]


def _wishes(node: tree.Expression, want: bool, scene: Scene) -> Iterator[Wish]:
    match node:
        case tree.Not(part=part):
            yield from _wishes(part, not want, scene)
        case tree.And(parts=parts) | tree.Or(parts=parts):
            if want is isinstance(node, tree.And):
                yield from _all(parts, want, scene)
            else:
                yield from _in_turn([_wishes(part, want, scene) for part in parts])
        case facts.InSegment(segment=token):
            segment = scene.names.segments.get(token.value)
            if segment is not None and segment.where is not None:
                yield from _wishes(segment.where, want, replace(scene, row=None))
        case _ if isinstance(node, _FACTS):
            yield from _fact(node, want, scene)
        case _ if _has(node, facts.CouponsLeft):
            for one in walk(node):
                if isinstance(one, facts.CouponsLeft):
                    yield from ((Stock(one.list.value, amount),) for amount in amounts(node))
        case _ if _has(node, OVER_ROWS):
            yield from over_rows(node, want, scene, wishes)
        case _:
            yield from values_for([node], want, scene)


def _has(node: Node, kinds: type | tuple[type, ...]) -> bool:
    return any(isinstance(one, kinds) for one in walk(node))


def _fact(node: tree.Expression, want: bool, scene: Scene) -> Iterator[Wish]:
    match node:
        case facts.Tagged(tag=tag):
            yield (tagged(tag.value, want),)
        case facts.InGroup(group=group):
            yield (in_group(group.value, want),)
        case facts.MayGet(channel=channel):
            yield (consent(channel.value, want),)
        case facts.MayNotGet(channel=channel):
            yield (consent(channel.value, not want),)
        case facts.IsBlocked():
            yield (blocked(want),)
        case facts.CanReceive(message=token) if token.value in scene.names.messages:
            message = scene.names.messages[token.value]
            yield from reachable(message, scene) if want else unreachable(message)
        case facts.WasSent():
            for message in scene.sends:
                yield from reachable(message, scene) if want else unreachable(message)
        case facts.Failed():
            yield from ((Call(url, None if want else ()),) for url in scene.urls)
        case past.Reacted(event=event, message=token) if want:
            yield (Act(NOW, f"{event.value} {quoted(token.value)}"),)
        case _ if isinstance(node, OVER_ROWS):
            yield from over_rows(node, want, scene, wishes)
        case _:
            yield ()


def _all(parts: Sequence[tree.Expression], want: bool, scene: Scene) -> Iterator[Wish]:
    """What makes all parts so: comparisons that read the same are tried together."""
    options = [
        list(islice(_wishes(group[0], want, scene), MOST))
        if len(group) == 1
        else list(islice(values_for(group, want, scene), MOST))
        for group in _joined(parts, scene)
    ]
    ways = product(*(range(len(one)) for one in options))
    for way in sorted(islice(ways, 2_000), key=sum)[: 4 * MOST]:
        picked = [option[index] for option, index in zip(options, way, strict=True)]
        yield tuple(change for wish in picked for change in wish)


def _joined(parts: Sequence[tree.Expression], scene: Scene) -> Iterator[list[tree.Expression]]:
    """Parts that are comparisons of the same things together, all others by themselves."""
    groups: list[tuple[set[Variable], list[tree.Expression]]] = []
    for part in parts:
        reads = set() if _has(part, _FACTS) else set(variables(part, scene))
        same = [group for group in groups if group[0] & reads]
        groups = [group for group in groups if group not in same]
        together = [one for _, group in same for one in group]
        groups.append((reads.union(*(group[0] for group in same)), [*together, part]))
    return (group for _, group in groups)


def _in_turn(sources: Iterable[Iterator[Wish]]) -> Iterator[Wish]:
    """One of each source after the other, until all are empty."""
    waiting = list(sources)
    while waiting:
        for one in list(waiting):
            found = next(one, None)
            if found is None:
                waiting.remove(one)
            else:
                yield found
