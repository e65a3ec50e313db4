"""GRAPHS → DOT, the language of Graphviz: one graph, with a cluster for each campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowlang.pictures.boxes import cut, readable
from flowlang.program.graph import Edge, Graph, Node
from flowlang.syntax import keywords

_SHAPES = {
    "waiting": "box", "start": "box", "end": "box", "step": "box", "send": "note", "wait": "box",
    "branch": "hexagon", "split": "hexagon", "race": "hexagon", "loop": "hexagon",
    "goal": "cds", "stop": "octagon", "restart": "box",
}  # fmt: skip
_ROUND = {"waiting", "start", "end", "wait", "restart"}
_UNWALKED = "#b2182b"
_WIDEST = 34
"""Letters of a line of a label."""


def dot(graphs: Sequence[Graph]) -> str:
    """The graph as text."""
    return "\n".join(_lines(graphs)) + "\n"


def _lines(graphs: Sequence[Graph]) -> Iterator[str]:
    yield "digraph flow {"
    yield '  graph [rankdir="TB", fontname="Helvetica", labeljust="l"];'
    yield '  node [fontname="Helvetica", fontsize="11"];'
    yield '  edge [fontname="Helvetica", fontsize="10"];'
    for number, one in enumerate(graphs, start=1):
        yield f"  subgraph cluster_c{number} {{"
        yield f"    label={quoted(cut(one.campaign))};"
        halts = keywords.load(one.language).say("picture-halts")
        for node in one.nodes:
            yield f"    {_node(node, number, halts)}"
        for edge in one.edges:
            yield f"    {_edge(edge, number)}"
        yield "  }"
    yield "}"


def _node(node: Node, number: int, halts: str) -> str:
    look = node.kind if node.kind in ("waiting", "start", "end") else node.shape
    said = [node.label, readable(node.detail), halts if node.halts else ""]
    label = "\n".join(line for part in said for line in _broken(cut(part)))
    styles = ["rounded"] if look in _ROUND else []
    attributes = {"label": label, "shape": _SHAPES[look]}
    if node.kind in ("waiting", "ending") or node.walked is False:
        styles.append("dashed")
    if styles:
        attributes["style"] = ",".join(styles)
    if node.walked is False:
        attributes["color"] = _UNWALKED
    return f"c{number}_{node.id} {_attributes(attributes)};"


def _edge(edge: Edge, number: int) -> str:
    attributes = {"label": "\n".join(_broken(cut(edge.label)))} if edge.label else {}
    if not edge.always or edge.walked is False:
        attributes["style"] = "dashed"
    if edge.walked is False:
        attributes["color"] = _UNWALKED
    written = f" {_attributes(attributes)}" if attributes else ""
    return f"c{number}_{edge.source} -> c{number}_{edge.target}{written};"


def _attributes(attributes: dict[str, str]) -> str:
    return f"[{', '.join(f'{name}={quoted(value)}' for name, value in attributes.items())}]"


def _broken(text: str) -> Iterator[str]:
    """The lines of a text, broken between words."""
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= _WIDEST:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    if line:
        yield line


def quoted(text: str) -> str:
    r"""A string of DOT that shows a text as it is: there `\` begins an escape, and `&` an entity.

    Graphviz decodes entities in labels, so `&` is written as one.
    """
    plain = "".join(letter if letter >= " " or letter == "\n" else "\ufffd" for letter in text)
    written = plain.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + written.replace("\n", "\\n") + '"'
