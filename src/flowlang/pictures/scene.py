"""GRAPH → SCENE: which of its nodes and edges are drawn with lines, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass

from flowlang.pictures import letters
from flowlang.pictures.boxes import Box, cut
from flowlang.pictures.layout import Layout, Link, Size, arranged
from flowlang.program.graph import Edge, Graph
from flowlang.syntax import keywords

WAY = 12
"""Size of the letters at lines."""
_MOST_WAY = 190.0
"""How wide the label of a line may be."""


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
            Link(numbers[edge.source], numbers[edge.target], room(way))
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


def room(way: list[str]) -> Size | None:
    """What the label of a line needs; None for a line without one."""
    if not way:
        return None
    widest = max(letters.width(line, WAY) for line in way)
    return Size(widest + 10, len(way) * 15.0 + 5)
