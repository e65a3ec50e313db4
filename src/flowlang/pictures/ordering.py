"""The order of each layer from left to right: by the middle of the neighbours, with few crossings.

The order in which people come to things is kept where nothing speaks against it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import pairwise

from flowlang.pictures.layers import Chart, Vertex

_SWEEPS = 12
Layer = list[Vertex]


def ordered(chart: Chart) -> None:
    """Order the layers of a chart in place."""
    layers = chart.layers
    _beside(chart, layers)
    best, fewest = [list(layer) for layer in layers], _crossings(layers)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        _sweep(layers, down=sweep % 2 == 0)
        _beside(chart, layers)
        _exchange(chart, layers)
        count = _crossings(layers)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
    chart.layers = best


def _sweep(layers: list[Layer], *, down: bool) -> None:
    """Sort each layer by the middle of its neighbours in the layer that was sorted before."""
    pairs = list(pairwise(layers))
    for fixed, layer in pairs if down else [(below, above) for above, below in reversed(pairs)]:
        places = {id(vertex): place for place, vertex in enumerate(fixed)}
        middles: dict[int, float] = {}
        for place, vertex in enumerate(layer):
            near = [places[id(one)] for one in (vertex.above if down else vertex.below)]
            own = place * len(fixed) / len(layer)
            middles[id(vertex)] = sum(near) / len(near) if near else own
        layer.sort(key=lambda vertex: middles[id(vertex)])


def _beside(chart: Chart, layers: list[Layer]) -> None:
    """Put the upper end of each trunk at the left of its box: so it can turn into it."""
    for target, trunk in chart.trunks.items():
        layer = layers[trunk[0].layer]
        layer.remove(trunk[0])
        layer.insert(layer.index(chart.boxes[target]), trunk[0])


def _exchange(chart: Chart, layers: list[Layer]) -> None:
    """Exchange neighbours as long as that makes crossings fewer."""
    tied = {id(trunk[0]) for trunk in chart.trunks.values()}
    for layer in layers:
        better = True
        while better:
            better = False
            for at in range(len(layer) - 1):
                left, right = layer[at], layer[at + 1]
                if id(left) in tied or id(right) in tied or (at and id(layer[at - 1]) in tied):
                    continue
                if _between(layers, left, right) > _between(layers, right, left):
                    layer[at], layer[at + 1] = right, left
                    better = True


def _between(layers: list[Layer], left: Vertex, right: Vertex) -> int:
    """How many lines of two neighbours cross each other."""
    count = 0
    for lefts, rights, layer in (
        (left.above, right.above, left.layer - 1),
        (left.below, right.below, left.layer + 1),
    ):
        if lefts and rights:
            places = {id(vertex): place for place, vertex in enumerate(layers[layer])}
            count += sum(places[id(one)] > places[id(two)] for one in lefts for two in rights)
    return count


def _crossings(layers: list[Layer]) -> int:
    """How many lines cross, over all."""
    count = 0
    for upper, lower in pairwise(layers):
        places = {id(vertex): place for place, vertex in enumerate(lower)}
        met: list[int] = []
        for vertex in upper:
            ends = sorted(places[id(one)] for one in vertex.below)
            count += sum(len(met) - bisect_left(met, end + 1) for end in ends)
            for end in ends:
                insort(met, end)
    return count
