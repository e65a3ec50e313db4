"""STEPS → PICTURE: a compiled campaign as nodes and edges.

A picture knows no statement: what a node says comes from `Instruction.describe`, where it leads
from `Instruction.exits`.  Instructions that no statement wrote, the jumps, are folded into edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from flowlang.effects import BEFORE_START
from flowlang.program.program import Campaign
from flowlang.steps.jump import Jump

Kind = Literal["waiting", "start", "step", "choice", "goal", "ending", "end"]


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in the picture: a step, what starts or ends runs, the end, or waiting for a start."""

    id: str
    kind: Kind
    label: str
    line: int
    """In the source; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another; `always` is False for what can happen wherever a run stands."""

    source: str
    target: str
    label: str = ""
    always: bool = True


@dataclass(slots=True)
class Graph:
    """One campaign."""

    campaign: str
    about: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """The graph as JSON data."""
        return {
            "campaign": self.campaign,
            "about": self.about,
            "nodes": [
                {"id": node.id, "kind": node.kind, "label": node.label, "line": node.line}
                for node in self.nodes
            ],
            "edges": [
                {"from": edge.source, "to": edge.target, "label": edge.label} for edge in self.edges
            ],
        }


def graph(campaign: Campaign) -> Graph:
    """The picture of a campaign: its starts, its steps, what ends it from outside, its end."""
    return _Drawing(campaign).draw()


class _Drawing:
    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.instructions = campaign.instructions
        self.graph = Graph(campaign.name, campaign.about)
        self.ends = False
        self.restarts = False

    def draw(self) -> Graph:
        nodes, edges = self.graph.nodes, self.graph.edges
        line = self.campaign.span.line
        first = self._id(0)
        starts = [start.text or "start" for start in self.campaign.starts]
        for number, text in enumerate(starts or ["started by another campaign"], start=1):
            nodes.append(Node(f"start{number}", "start", text, line))
            edges.append(Edge(f"start{number}", first))
        goals = {at for at, _ in self.campaign.goals}
        for at, instruction in enumerate(self.instructions):
            if isinstance(instruction, Jump):
                continue
            exits = list(self._exits(at))
            kind: Kind = "goal" if at in goals else "choice" if len(exits) > 1 else "step"
            nodes.append(Node(self._id(at), kind, instruction.describe(), instruction.where.line))
            edges += [Edge(self._id(at), target, label) for target, label in exits]
        for number, ending in enumerate(self.campaign.endings, start=1):
            nodes.append(Node(f"ending{number}", "ending", ending.text, line))
            target = self._id(BEFORE_START) if ending.restarts else self._end()
            edges.append(Edge(f"ending{number}", target, always=False))
        if self.ends:
            nodes.append(Node("end", "end", "end", 0))
        if self.restarts:
            nodes.insert(0, Node("waiting", "waiting", "waits for a trigger", 0))
            edges += [Edge("waiting", node.id) for node in nodes if node.kind == "start"]
        return self.graph

    def _exits(self, at: int) -> Iterator[tuple[str, str]]:
        """Where an instruction leads, each way once."""
        found: dict[tuple[str, str], None] = {}
        for target, label in self.instructions[at].exits(at):
            found[self._id(target), label] = None
        yield from found

    def _id(self, target: int) -> str:
        """The node at an instruction, behind all jumps."""
        if target == BEFORE_START:
            self.restarts = True
            return "waiting"
        seen: set[int] = set()
        while 0 <= target < len(self.instructions):
            instruction = self.instructions[target]
            if not isinstance(instruction, Jump) or target in seen:
                return f"step{target + 1}"
            seen.add(target)
            target = instruction.to
        return self._end()

    def _end(self) -> str:
        self.ends = True
        return "end"
