"""PROGRAM → CONTENTS: what the page says of each thing, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flowlang.check.names import Message
from flowlang.documentation.timing import Moment, moments, repeated
from flowlang.program.graph import Graph, graph
from flowlang.program.program import Automation, Campaign, Program
from flowlang.steps.send import SendMessage, SendToAddress
from flowlang.syntax import campaigns, policies
from flowlang.syntax import declarations as tree
from flowlang.syntax.tree import Node
from flowlang.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CampaignSection:
    """A campaign: what starts and ends it, and its picture."""

    name: str
    about: str
    starts: list[str]
    """Without the word that says that it starts."""
    goals: list[str]
    endings: list[str]
    runs: str
    sends: list[str]
    policies: list[str]
    graph: Graph


@dataclass(frozen=True, slots=True)
class Sending:
    """A step that sends: what, by whom, and when."""

    message: str
    by: str
    automation: bool
    step: str
    moments: list[Moment]
    occasions: list[str]
    """Of an automation: what it runs at; none where it is run by hand."""
    repeated: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """Something that a file declares, with the lines that say how it is."""

    kind: str
    name: str
    lines: list[str]
    users: list[str]
    """The messages that draw from it."""


@dataclass(frozen=True, slots=True)
class TestFile:
    """The tests of one file."""

    name: str
    tests: list[tuple[int, str]]
    """Each with its line."""


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the page says, but for the tests."""

    title: str
    campaigns: list[CampaignSection]
    messages: list[Message]
    sendings: list[Sending]
    automations: list[Declared]
    events: list[Declared]
    coupons: list[Declared]
    audiences: list[Declared]
    policies: list[Declared]
    calendars: list[Declared]

    def senders(self, message: str) -> list[str]:
        """The campaigns and automations that send a message."""
        return list(dict.fromkeys(one.by for one in self.sendings if one.message == message))


def contents(workspace: Workspace, program: Program, title: str) -> Contents:
    """What the page of a workspace says of all but its tests."""
    declared = list(_declared(workspace, program))
    return Contents(
        title,
        [_campaign(one, workspace, program) for one in program.campaigns],
        list(program.messages.values()),
        [*_sendings(program)],
        [one for one in declared if one.kind == "automation"],
        [one for one in declared if one.kind == "event"],
        [one for one in declared if one.kind == "coupons"],
        [one for one in declared if one.kind in ("group", "segment")],
        [one for one in declared if one.kind == "policy"],
        [one for one in declared if one.kind == "calendar"],
    )


# ------------------------------------------------------------------ campaigns


def _campaign(campaign: Campaign, workspace: Workspace, program: Program) -> CampaignSection:
    language = workspace.languages.get(campaign.span.source, workspace.language)
    lines = (campaign.item.lines or ()) if campaign.item else ()
    runs = [squeezed(line) for line in lines if isinstance(line, campaigns.Runs)]
    return CampaignSection(
        campaign.name,
        campaign.about,
        [start.text.partition(" ")[2] for start in campaign.starts],
        [campaign.instructions[at].where.text.partition(" ")[2] for at, _ in campaign.goals],
        [ending.text for ending in campaign.endings],
        runs[0] if runs else "",
        [name for name in program.messages if name in campaign.sends],
        [policy.name for policy in campaign.policies],
        graph(campaign, program.names, language),
    )


def _sendings(program: Program) -> Iterator[Sending]:
    """All steps that send, by message, then by file and line."""
    found = [
        *(one for campaign in program.campaigns for one in _of_campaign(campaign)),
        *(one for automation in program.automations for one in _of_automation(automation, program)),
    ]
    order = {name: number for number, name in enumerate(program.messages)}
    yield from sorted(found, key=lambda one: order[one.message])


def _of_campaign(campaign: Campaign) -> Iterator[Sending]:
    when, again = moments(campaign), repeated(campaign)
    for at, instruction in enumerate(campaign.instructions):
        if isinstance(instruction, (SendMessage, SendToAddress)):
            step = instruction.where.text
            message = instruction.message.name
            yield Sending(message, campaign.name, False, step, when[at], [], at in again)


def _of_automation(automation: Automation, program: Program) -> Iterator[Sending]:
    item = automation.campaign.item if automation.campaign else None
    lines = (item.lines or ()) if item else ()
    occasions = [
        squeezed(line)
        for line in lines
        if isinstance(line, (tree.ScheduleLine, campaigns.OnSystem))
    ]
    sends = [one for one in program.by_name.values() if one.group_send == automation.name]
    steps = [one.instructions[-1] for one in sends] + automation.instructions
    for step in steps:
        if isinstance(step, (SendMessage, SendToAddress)):
            yield Sending(
                step.message.name, automation.name, True, step.where.text, [], occasions, False
            )


# ------------------------------------------------------------------ what else is declared

_KINDS: dict[type[Node], str] = {
    campaigns.Automation: "automation",
    tree.Coupons: "coupons",
    tree.Group: "group",
    tree.Segment: "segment",
    policies.Policy: "policy",
    policies.Calendar: "calendar",
}


def _declared(workspace: Workspace, program: Program) -> Iterator[Declared]:
    for parsed in (*workspace.modules, *workspace.files):
        for item in parsed.tree.items:
            kind = _KINDS.get(type(item), "")
            if isinstance(item, tree.EventBlock) and _scheduled(item):
                kind = "event"
            if not kind:
                continue
            name = item.name.value  # type: ignore[attr-defined] # all that are listed have one
            told = _indented if kind == "automation" else squeezed
            lines = [told(line) for line in getattr(item, "lines", None) or ()]
            yield Declared(kind, name, lines, _users(kind, name, program))


def _scheduled(item: tree.EventBlock) -> bool:
    return any(isinstance(line, tree.ScheduleLine) for line in item.lines or ())


def _users(kind: str, name: str, program: Program) -> list[str]:
    """The messages that draw codes from a list."""
    if kind != "coupons":
        return []
    return [message.name for message in program.messages.values() if name in message.lists]


def squeezed(node: Node) -> str:
    """What a node says, in one line."""
    return node.span.words


def _indented(node: Node) -> str:
    """What a line says, with the block below it as deep as it is below the line."""
    span = node.span
    first, *others = span.text.rstrip().split("\n")
    column = span.source.position(span.start)[1] - 1
    return "\n".join(
        [first, *(line[column:] if not line[:column].strip() else line for line in others)]
    )


def tests_of(workspace: Workspace) -> list[TestFile]:
    """The tests of the workspace's own files."""
    by_file: dict[str, list[tuple[int, str]]] = {}
    for test in workspace.tests:
        file = Path(test.file)
        name = file.relative_to(workspace.root) if file.is_relative_to(workspace.root) else file
        by_file.setdefault(str(name), []).append((test.line, test.name))
    return [TestFile(name, tests) for name, tests in by_file.items()]
