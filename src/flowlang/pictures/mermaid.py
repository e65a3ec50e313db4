"""GRAPHS → MERMAID: one flowchart, with a subgraph for each campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowlang.pictures.boxes import cut
from flowlang.program.graph import Graph, Node

_SHAPES = {
    "waiting": ("(", ")"),
    "start": ("([", "])"),
    "step": ("[", "]"),
    "choice": ("{", "}"),
    "goal": ("{{", "}}"),
    "ending": ("[/", "/]"),
    "end": ("((", "))"),
}
_UNWALKED = "fill:#fff,stroke:#b2182b,stroke-width:2px,stroke-dasharray:6 4"
_UNWALKED_EDGE = "stroke:#b2182b,stroke-dasharray:6 4"
_PLAIN = frozenset(" -_.,:+/=%")


def mermaid(graphs: Sequence[Graph]) -> str:
    """The flowchart as text."""
    return "\n".join(_lines(graphs)) + "\n"


def _lines(graphs: Sequence[Graph]) -> Iterator[str]:
    yield "flowchart TD"
    for number, one in enumerate(graphs, start=1):
        yield f'  subgraph c{number}["{escaped(one.campaign)}"]'
        for node in one.nodes:
            yield f"    {_node(node, number)}"
        for edge in one.edges:
            arrow = "-->" if edge.always else "-.->"
            label = f'|"{escaped(edge.label)}"|' if edge.label else ""
            yield f"    c{number}_{edge.source} {arrow}{label} c{number}_{edge.target}"
        yield "  end"
    yield from _marked(graphs)


def _marked(graphs: Sequence[Graph]) -> Iterator[str]:
    """What was not walked, dashed: edges by their number in the whole picture."""
    nodes = [
        f"c{number}_{node.id}"
        for number, one in enumerate(graphs, start=1)
        for node in one.nodes
        if node.walked is False
    ]
    edges = [edge for one in graphs for edge in one.edges]
    numbers = [str(number) for number, edge in enumerate(edges) if edge.walked is False]
    if nodes:
        yield f"  classDef unwalked {_UNWALKED}"
        yield f"  class {','.join(nodes)} unwalked"
    if numbers:
        yield f"  linkStyle {','.join(numbers)} {_UNWALKED_EDGE}"


def _node(node: Node, number: int) -> str:
    before, after = _SHAPES[node.kind]
    return f'c{number}_{node.id}{before}"{escaped(node.label)}"{after}'


def escaped(text: str) -> str:
    """Text within the quotes of a Mermaid label: nothing in it is markup there.

    Letters and digits stay; all else but a few signs is written as a character number.
    """
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};"
        for letter in cut(text)
    )
