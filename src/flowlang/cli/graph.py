"""Draw each campaign, as a picture or as text for programs that draw."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import paths, terminal
from flowlang.speech import tr, tr_n

if TYPE_CHECKING:
    from flowlang.coverage.measuring import Marks
    from flowlang.program.graph import Graph
    from flowlang.program.program import Program
    from flowlang.workspace import Workspace

_BY_ENDING = {
    ".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot",
    ".json": "json",
}  # fmt: skip


@click.command(epilog="Example: flow graph shop.flow --output-format svg -o shop.svg")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--output-format", type=click.Choice(["svg", "mermaid", "dot", "json"]),
    help="How it is written; else as the name of the file says, else mermaid.",
)  # fmt: skip
@click.option(
    "-o", "--output", metavar="FILE", default="-", type=click.Path(path_type=Path),
    help="Where it is written, in the place of what is there; else standard output.",
)  # fmt: skip
@click.option("--coverage", is_flag=True, help="Run the tests, and mark what they have walked.")
def graph(path: Path | None, output_format: str | None, output: Path, coverage: bool) -> int:
    """Draw each campaign of a workspace or file.

    SVG is one picture with all campaigns below each other; it opens in every browser, light or
    dark. Mermaid gives one flowchart with a subgraph for each campaign, DOT one graph with a
    cluster for each. JSON gives `{"graphs": [{"campaign", "about", "nodes": [{"id", "kind",
    "label", "line"}], "edges": [{"from", "to", "label"}]}]}`; a kind is waiting (for a trigger,
    after a restart), start, step, choice, goal, ending (what ends a run wherever it stands) or
    end. Steps, choices and goals have also `shape`, `detail` and `halts`. With --coverage nodes
    and edges have `walked` too; in pictures what was not walked is dashed and red.
    """
    form = output_format or _format_of(output)
    workspace = paths.standard_input() if path == paths.STDIN else paths.one(path)
    program = paths.runnable(workspace)
    wanted = None if path is None or not path.is_file() else path.resolve()
    graphs = _graphs(workspace, program, wanted, coverage=coverage)
    written = _WRITERS[form](graphs, workspace)
    if output == paths.STDIN:
        terminal.write(written)
    else:
        output.write_text(written, encoding="utf-8")
        told = tr_n(
            "{count:,} campaign to {file}", "{count:,} campaigns to {file}", len(graphs),
            file=output,
        )  # fmt: skip
        terminal.talk(terminal.printable(told))
    if not graphs:
        terminal.talk(tr("there is no campaign to draw"))
    return 0


def _format_of(output: Path) -> str:
    """How a file is written, by its name.  Raises UsageError for what nothing is written as."""
    form = _BY_ENDING.get(output.suffix.lower(), "" if output.suffix else "mermaid")
    if not form:
        raise click.UsageError(
            terminal.printable(
                tr(
                    "{output}: nothing is drawn as {suffix}; name it {endings},"
                    " or say --output-format",
                    output=output,
                    suffix=output.suffix,
                    endings=", ".join(_BY_ENDING),
                )
            )
        )
    return form


def _graphs(
    workspace: Workspace, program: Program, wanted: Path | None, *, coverage: bool
) -> list[Graph]:
    """The graphs of the campaigns of one file, or of all; with coverage those of modules are left
    out, as in its figures: their tests are with them.
    """
    from flowlang.program.graph import graph as drawn

    marks = _marks(workspace, program) if coverage else {}
    languages = workspace.languages
    modules = {parsed.source for parsed in workspace.modules} if coverage else set()
    return [
        drawn(
            campaign,
            program.names,
            languages.get(campaign.span.source, "en"),
            marks.get(campaign.name),
        )
        for campaign in program.campaigns
        if campaign.span.source not in modules
        and (
            wanted is None
            or (source := campaign.span.source.path) is None
            or source.resolve() == wanted
        )
    ]


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
        terminal.talk(
            tr("{failed} of {count} tests failed", failed=failed, count=len(results))
            if results
            else tr("there is no test")
        )
    return {one.name: Marks(program, one, recorder.walked) for one in program.campaigns}


# ------------------------------------------------------------------ formats


def _as_svg(graphs: Sequence[Graph], workspace: Workspace) -> str:
    from flowlang.pictures.campaign import picture

    title = workspace.root.resolve().name or "flow"
    return picture(graphs, graphs[0].campaign if len(graphs) == 1 else title)


def _as_mermaid(graphs: Sequence[Graph], workspace: Workspace) -> str:
    from flowlang.pictures.mermaid import mermaid

    return mermaid(graphs)


def _as_dot(graphs: Sequence[Graph], workspace: Workspace) -> str:
    from flowlang.pictures.dot import dot

    return dot(graphs)


def _as_json(graphs: Sequence[Graph], workspace: Workspace) -> str:
    data = {"graphs": [one.data() for one in graphs]}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


_WRITERS: dict[str, Callable[[Sequence[Graph], Workspace], str]] = {
    "svg": _as_svg,
    "mermaid": _as_mermaid,
    "dot": _as_dot,
    "json": _as_json,
}
