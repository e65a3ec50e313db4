"""PROGRAM → WAYS: what can be walked in a campaign or an automation.

A way is a start, an outcome of a step (`Instruction.outcomes`), or a setting that ends runs.  What
no way from the first step leads to does not count, nor does what a condition of written-out values
shuts out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from flowlang.check.names import Names
from flowlang.engine import retelling
from flowlang.program.program import Automation, Campaign, Program
from flowlang.source import Source
from flowlang.speech import tr
from flowlang.steps.jump import Jump
from flowlang.syntax import campaigns
from flowlang.syntax import declarations as tree

BY_A_STEP = -1
"""The number of the start by `start campaign`, which is no setting of the campaign itself."""
BY_HAND, BY_SCHEDULE = "run by hand", "its schedule"
"""How an automation starts, as its history says it; else by the name of a system event."""

Kind = Literal["start", "step", "ending"]


class Key(NamedTuple):
    """Which way it is, in a program."""

    campaign: str
    kind: Kind
    at: int
    """The number of the start, the ending or the instruction."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that a test can walk."""

    key: Key
    line: int
    statement: str

    @property
    def words(self) -> str:
        """The statement, and which of its outcomes this is; in English, for programs."""
        return f"{self.statement}: {self.key.label}" if self.key.label else self.statement

    @property
    def told(self) -> str:
        """The same for people."""
        if not self.key.label:
            return self.statement
        return tr("{statement}: {way}", statement=self.statement, way=retelling.way(self.key.label))


@dataclass(frozen=True, slots=True)
class Section:
    """All ways through one campaign or automation, in the order of the text."""

    kind: Literal["campaign", "automation"]
    name: str
    source: Source
    ways: tuple[Way, ...]


def sections(program: Program, sources: set[Source] | None = None) -> list[Section]:
    """What can be walked, by campaign and automation; only those of some files, if they are given.

    What is in a module of others is theirs to test.
    """
    found: list[Section] = []
    for campaign in program.campaigns:
        ways = [*_starts(campaign), *_endings(campaign), *_steps(campaign, program.names)]
        found.append(Section("campaign", campaign.name, campaign.span.source, tuple(ways)))
    for automation in program.automations:
        ways = [*_occasions(automation), *_of_automation(automation, program)]
        found.append(Section("automation", automation.name, automation.span.source, tuple(ways)))
    return [one for one in found if sources is None or one.source in sources]


def _starts(campaign: Campaign) -> Iterator[Way]:
    lines = _lines(campaign, "start_when", "start_as_soon_as", "start_on", "start_on_change")
    for number, start in enumerate(campaign.starts):
        yield Way(Key(campaign.name, "start", number), lines[number], start.text)
    if not campaign.starts:
        key = Key(campaign.name, "start", BY_A_STEP)
        yield Way(key, campaign.span.line, tr("started by another campaign"))


def _endings(campaign: Campaign) -> Iterator[Way]:
    lines = _lines(campaign, "stop_when", "stop_on", "restart_when", "restart_on")
    for number, ending in enumerate(campaign.endings):
        yield Way(Key(campaign.name, "ending", number), lines[number], ending.text)


def _lines(campaign: Campaign, *rules: str) -> list[int]:
    """Where the settings of these rules stand, in order."""
    lines = campaign.item.lines or () if campaign.item else ()
    return [line.span.line for line in lines if line.rule in rules]


def _steps(campaign: Campaign, names: Names) -> Iterator[Way]:
    reached = _reached(campaign, names)
    for at, instruction in enumerate(campaign.instructions):
        if at not in reached or isinstance(instruction, Jump):
            continue
        where = instruction.where
        for _, label in instruction.outcomes(at, names):
            yield Way(Key(campaign.name, "step", at, label), where.line, where.text)


def _reached(campaign: Campaign, names: Names) -> set[int]:
    """The instructions that some way leads to: from the start, or behind a goal by jumping."""
    found: set[int] = set()
    todo = [0, *(at + 1 for at, _ in campaign.goals)]
    while todo:
        at = todo.pop()
        if at in found or not 0 <= at < len(campaign.instructions):
            continue
        found.add(at)
        instruction = campaign.instructions[at]
        todo += [target for target, _ in instruction.outcomes(at, names)]
    return found | {at for at, _ in campaign.goals}


def _occasions(automation: Automation) -> Iterator[Way]:
    """What an automation runs at."""
    assert automation.campaign is not None
    item = automation.campaign.item
    seen: set[str] = set()
    for line in item.lines or () if item else ():
        label = BY_SCHEDULE if isinstance(line, tree.ScheduleLine) else ""
        if isinstance(line, campaigns.OnSystem):
            label = str(line.event.value)
        if label and label not in seen:
            seen.add(label)
            statement = line.span.words
            yield Way(Key(automation.campaign.name, "start", 0, label), line.span.line, statement)
    if not seen:
        key = Key(automation.campaign.name, "start", 0, BY_HAND)
        yield Way(key, automation.span.line, f'automation "{automation.name}"')


def _of_automation(automation: Automation, program: Program) -> Iterator[Way]:
    """Its steps, and what comes of each message of its group sends."""
    assert automation.campaign is not None
    sends = [one for one in program.by_name.values() if one.group_send == automation.name]
    for way in _steps(automation.campaign, program.names):
        yield way
        for campaign in sends:
            send = campaign.instructions[-1]
            if send.where is automation.campaign.instructions[way.key.at].where:
                sends.remove(campaign)
                last = len(campaign.instructions) - 1
                yield from (one for one in _steps(campaign, program.names) if one.key.at == last)
                break
