"""SIZES + LINKS → PLACES: where boxes and lines lie, in layers from top to bottom.

The way of Sugiyama, Tagawa and Toda (1981): `layers` puts each box below those that lead to it and
cuts long links into pieces, `ordering` puts the boxes of a layer side by side with few crossings,
`columns` gives them room and straight lines, `routing` draws the lines between the layers.  Links
that lead back are drawn at the side.  The same input gives the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """Of a box or a label."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Link:
    """From one box to another, by their numbers."""

    source: int
    target: int
    label: Size | None = None
    drawn: bool = True
    """False for one that only says what stands below what."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a link is drawn: corners from the source to the tip, and the middle of its label."""

    corners: tuple[Point, ...]
    label: Point | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The middle of each box, a route for each link that is drawn, and the room all of it needs."""

    places: tuple[Point, ...]
    routes: tuple[Route, ...]
    width: float
    height: float


def arranged(sizes: Sequence[Size], links: Sequence[Link]) -> Layout:
    """Where boxes and links lie; boxes are given in the order in which people read them.

    No two boxes, and no box and label, overlap.
    """
    from flowlang.pictures.columns import place
    from flowlang.pictures.layers import layered
    from flowlang.pictures.ordering import ordered
    from flowlang.pictures.routing import routed

    chart = layered(sizes, links)
    ordered(chart)
    place(chart)
    return routed(chart)
