"""Where the vertices of each layer stand from left to right: with room, and in straight lines.

Vertices that follow each other on a long way become one column, the longest way first, so that the
main path of a campaign goes straight down.  Columns then move to the middle of what they are linked
with, as far as their neighbours let them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from flowlang.pictures.layers import Chart, Vertex, longest

_ROUNDS = 40
_BOXES, _BESIDE, _LINES = 36.0, 22.0, 14.0
"""Least room between two boxes, between a box or label and a line, between two lines."""


@dataclass(slots=True, eq=False)
class _Column:
    """Vertices below each other, with one x."""

    vertices: list[Vertex]
    x: float = 0.0
    lefts: list[tuple[_Column, float]] = field(default_factory=list)
    """The columns at the left of it, with the least distance."""
    rights: list[tuple[_Column, float]] = field(default_factory=list)
    linked: list[_Column] = field(default_factory=list)
    """Of each line that leaves it, the column at the other end."""


def place(chart: Chart) -> None:
    """Give each vertex its x; the leftmost thing begins at 0."""
    columns = _columns(chart)
    _neighbours(chart, columns)
    ranked = _ranked(columns)
    for column in ranked:
        column.x = max((other.x + apart for other, apart in column.lefts), default=0.0)
    leftmost = [column.x for column in ranked]
    far = max(leftmost, default=0.0)
    for column in reversed(ranked):
        column.x = min((other.x - apart for other, apart in column.rights), default=far)
    for column, left in zip(ranked, leftmost, strict=True):
        column.x = (column.x + left) / 2
    for turn in range(_ROUNDS):
        for column in ranked if turn % 2 else reversed(ranked):
            _settle(column)
    vertices = [vertex for column in columns for vertex in column.vertices]
    for column in columns:
        for vertex in column.vertices:
            vertex.x = round(column.x)
    least = min((vertex.x - vertex.size.width / 2 for vertex in vertices), default=0.0)
    for vertex in vertices:
        vertex.x -= least


def _settle(column: _Column) -> None:
    """Move a column to the middle of what it is linked with, or towards its neighbours."""
    low = max((other.x + apart for other, apart in column.lefts), default=None)
    high = min((other.x - apart for other, apart in column.rights), default=None)
    wanted = column.x
    if column.linked:
        wanted = sum(other.x for other in column.linked) / len(column.linked)
    if high is not None:
        wanted = min(wanted, high)
    column.x = wanted if low is None else max(wanted, low)


# ------------------------------------------------------------------ columns


def _columns(chart: Chart) -> list[_Column]:
    """The vertices in columns: lines are made straight by their worth, where none crosses."""
    places = {id(one): place for layer in chart.layers for place, one in enumerate(layer)}
    straight: list[list[tuple[int, int]]] = [[] for _ in chart.layers]
    upper: dict[int, Vertex] = {}
    lower: dict[int, Vertex] = {}
    for above, below in _by_worth(chart):
        if id(above) in lower or id(below) in upper:
            continue
        ends = places[id(above)], places[id(below)]
        gap = straight[above.layer]
        if any((ends[0] - one) * (ends[1] - two) < 0 for one, two in gap):
            continue
        gap.append(ends)
        lower[id(above)], upper[id(below)] = below, above
    found = []
    for layer in chart.layers:
        for vertex in layer:
            if id(vertex) not in upper:
                column = [vertex]
                while id(column[-1]) in lower:
                    column.append(lower[id(column[-1])])
                found.append(_Column(column))
    return found


def _by_worth(chart: Chart) -> list[tuple[Vertex, Vertex]]:
    """All lines from layer to layer, first those that should be straight above all."""
    before, behind = _lengths(chart)
    worth: list[tuple[int, int, tuple[Vertex, Vertex]]] = []
    for trunk in chart.trunks.values():
        pairs = pairwise(trunk)
        worth += [(-len(chart.boxes) - 1, 0, pair) for pair in pairs]
    for number, (chain, link) in enumerate(zip(chart.chains, chart.links, strict=True)):
        on = 0 if number in chart.back else before[link.source] + behind[link.target]
        for pair in pairwise(chain):
            ends = sum(vertex.kind == "box" for vertex in pair)
            worth.append((-on, ends, pair))
    return [pair for _, _, pair in sorted(worth, key=lambda one: one[:2])]


def _lengths(chart: Chart) -> tuple[list[int], list[int]]:
    """Of each box: how many boxes stand on the longest way to it, and on the longest from it."""
    pairs = [
        (link.source, link.target)
        for number, link in enumerate(chart.links)
        if link.drawn and number not in chart.back
    ]
    count = len(chart.boxes)
    return longest(count, pairs), longest(count, [(target, source) for source, target in pairs])


# ------------------------------------------------------------------ room


def _neighbours(chart: Chart, columns: list[_Column]) -> None:
    """Tell the columns what stands beside them, how far off, and what they are linked with."""
    home = {id(vertex): column for column in columns for vertex in column.vertices}
    for layer in chart.layers:
        for left, right in pairwise(layer):
            apart = (left.size.width + right.size.width) / 2 + _room(left, right)
            home[id(left)].rights.append((home[id(right)], apart))
            home[id(right)].lefts.append((home[id(left)], apart))
    for column in columns:
        for vertex in column.vertices:
            others = (home[id(one)] for one in (*vertex.above, *vertex.below))
            column.linked += [other for other in others if other is not column]


def _room(left: Vertex, right: Vertex) -> float:
    kinds = {left.kind, right.kind}
    if kinds == {"box"}:
        return _BOXES
    return _BESIDE if kinds & {"box", "label"} else _LINES


def _ranked(columns: list[_Column]) -> list[_Column]:
    """The columns, each behind all that stand at its left."""
    waiting = {id(column): len(column.lefts) for column in columns}
    todo = [column for column in columns if not column.lefts]
    found = []
    while todo:
        column = todo.pop(0)
        found.append(column)
        for other, _ in column.rights:
            waiting[id(other)] -= 1
            if not waiting[id(other)]:
                todo.append(other)
    return found
