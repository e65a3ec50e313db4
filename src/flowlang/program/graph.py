"""STEPS → GRAPH: a compiled campaign as nodes and edges, for pictures.

A graph knows no statement: what a node says comes from `Instruction.describe`, where it leads
from `Instruction.exits`, what it looks like from `Instruction.shape`.  Instructions that no
statement wrote, the jumps, are folded into edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from flowlang.check.names import Names
from flowlang.effects import BEFORE_START
from flowlang.program.program import Campaign
from flowlang.steps.jump import Jump
from flowlang.steps.step import Shape
from flowlang.syntax import keywords


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
    shape: Shape = "step"
    """Of a step or of what ends runs: what people see in it."""
    detail: str = ""
    """What is worth saying beside the statement: a message's subject, with its placeholders."""
    halts: bool = False
    """A run may stand here until a person lets it go on."""

    def data(self) -> dict[str, Any]:
        """The node as JSON data."""
        found = {"id": self.id, "kind": self.kind, "label": self.label, "line": self.line}
        if self.kind in ("step", "choice", "goal"):
            found |= {"shape": self.shape, "detail": self.detail, "halts": self.halts}
        return found | _mark(self.walked)


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another; `always` is False for what can happen wherever a run stands."""

    source: str
    target: str
    label: str = ""
    always: bool = True
    walked: bool | None = None

    def data(self) -> dict[str, Any]:
        """The edge as JSON data."""
        return {"from": self.source, "to": self.target, "label": self.label} | _mark(self.walked)


@dataclass(slots=True)
class Graph:
    """One campaign; what it says beside the words of the file is in `language`, the file's."""

    campaign: str
    about: str
    language: str = "en"
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """The graph as JSON data."""
        return {
            "campaign": self.campaign,
            "about": self.about,
            "nodes": [node.data() for node in self.nodes],
            "edges": [edge.data() for edge in self.edges],
        }


def _mark(walked: bool | None) -> dict[str, bool]:
    return {} if walked is None else {"walked": walked}


def _whole(statement: str) -> str:
    """A statement; one that goes on in the next line of its file says so."""
    return f"{statement} …" if statement.endswith(",") else statement


def graph(
    campaign: Campaign, names: Names, language: str = "en", marks: Marks | None = None
) -> Graph:
    """The picture of a campaign: its starts, its steps, what ends it from outside, its end.

    `language` is that of its file.  With `marks`, nodes and edges say whether they were walked.
    """
    return _Drawing(campaign, names, language, marks).draw()


class _Drawing:
    def __init__(
        self, campaign: Campaign, names: Names, language: str, marks: Marks | None
    ) -> None:
        self.campaign = campaign
        self.names = names
        self.words = keywords.load(language)
        self.marks = marks
        self.instructions = campaign.instructions
        self.graph = Graph(campaign.name, campaign.about, language)
        self.ends = False
        self.restarts = False

    def draw(self) -> Graph:
        self._starts()
        self._steps()
        self._endings()
        nodes, edges = self.graph.nodes, self.graph.edges
        if self.ends:
            end = self.words.say("picture-end")
            nodes.append(Node("end", "end", end, 0, self._walked_to("end")))
        if self.restarts:
            walked = self._walked_to("waiting")
            nodes.insert(
                0, Node("waiting", "waiting", self.words.say("picture-waiting"), 0, walked)
            )
            starts_of = [node for node in nodes if node.kind == "start"]
            edges += [Edge("waiting", node.id, walked=walked and node.walked) for node in starts_of]
        return self.graph

    def _starts(self) -> None:
        first, line, marks = self._id(0), self.campaign.span.line, self.marks
        starts = [start.text for start in self.campaign.starts]
        for number, text in enumerate(starts or [self.words.say("picture-started")]):
            walked = marks.start(number) if marks else None
            self.graph.nodes.append(Node(f"start{number + 1}", "start", text, line, walked))
            self.graph.edges.append(Edge(f"start{number + 1}", first, walked=walked))

    def _steps(self) -> None:
        goals = {at for at, _ in self.campaign.goals}
        for at, instruction in enumerate(self.instructions):
            if isinstance(instruction, Jump):
                continue
            exits = list(self._exits(at))
            kind: Kind = "goal" if at in goals else "choice" if len(exits) > 1 else "step"
            node = Node(
                self._id(at),
                kind,
                _whole(instruction.describe()),
                instruction.where.line,
                self.marks.step(at) if self.marks else None,
                instruction.shape,
                instruction.detail(self.words.code),
                instruction.halts(self.names),
            )
            self.graph.nodes.append(node)
            self.graph.edges += exits

    def _endings(self) -> None:
        line = self.campaign.span.line
        for number, ending in enumerate(self.campaign.endings):
            walked = self.marks.ending(number) if self.marks else None
            shape: Shape = "restart" if ending.restarts else "stop"
            source = f"ending{number + 1}"
            self.graph.nodes.append(Node(source, "ending", ending.text, line, walked, shape))
            target = self._id(BEFORE_START) if ending.restarts else self._end()
            self.graph.edges.append(Edge(source, target, always=False, walked=walked))

    def _walked_to(self, node: str) -> bool | None:
        """Whether an edge that was walked leads to a node."""
        if self.marks is None:
            return None
        return any(edge.walked for edge in self.graph.edges if edge.target == node)

    def _exits(self, at: int) -> Iterator[Edge]:
        """Where an instruction leads, each way once."""
        found: dict[tuple[str, str], bool | None] = {}
        instruction = self.instructions[at]
        labels = instruction.labels(at, self._say)
        for (target, _), label in zip(instruction.exits(at), labels, strict=True):
            walked = self.marks.exit(at, target) if self.marks else None
            way = self._id(target), label
            found[way] = found.get(way) or walked
        for (to, label), walked in found.items():
            yield Edge(self._id(at), to, label, walked=walked)

    def _say(self, label: str) -> str:
        """The label of an exit in the language of the file."""
        key = f"way-{label.replace(' ', '-')}"
        return self.words.say(key) if key in self.words.sentences else label

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
