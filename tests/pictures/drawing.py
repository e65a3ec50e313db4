"""Workspaces and texts as graphs."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from flowlang import workspace
from flowlang.program.graph import Graph, graph
from flowlang.workspace import Workspace
from tests import workspaces

TOP = Path(__file__).parents[2]
TRIAL = Path(__file__).parent / "trial.flow"
"""A campaign of about forty steps, of every kind there is."""


EVERYTHING = workspaces.names("examples", "stdlib", str(TRIAL.relative_to(TOP)))
"""The examples, the standard library, and the campaign of forty steps, by name."""


def example(name: str) -> Workspace:
    return workspace.load(TOP / "examples" / name)


def graphs(loaded: Workspace) -> list[Graph]:
    program = loaded.runnable
    assert program is not None, [one.message for one in loaded.findings.in_order()]
    return [
        graph(campaign, program.names, loaded.languages[campaign.span.source])
        for campaign in program.campaigns
    ]


def of_text(text: str) -> list[Graph]:
    return graphs(workspace.load_text(text))


def in_german(path: Path) -> list[Graph]:
    """A file, translated."""
    from flowlang.documentation.translating import in_language

    return graphs(in_language(workspace.load(path.parent, [path]), "de"))


def parsed(drawn: str) -> ET.Element:
    """A picture, as XML is read."""
    return ET.fromstring(drawn)  # noqa: S314 - written by us just now
