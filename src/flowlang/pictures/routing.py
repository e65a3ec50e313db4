"""Lines between the layers: down, along a track, down again; lines on one track do not touch.

What comes from one box shares its track, and so does what goes to one.  Links that lead back go
down, along a track to their trunk, up, and into their box from the left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from flowlang.pictures.layers import Chart, Vertex
from flowlang.pictures.layout import Layout, Point, Route

_STRAIGHT = 0.5
"""What differs by less stands below each other."""
_GAP, _ARROW, _TRACK = 16.0, 20.0, 12.0
"""Least room below boxes, above boxes (for the tip), and between two tracks."""
_APART = 8.0
"""Lines that are nearer would look like one."""


@dataclass(slots=True)
class _Net:
    """Lines of one gap that share a track: where they come from above, and where they go below."""

    tops: list[float] = field(default_factory=list)
    bottoms: list[float] = field(default_factory=list)
    track: int = 0

    @property
    def span(self) -> tuple[float, float]:
        ends = [*self.tops, *self.bottoms]
        return min(ends), max(ends)

    @property
    def level(self) -> bool:
        """It has a part that goes sideways."""
        left, right = self.span
        return right - left > _STRAIGHT


Gap = dict[int, _Net]
"""The nets between two layers: by the box or bend that their lines come from or go to."""


def routed(chart: Chart) -> Layout:
    """The layout of a chart whose vertices have their x."""
    gaps = [_nets(chart, number) for number in range(len(chart.layers))]
    tracks = [_tracks(list(gap.values())) for gap in gaps]
    ys = _down(chart, tracks)
    lines = _Lines(chart, gaps, ys)
    routes = [lines.route(number) for number, link in enumerate(chart.links) if link.drawn]
    vertices = [vertex for layer in chart.layers for vertex in layer]
    width = max((vertex.x + vertex.size.width / 2 for vertex in vertices), default=0.0)
    height = max((y for route in routes for _, y in route.corners), default=0.0)
    height = max((height, *(vertex.bottom for vertex in vertices)))
    places = tuple((box.x, box.y) for box in chart.boxes)
    return Layout(places, tuple(routes), width, height)


# ------------------------------------------------------------------ tracks


def _nets(chart: Chart, number: int) -> Gap:
    """The nets of the gap below a layer."""
    gap: Gap = {}
    for vertex in chart.layers[number]:
        for below in vertex.below:
            net = gap.setdefault(id(vertex if number % 2 == 0 else below), _Net())
            net.tops.append(vertex.x)
            net.bottoms.append(below.x)
    for at_link in sorted(chart.back):
        chain, link = chart.chains[at_link], chart.links[at_link]
        if link.drawn and chain[-1].layer == number:
            trunk = chart.trunks[link.target]
            at = number - trunk[0].layer
            end = trunk[at + 1] if at + 1 < len(trunk) else trunk[at]
            net = gap.setdefault(id(end), _Net())
            net.tops += [chain[-1].x, trunk[at].x]
    return gap


def _tracks(nets: list[_Net]) -> int:
    """Give each net its track, counted from the top; gives how many there are."""
    level = sorted((net for net in nets if net.level), key=lambda net: net.span)
    for _ in level:
        calm = True
        for at in range(len(level) - 1):
            first, second = level[at], level[at + 1]
            if _cost(first, second) > _cost(second, first):
                level[at], level[at + 1] = second, first
                calm = False
        if calm:
            break
    for at, net in enumerate(level):
        beside = [other.track for other in level[:at] if _overlap(net, other)]
        net.track = max(beside, default=-1) + 1
    return max((net.track + 1 for net in level), default=0)


def _overlap(one: _Net, other: _Net) -> bool:
    (left, right), (start, end) = one.span, other.span
    return left < end + _APART and start < right + _APART


def _cost(upper: _Net, lower: _Net) -> int:
    """How many crossings it makes to have one net above another; lines upon lines are dear."""
    left, right = upper.span
    start, end = lower.span
    cost = sum(left < x < right for x in lower.tops)
    cost += sum(start < x < end for x in upper.bottoms)
    for x in lower.tops:
        cost += sum(20 for other in upper.bottoms if abs(x - other) < _APART)
    return cost


# ------------------------------------------------------------------ from top to bottom


def _down(chart: Chart, tracks: list[int]) -> list[float]:
    """Give each vertex its y; gives where the first track below each layer is."""
    y = 0.0
    first: list[float] = []
    for number, layer in enumerate(chart.layers):
        height = max((vertex.size.height for vertex in layer), default=0.0)
        for vertex in layer:
            vertex.y = y + height / 2
        y += height
        above_boxes = number % 2 == 1
        room = _ARROW if above_boxes else _GAP
        count = tracks[number]
        # Tips need the room below the last track, corners a little of it above the first.
        first.append(y + (room / 2 if count else 0))
        y += room + (_TRACK * (count - 1) if count else 0)
        if above_boxes and count:
            y += _ARROW / 2
    return first


@dataclass(slots=True)
class _Lines:
    """The lines of a chart whose vertices have their places."""

    chart: Chart
    gaps: list[Gap]
    ys: list[float]

    def route(self, number: int) -> Route:
        """The corners of a link."""
        chain, link = self.chart.chains[number], self.chart.links[number]
        points: list[Point] = [(chain[0].x, chain[0].bottom)]
        for upper, lower in pairwise(chain):
            key = id(upper if upper.layer % 2 == 0 else lower)
            points += self._across(upper, lower, key)
        if number in self.chart.back:
            points += self._up(chain[-1], link.target)
        else:
            points.append((chain[-1].x, chain[-1].top))
        label = chain[1] if len(chain) > 1 and chain[1].kind == "label" else None
        return Route(_clean(points), (label.x, label.y) if label else None)

    def _across(self, upper: Vertex, lower: Vertex, key: int) -> list[Point]:
        if abs(upper.x - lower.x) <= _STRAIGHT:
            return []
        y = self._track(upper.layer, key)
        return [(upper.x, y), (lower.x, y)]

    def _track(self, layer: int, key: int) -> float:
        return self.ys[layer] + _TRACK * self.gaps[layer][key].track

    def _up(self, low: Vertex, target: int) -> list[Point]:
        """From what stands below the source of a link that leads back to its box."""
        box, trunk = self.chart.boxes[target], self.chart.trunks[target]
        at = low.layer - trunk[0].layer
        end = trunk[at + 1] if at + 1 < len(trunk) else trunk[at]
        y = self._track(low.layer, id(end))
        points = [(low.x, y), (trunk[at].x, y)]
        for upper in range(at - 1, -1, -1):
            above, below = trunk[upper], trunk[upper + 1]
            key = id(above if above.layer % 2 == 0 else below)
            points += reversed(self._across(above, below, key))
        left = box.x - box.size.width / 2
        return [*points, (trunk[0].x, box.y), (left, box.y)]


def _clean(points: list[Point]) -> tuple[Point, ...]:
    """Without points that lie on the line between their neighbours."""
    found: list[Point] = []
    for point in points:
        while len(found) > 1 and _on_line(found[-2], found[-1], point):
            found.pop()
        if not found or found[-1] != point:
            found.append(point)
    return tuple(found)


def _on_line(first: Point, middle: Point, last: Point) -> bool:
    """Whether three points lie on one upright or level line, in this order."""
    (x1, y1), (x2, y2), (x3, y3) = first, middle, last
    upright = abs(x1 - x2) <= _STRAIGHT and abs(x2 - x3) <= _STRAIGHT
    level = abs(y1 - y2) <= _STRAIGHT and abs(y2 - y3) <= _STRAIGHT
    return (upright and (y2 - y1) * (y3 - y2) >= 0) or (level and (x2 - x1) * (x3 - x2) >= 0)
