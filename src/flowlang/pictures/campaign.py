"""GRAPHS → SVG: campaigns with their names, what can end them at any time, boxes and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flowlang.pictures import letters, svg
from flowlang.pictures.boxes import Box, cut
from flowlang.pictures.layout import Layout, Link, Point, Route, Size, arranged
from flowlang.program.graph import Edge, Graph
from flowlang.syntax import keywords

_MARGIN = 32.0
_BETWEEN = 56.0
"""Room between two campaigns."""
_LEAST = 560.0
"""How wide the words above a picture may be in any case."""
WAY = 12
"""Size of the letters at lines."""
_HEADING, _ABOUT = 20, 13
_MOST_WAY = 190.0
"""How wide the label of a line may be."""
_MOST_ENDING = 420.0
"""How wide the text of what can end a run may be."""
_CORNER, _TIP = 7.0, 6.0
_LONGEST_NAME = 90


def style() -> str:
    """The style sheet of pictures, for a page that has several of them."""
    return (Path(__file__).parent / "picture.css").read_text(encoding="utf-8")


def picture(
    graphs: Sequence[Graph], title: str, *, styled: bool = True, named: bool = True
) -> str:
    """Campaigns below each other as one SVG.

    Without `styled`, `style` is with whoever shows it; without `named`, what campaigns are called
    and are about.
    """
    scenes = [_Scene(graph, named=named) for graph in graphs]
    width = max((scene.width for scene in scenes), default=_LEAST) + 2 * _MARGIN
    parts = [svg.element("style", style())] if styled else []
    parts.append('<rect class="ground" width="100%" height="100%"/>')
    y = _MARGIN
    for number, scene in enumerate(scenes):
        if number:
            middle = y - _BETWEEN / 2
            parts.append(
                svg.element(
                    "line", x1=_MARGIN, y1=middle, x2=width - _MARGIN, y2=middle, class_="rule"
                )
            )
        place = f"translate({svg.number(_MARGIN)} {svg.number(y)})"
        parts.append(svg.element("g", "\n".join(["", *scene.parts, ""]), transform=place))
        y += scene.height + _BETWEEN
    height = y - _BETWEEN + _MARGIN if scenes else 2 * _MARGIN
    told = "\n".join(map(_told, graphs))
    return svg.document(width, height, title, told, parts, "flow-picture")


def _told(graph: Graph) -> str:
    """A campaign in words, for those who cannot see its picture."""
    words = keywords.load(graph.language)
    steps = [node.label for node in graph.nodes if node.kind not in ("waiting", "end")]
    said = words.say("picture-of", steps=len(steps), campaign=graph.campaign)
    return f"{said}: {'; '.join(steps)}"


@dataclass(frozen=True, slots=True)
class Scene:
    """What of a graph is drawn with lines, and where it lies."""

    boxes: list[Box]
    edges: list[Edge]
    ways: list[list[str]]
    """The label of each edge, wrapped."""
    links: list[Link]
    """Of each edge, and then those that only say what stands below what."""
    layout: Layout

    @classmethod
    def of(cls, graph: Graph) -> Scene:
        """The boxes of a graph and the edges between them.

        What can end a run wherever it stands has no place in the order of steps, and a step that
        stops is an end by itself.
        """
        halts = keywords.load(graph.language).say("picture-halts")
        stops = {node.id for node in graph.nodes if node.shape == "stop"}
        edges = [edge for edge in graph.edges if edge.always and edge.source not in stops]
        reached = {edge.target for edge in edges}
        nodes = [
            node
            for node in graph.nodes
            if node.kind != "ending" and (node.kind != "end" or node.id in reached)
        ]
        boxes = [Box.of(node, halts) for node in nodes]
        numbers = {node.id: number for number, node in enumerate(nodes)}
        ways = [letters.wrapped(cut(edge.label), _MOST_WAY, WAY) for edge in edges]
        links = [
            Link(numbers[edge.source], numbers[edge.target], _room(way))
            for edge, way in zip(edges, ways, strict=True)
        ]
        onto = {link.target for link in links if link.source < link.target}
        links += [
            Link(number - 1, number, drawn=False)
            for number, node in enumerate(nodes)
            if number and number not in onto and node.kind not in ("waiting", "start")
        ]
        layout = arranged([box.size for box in boxes], links)
        return cls(boxes, edges, ways, links, layout)


def _room(way: list[str]) -> Size | None:
    if not way:
        return None
    widest = max(letters.width(line, WAY) for line in way)
    return Size(widest + 10, len(way) * 15.0 + 5)


class _Scene:
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
        self.parts.append(svg.element("path", d=f"M0 {svg.number(y - 4)}H28", class_="line unwalked"))
        said = self.words.say("picture-not-walked")
        self.parts.append(
            svg.element("text", svg.said(said), x=36, y=y, class_="about", font_size=WAY)
        )

    def _endings(self) -> None:
        """What can end a run wherever it stands, side by side."""
        boxes = [Box.of(node, "", _MOST_ENDING) for node in self.graph.nodes if node.kind == "ending"]
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
        drawn = list(zip(self.scene.edges, self.scene.layout.routes, self.scene.ways, strict=True))
        drawn.sort(key=lambda one: one[0].walked is not False)
        for edge, route, _ in drawn:
            self.parts += _line(edge, route, self.height)
        for _, route, way in drawn:
            if route.label is not None:
                self.parts += _label(way, route.label, self.height)


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


def _label(way: list[str], middle: Point, down: float) -> list[str]:
    size = _room(way)
    assert size is not None
    x, y = middle[0], middle[1] + down
    parts = [
        svg.element(
            "rect", x=x - size.width / 2, y=y - size.height / 2, width=size.width,
            height=size.height, class_="ground",
        )  # fmt: skip
    ]
    top = y - size.height / 2 + 2.5
    for number, line in enumerate(way):
        parts.append(
            svg.element(
                "text", svg.said(line), x=x, y=top + 11.5 + 15 * number, class_="way",
                text_anchor="middle", font_size=WAY,
            )  # fmt: skip
        )
    return parts
