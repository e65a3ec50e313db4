"""What must hold of every picture, by its geometry."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from flowlang.pictures import letters
from flowlang.pictures.boxes import DETAIL, LABEL, Box
from flowlang.pictures.layout import Layout, Link, Point, Size
from flowlang.pictures.scene import WAY, Scene

Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def around(middle: Point, size: Size) -> Rectangle:
    x, y = middle
    return (
        x - size.width / 2, y - size.height / 2, x + size.width / 2, y + size.height / 2,
    )  # fmt: skip


def overlap(one: Rectangle, other: Rectangle, room: float = 0) -> bool:
    return (
        one[0] < other[2] + room and other[0] < one[2] + room
        and one[1] < other[3] + room and other[1] < one[3] + room
    )  # fmt: skip


def problems(sizes: Sequence[Size], links: Sequence[Link], layout: Layout) -> Iterator[str]:
    """Boxes, labels and lines that lie upon each other or cross, and what lies outside."""
    drawn = [link for link in links if link.drawn]
    labels = [link.label for link in drawn]
    yield from _upon_each_other(drawn, layout)
    things = {
        f"box {at}": around(*one) for at, one in enumerate(zip(layout.places, sizes, strict=True))
    }
    for number, (route, size) in enumerate(zip(layout.routes, labels, strict=True)):
        assert (route.label is None) == (size is None)
        if route.label is not None and size is not None:
            things[f"label {number}"] = around(route.label, size)
    for (name, one), (other, two) in itertools.combinations(things.items(), 2):
        if overlap(one, two, room=5):
            yield f"{name} lies upon {other}"
    for name, thing in things.items():
        if (
            thing[0] < -1
            or thing[1] < -1
            or thing[2] > layout.width + 1
            or thing[3] > layout.height + 1
        ):
            yield f"{name} lies outside the picture"
    for number, route in enumerate(layout.routes):
        for start, end in itertools.pairwise(route.corners):
            if min(abs(start[0] - end[0]), abs(start[1] - end[1])) > 1:
                yield f"line {number} is slanted"
            line = (
                min(start[0], end[0]), min(start[1], end[1]),
                max(start[0], end[0]), max(start[1], end[1]),
            )  # fmt: skip
            for name, thing in things.items():
                if name != f"label {number}" and overlap(line, thing, room=-2):
                    yield f"line {number} crosses {name}"
                if name != f"label {number}" and overlap(line, thing) and not _touches(line, thing):
                    yield f"line {number} runs along {name}"


def _upon_each_other(links: Sequence[Link], layout: Layout) -> Iterator[str]:
    """Lines that look like one, though they have neither a source nor a target in common."""
    routes = list(zip(links, layout.routes, strict=True))
    for (one, first), (other, second) in itertools.combinations(routes, 2):
        if one.source == other.source or one.target == other.target:
            continue
        for start, end in itertools.pairwise(first.corners):
            for begin, stop in itertools.pairwise(second.corners):
                for at, along in ((0, 1), (1, 0)):
                    level = abs(start[at] - end[at]) <= 1 and abs(begin[at] - stop[at]) <= 1
                    shared = min(
                        max(start[along], end[along]), max(begin[along], stop[along])
                    ) - max(min(start[along], end[along]), min(begin[along], stop[along]))
                    if level and abs(start[at] - begin[at]) < 5 and shared > 1:
                        yield f"{one} and {other} lie upon each other"


def _touches(line: Rectangle, box: Rectangle) -> bool:
    """A line that ends at the edge of a box, and does not go along it."""
    upright = line[2] - line[0] <= 1
    if upright:
        return line[3] <= box[1] + 1 or line[1] >= box[3] - 1
    return line[2] <= box[0] + 1 or line[0] >= box[2] - 1


def of_scene(scene: Scene) -> list[str]:
    """What is wrong with the picture of a campaign."""
    found = list(problems([box.size for box in scene.boxes], scene.links, scene.layout))
    for link, way in zip(scene.links, scene.ways, strict=False):
        if link.label and max(letters.width(line, WAY) for line in way) > link.label.width:
            found.append(f"{way} is wider than its place")
    return found + [problem for box in scene.boxes for problem in of_box(box)]


def of_box(box: Box) -> Iterator[str]:
    """Texts that are wider than their box, or together taller."""
    lines = [(line, LABEL) for line in box.label]
    lines += [(line, DETAIL) for line in (*box.detail, *box.halts)]
    for line, size in lines:
        if letters.width(line, size) > box.size.width - 20:
            yield f"{line!r} is wider than its box"
    if sum(size for _, size in lines) > box.size.height - 8:
        yield f"{box.node.label!r} is taller than its box"
