"""GRAPHS → SVG: campaigns with their names, what can end them at any time, boxes and lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowlang.pictures import letters, svg
from flowlang.pictures.boxes import Box, cut
from flowlang.pictures.layout import Point, Route, Size
from flowlang.pictures.scene import WAY, Scene
from flowlang.program.graph import Edge, Graph
from flowlang.syntax import keywords

_MARGIN = 32.0
_BETWEEN = 56.0
"""Room between two campaigns."""
_LEAST = 560.0
"""How wide the words above a picture may be in any case."""
_HEADING, _ABOUT = 20, 13
_MOST_ENDING = 420.0
"""How wide the text of what can end a run may be."""
_CORNER, _TIP = 7.0, 6.0
_LONGEST_NAME = 90


def style() -> str:
    """The style sheet of pictures, for a page that has several of them."""
    return (Path(__file__).parent / "picture.css").read_text(encoding="utf-8")


def picture(graphs: Sequence[Graph], title: str, *, styled: bool = True, named: bool = True) -> str:
    """Campaigns below each other as one SVG.

    Without `styled`, `style` is with whoever shows it; without `named`, what campaigns are called
    and are about.
    """
    drawings = [_Drawing(graph, named=named) for graph in graphs]
    width = max((drawing.width for drawing in drawings), default=_LEAST) + 2 * _MARGIN
    parts = [svg.element("style", style())] if styled else []
    parts.append('<rect class="ground" width="100%" height="100%"/>')
    y = _MARGIN
    for number, drawing in enumerate(drawings):
        if number:
            middle = y - _BETWEEN / 2
            parts.append(
                svg.element(
                    "line", x1=_MARGIN, y1=middle, x2=width - _MARGIN, y2=middle, class_="rule"
                )
            )
        place = f"translate({svg.number(_MARGIN)} {svg.number(y)})"
        parts.append(svg.element("g", "\n".join(["", *drawing.parts, ""]), transform=place))
        y += drawing.height + _BETWEEN
    height = y - _BETWEEN + _MARGIN if drawings else 2 * _MARGIN
    told = "\n".join(map(_told, graphs))
    return svg.document(width, height, title, told, parts, "flow-picture")


def _told(graph: Graph) -> str:
    """A campaign in words, for those who cannot see its picture."""
    words = keywords.load(graph.language)
    steps = [node.label for node in graph.nodes if node.kind not in ("waiting", "end")]
    said = words.say("picture-of", steps=len(steps), campaign=graph.campaign)
    return f"{said}: {'; '.join(steps)}"


class _Drawing:
    """One campaign, drawn from the top left corner."""

    def __init__(self, graph: Graph, *, named: bool) -> None:
        self.graph = graph
        self.words = keywords.load(graph.language)
        self.scene = Scene.of(graph)
        self.width = max(self.scene.layout.width, _LEAST if named else 0)
        self.height = 0.0
        self.parts: list[str] = []
        self._above(named=named)
        self._lines()
        for box, (x, y) in zip(self.scene.boxes, self.scene.layout.places, strict=True):
            self.parts.append(box.drawn(x, y + self.height))
        self.height += self.scene.layout.height

    # ------------------------------------------------------------------ above the steps

    def _above(self, *, named: bool) -> None:
        name, about = (cut(self.graph.campaign), cut(self.graph.about)) if named else ("", "")
        for line in letters.wrapped(name, self.width, _HEADING, bold=True):
            self._say(line, _HEADING, "heading", 26)
        for line in letters.wrapped(about, self.width, _ABOUT):
            self._say(line, _ABOUT, "about", 18)
        if any(node.walked is False for node in self.graph.nodes):
            self._legend()
        self._endings()
        self.height += 18 if self.height else 0

    def _say(self, line: str, size: int, class_: str, height: float) -> None:
        self.height += height
        self.parts.append(
            svg.element(
                "text", svg.said(line), x=0, y=self.height - 4, class_=class_, font_size=size
            )
        )

    def _legend(self) -> None:
        """What the colour of coverage means."""
        self.height += 20
        y = self.height - 4
        self.parts.append(
            svg.element("path", d=f"M0 {svg.number(y - 4)}H28", class_="line unwalked")
        )
        said = self.words.say("picture-not-walked")
        self.parts.append(
            svg.element("text", svg.said(said), x=36, y=y, class_="about", font_size=WAY)
        )

    def _endings(self) -> None:
        """What can end a run wherever it stands, side by side."""
        boxes = [
            Box.of(node, "", _MOST_ENDING) for node in self.graph.nodes if node.kind == "ending"
        ]
        if not boxes:
            return
        self.height += 6
        self._say(self.words.say("picture-any-time"), WAY, "about", 20)
        self.height += 6
        x, tallest = 0.0, 0.0
        for box in boxes:
            if x and x + box.size.width > self.width:
                self.height += tallest + 10
                x, tallest = 0.0, 0.0
            middle = self.height + box.size.height / 2
            self.parts.append(box.drawn(x + box.size.width / 2, middle))
            x += box.size.width + 12
            tallest = max(tallest, box.size.height)
        self.width = max(self.width, *(box.size.width for box in boxes))
        self.height += tallest + 8

    # ------------------------------------------------------------------ lines

    def _lines(self) -> None:
        """Lines with their tips; what was walked lies upon what was not; labels lie upon both."""
        scene, down = self.scene, self.height
        drawn = list(zip(scene.edges, scene.layout.routes, strict=True))
        for edge, route in sorted(drawn, key=lambda one: one[0].walked is not False):
            self.parts += _line(edge, route, down)
        for route, way, link in zip(scene.layout.routes, scene.ways, scene.links, strict=False):
            if route.label is not None and link.label is not None:
                self.parts += _label(way, route.label, link.label, down)


def _line(edge: Edge, route: Route, down: float) -> list[str]:
    unwalked = " unwalked" if edge.walked is False else ""
    corners = [(x, y + down) for x, y in route.corners]
    (x1, _), (x, y) = corners[-2], corners[-1]
    aside = abs(x1 - x) > 1
    corners[-1] = (x - _TIP, y) if aside else (x, y - _TIP)
    n = svg.number
    tip = f"M{n(x)} {n(y)}"
    tip += f"l{n(-_TIP - 2)} -4.500v9Z" if aside else f"l-4.500 {n(-_TIP - 2)}h9Z"
    return [
        svg.element("path", d=_rounded(corners), class_=f"line{unwalked}"),
        svg.element("path", d=tip.replace("4.500", "4.5"), class_=f"tip{unwalked}"),
    ]


def _rounded(corners: list[Point]) -> str:
    """A path through points, with round corners."""
    n = svg.number
    path = f"M{n(corners[0][0])} {n(corners[0][1])}"
    for at in range(1, len(corners) - 1):
        before, corner, behind = corners[at - 1 : at + 2]
        near, far = _towards(corner, before), _towards(corner, behind)
        path += f"L{n(near[0])} {n(near[1])}Q{n(corner[0])} {n(corner[1])} {n(far[0])} {n(far[1])}"
    return f"{path}L{n(corners[-1][0])} {n(corners[-1][1])}"


def _towards(start: Point, end: Point) -> Point:
    """A point on the way from one to another, where the curve of a corner begins."""
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    share = min(_CORNER / length, 0.5) if length else 0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _label(way: list[str], middle: Point, size: Size, down: float) -> list[str]:
    width, height = size.width, size.height
    x, top = middle[0], middle[1] + down - height / 2
    ground = svg.element(
        "rect", x=x - width / 2, y=top, width=width, height=height, class_="ground"
    )
    texts = [
        svg.element(
            "text", svg.said(line), x=x, y=top + 14 + 15 * number, class_="way",
            text_anchor="middle", font_size=WAY,
        )
        for number, line in enumerate(way)
    ]  # fmt: skip
    return [ground, *texts]
