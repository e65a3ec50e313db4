"""Draw each campaign, as Mermaid text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, paths, terminal

if TYPE_CHECKING:
    from flowlang.coverage.measuring import Marks
    from flowlang.program.graph import Graph, Node
    from flowlang.program.program import Program
    from flowlang.workspace import Workspace

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
_MAX_LABEL = 200
_PLAIN = frozenset(" -_.,:+/=%")


@click.command(epilog="Example: flow graph shop.flow --output-format mermaid > shop.mmd")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--output-format", type=click.Choice(["mermaid", "json"]), default="mermaid", show_default=True,
    help="How the picture is written.",
)  # fmt: skip
@click.option("--coverage", is_flag=True, help="Run the tests, and mark what they have walked.")
def graph(path: Path | None, output_format: str, coverage: bool) -> int:
    """Draw each campaign of a workspace or file.

    Mermaid gives one flowchart, with a subgraph for each campaign. JSON gives
    `{"graphs": [{"campaign", "about", "nodes": [{"id", "kind", "label", "line"}], "edges":
    [{"from", "to", "label"}]}]}`; a kind is waiting (for a trigger, after a restart), start, step,
    choice, goal, ending (what ends a run wherever it stands) or end. With --coverage nodes and
    edges have `walked` too; in Mermaid what was not walked is dashed and red.
    """
    from flowlang.program.graph import graph as drawn

    workspace = paths.standard_input() if path == paths.STDIN else paths.one(path)
    program = workspace.runnable
    if program is None:
        paths.show_findings(workspace.findings.in_order(), len(workspace.files))
        return FOUND
    wanted = None if path is None or not path.is_file() else path.resolve()
    marks = _marks(workspace, program) if coverage else {}
    graphs = [
        drawn(campaign, marks.get(campaign.name))
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


def _marks(workspace: Workspace, program: Program) -> dict[str, Marks]:
    """What the tests of a workspace walk, by campaign."""
    from flowlang.cli.codes import of_files
    from flowlang.coverage.measuring import Marks
    from flowlang.coverage.recording import Recorder

    recorder = Recorder(program)
    codes, _ = of_files(program)
    results = [script.run(program, codes, recorder.stage) for script in workspace.tests]
    failed = sum(not result.passed for result in results)
    if failed or not results:
        terminal.talk(f"{failed} of {len(results)} tests failed" if results else "there is no test")
    return {one.name: Marks(program, one, recorder.walked) for one in program.campaigns}


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
    yield from _marked(graphs)


def _marked(graphs: list[Graph]) -> Iterator[str]:
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
    shown = text if len(text) <= _MAX_LABEL else text[: _MAX_LABEL - 1] + "…"
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};" for letter in shown
    )
