"""Which layer each box stands in; links become chains of pieces from one layer to the next.

Boxes have the even layers.  Labels have the odd ones, and so are boxes of their own that nothing
lies upon.  The links that lead back to a box share a trunk, which goes up at the left of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from flowlang.pictures.layout import Link, Size

Kind = Literal["box", "label", "bend", "trunk"]


@dataclass(slots=True, eq=False)
class Vertex:
    """What has a place in a layer: a box, the label of a link, or a point that a link passes."""

    kind: Kind
    layer: int
    size: Size
    number: int
    """Of the box, or of the link that it belongs to; of a trunk, of the box that it leads to."""
    above: list[Vertex] = field(default_factory=list)
    below: list[Vertex] = field(default_factory=list)
    x: float = 0.0
    """Of its middle."""
    y: float = 0.0

    @property
    def top(self) -> float:
        return self.y - self.size.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.size.height / 2


@dataclass(slots=True)
class Chart:
    """Boxes and links, cut into layers."""

    sizes: Sequence[Size]
    links: Sequence[Link]
    back: frozenset[int]
    """Which links lead back: to a box from which a way leads to their source."""
    boxes: list[Vertex]
    chains: list[list[Vertex]]
    """Of each link: its pieces from its source to its target; of one that leads back, its source
    and what stands below it."""
    trunks: dict[int, list[Vertex]]
    """By the box they lead back to, from the top down."""
    layers: list[list[Vertex]]


_BEND = Size(2, 0)


def layered(sizes: Sequence[Size], links: Sequence[Link]) -> Chart:
    """The chart of boxes and links, each layer in the order in which people come to things."""
    back = _back(len(sizes), links)
    onward = [link for number, link in enumerate(links) if number not in back]
    levels = _levels(len(sizes), onward)
    boxes = [Vertex("box", levels[at], size, at) for at, size in enumerate(sizes)]
    chart = Chart(sizes, links, back, boxes, [], {}, [])
    for number, link in enumerate(links):
        if not link.drawn:
            chart.chains.append([])
        elif number in back:
            chart.chains.append(_joined([boxes[link.source], _first(number, link, boxes)]))
        else:
            chart.chains.append(_joined(_pieces(number, link, boxes)))
    lowest: dict[int, int] = {}
    for link in (links[number] for number in sorted(back) if links[number].drawn):
        lowest[link.target] = max(lowest.get(link.target, 0), boxes[link.source].layer)
    for target, layer in sorted(lowest.items()):
        down = range(boxes[target].layer, layer + 2)
        chart.trunks[target] = _joined([Vertex("trunk", one, _BEND, target) for one in down])
    chart.layers = _in_layers(chart)
    return chart


def _back(count: int, links: Sequence[Link]) -> frozenset[int]:
    """The links that close a circle, on a walk through the boxes in their order."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for number, link in enumerate(links):
        leaving[link.source].append(number)
    found: set[int] = set()
    seen, path = [False] * count, [False] * count
    for start in range(count):
        todo = [] if seen[start] else [(start, iter(leaving[start]))]
        while todo:
            box, rest = todo[-1]
            seen[box] = path[box] = True
            number = next(rest, -1)
            if number < 0:
                path[box] = False
                todo.pop()
            elif path[links[number].target]:
                found.add(number)
            elif not seen[links[number].target]:
                target = links[number].target
                todo.append((target, iter(leaving[target])))
    return frozenset(found)


def _levels(count: int, links: Sequence[Link]) -> list[int]:
    """The layer of each box: twice its longest way from the top."""
    return [2 * length for length in longest(count, [(one.source, one.target) for one in links])]


def longest(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """How many pairs the longest way to each number has; there is no way round in a circle."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    awaited = [0] * count
    for source, target in pairs:
        leaving[source].append(target)
        awaited[target] += 1
    lengths = [0] * count
    todo = [number for number in range(count) if not awaited[number]]
    for number in todo:
        for target in leaving[number]:
            lengths[target] = max(lengths[target], lengths[number] + 1)
            awaited[target] -= 1
            if not awaited[target]:
                todo.append(target)
    return lengths


def _first(number: int, link: Link, boxes: list[Vertex]) -> Vertex:
    """What stands below the source of a link: its label, if it has one."""
    kind: Kind = "label" if link.label else "bend"
    return Vertex(kind, boxes[link.source].layer + 1, link.label or _BEND, number)


def _pieces(number: int, link: Link, boxes: list[Vertex]) -> list[Vertex]:
    source, target = boxes[link.source], boxes[link.target]
    bends = [
        Vertex("bend", layer, _BEND, number) for layer in range(source.layer + 2, target.layer)
    ]
    return [source, _first(number, link, boxes), *bends, target]


def _joined(chain: list[Vertex]) -> list[Vertex]:
    for upper, lower in pairwise(chain):
        upper.below.append(lower)
        lower.above.append(upper)
    return chain


def _in_layers(chart: Chart) -> list[list[Vertex]]:
    """All vertices by layer, in the order of a walk from the first box on, trunks first."""
    count = max((vertex.layer for vertex in chart.boxes), default=0) + 3
    layers: list[list[Vertex]] = [[] for _ in range(count)]
    seen: set[int] = set()
    for start in chart.boxes:
        todo = [start]
        while todo:
            vertex = todo.pop()
            if id(vertex) in seen:
                continue
            seen.add(id(vertex))
            if vertex.kind == "box" and vertex.number in chart.trunks:
                trunk = chart.trunks[vertex.number]
                for piece in trunk:
                    layers[piece.layer].append(piece)
            layers[vertex.layer].append(vertex)
            todo += reversed(vertex.below)
    while layers and not layers[-1]:
        layers.pop()
    return layers
