"""STEPS → PICTURE: a compiled campaign as nodes and edges.

A picture knows no statement: what a node says comes from `Instruction.describe`, where it leads
from `Instruction.exits`.  Instructions that no statement wrote, the jumps, are folded into edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from flowlang.effects import BEFORE_START
from flowlang.program.program import Campaign
from flowlang.steps.jump import Jump


class Marks(Protocol):
    """Who knows what has been walked of a campaign."""

    def start(self, number: int) -> bool: ...

    def step(self, at: int) -> bool: ...

    def exit(self, at: int, target: int) -> bool: ...

    def ending(self, number: int) -> bool: ...


Kind = Literal["waiting", "start", "step", "choice", "goal", "ending", "end"]


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in the picture: a step, what starts or ends runs, the end, or waiting for a start."""

    id: str
    kind: Kind
    label: str
    line: int
    """In the source; 0 where there is none."""
    walked: bool | None = None
    """Whether anyone has been there; None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another; `always` is False for what can happen wherever a run stands."""

    source: str
    target: str
    label: str = ""
    always: bool = True
    walked: bool | None = None


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
                | _mark(node.walked)
                for node in self.nodes
            ],
            "edges": [
                {"from": edge.source, "to": edge.target, "label": edge.label} | _mark(edge.walked)
                for edge in self.edges
            ],
        }


def _mark(walked: bool | None) -> dict[str, bool]:
    return {} if walked is None else {"walked": walked}


def graph(campaign: Campaign, marks: Marks | None = None) -> Graph:
    """The picture of a campaign: its starts, its steps, what ends it from outside, its end.

    With `marks`, nodes and edges say whether they were walked.
    """
    return _Drawing(campaign, marks).draw()


class _Drawing:
    def __init__(self, campaign: Campaign, marks: Marks | None) -> None:
        self.campaign = campaign
        self.marks = marks
        self.instructions = campaign.instructions
        self.graph = Graph(campaign.name, campaign.about)
        self.ends = False
        self.restarts = False

    def draw(self) -> Graph:
        nodes, edges, marks = self.graph.nodes, self.graph.edges, self.marks
        line = self.campaign.span.line
        first = self._id(0)
        starts = [start.text or "start" for start in self.campaign.starts]
        for number, text in enumerate(starts or ["started by another campaign"]):
            walked = marks.start(number) if marks else None
            nodes.append(Node(f"start{number + 1}", "start", text, line, walked))
            edges.append(Edge(f"start{number + 1}", first, walked=walked))
        goals = {at for at, _ in self.campaign.goals}
        for at, instruction in enumerate(self.instructions):
            if isinstance(instruction, Jump):
                continue
            exits = list(self._exits(at))
            kind: Kind = "goal" if at in goals else "choice" if len(exits) > 1 else "step"
            walked, where = marks.step(at) if marks else None, instruction.where
            nodes.append(Node(self._id(at), kind, instruction.describe(), where.line, walked))
            edges += exits
        for number, ending in enumerate(self.campaign.endings):
            walked = marks.ending(number) if marks else None
            nodes.append(Node(f"ending{number + 1}", "ending", ending.text, line, walked))
            target = self._id(BEFORE_START) if ending.restarts else self._end()
            edges.append(Edge(f"ending{number + 1}", target, always=False, walked=walked))
        if self.ends:
            nodes.append(Node("end", "end", "end", 0, self._walked_to("end")))
        if self.restarts:
            walked = self._walked_to("waiting")
            nodes.insert(0, Node("waiting", "waiting", "waits for a trigger", 0, walked))
            starts_of = [node for node in nodes if node.kind == "start"]
            edges += [Edge("waiting", node.id, walked=walked and node.walked) for node in starts_of]
        return self.graph

    def _walked_to(self, node: str) -> bool | None:
        """Whether an edge that was walked leads to a node."""
        if self.marks is None:
            return None
        return any(edge.walked for edge in self.graph.edges if edge.target == node)

    def _exits(self, at: int) -> Iterator[Edge]:
        """Where an instruction leads, each way once."""
        found: dict[tuple[str, str], bool | None] = {}
        for target, label in self.instructions[at].exits(at):
            walked = self.marks.exit(at, target) if self.marks else None
            way = self._id(target), label
            found[way] = found.get(way) or walked
        for (to, label), walked in found.items():
            yield Edge(self._id(at), to, label, walked=walked)

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
