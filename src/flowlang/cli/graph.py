"""Draw each campaign, as Mermaid text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, paths, terminal

if TYPE_CHECKING:
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
_MAX_LABEL = 200
_PLAIN = frozenset(" -_.,:+/=%")


@click.command(epilog="Example: flow graph shop.flow --output-format mermaid > shop.mmd")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--output-format", type=click.Choice(["mermaid", "json"]), default="mermaid", show_default=True,
    help="How the picture is written.",
)  # fmt: skip
def graph(path: Path | None, output_format: str) -> int:
    """Draw each campaign of a workspace or file.

    Mermaid gives one flowchart, with a subgraph for each campaign. JSON gives
    `{"graphs": [{"campaign", "about", "nodes": [{"id", "kind", "label", "line"}], "edges":
    [{"from", "to", "label"}]}]}`; a kind is waiting (for a trigger, after a restart), start, step,
    choice, goal, ending (what ends a run wherever it stands) or end.
    """
    from flowlang.program.graph import graph as drawn

    workspace = paths.standard_input() if path == paths.STDIN else paths.one(path)
    program = workspace.runnable
    if program is None:
        paths.show_findings(workspace.findings.in_order(), len(workspace.files))
        return FOUND
    wanted = None if path is None or not path.is_file() else path.resolve()
    graphs = [
        drawn(campaign)
        for campaign in program.campaigns
        if wanted is None
        or (source := campaign.span.source.path) is None
        or source.resolve() == wanted
    ]
    if output_format == "json":
        data = {"graphs": [one.data() for one in graphs]}
        terminal.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    else:
        terminal.write("\n".join(_mermaid(graphs)) + "\n")
    if not graphs:
        terminal.talk("there is no campaign to draw")
    return 0


def _mermaid(graphs: list[Graph]) -> Iterator[str]:
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


def _node(node: Node, number: int) -> str:
    before, after = _SHAPES[node.kind]
    return f'c{number}_{node.id}{before}"{escaped(node.label)}"{after}'


def escaped(text: str) -> str:
    """Text within the quotes of a Mermaid label: nothing in it is markup there.

    Letters and digits stay; all else but a few signs is written as a character number.
    """
    shown = text if len(text) <= _MAX_LABEL else text[: _MAX_LABEL - 1] + "…"
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};" for letter in shown
    )
