"""The compiled program: campaigns as flat lists of instructions; what starts and stops them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration
from flowlang.check.comparing import Fn
from flowlang.check.names import Config, Event, Message, Names, Policy
from flowlang.check.view import View
from flowlang.days import Schedule
from flowlang.source import Span
from flowlang.speech import ENGLISH
from flowlang.steps.call import CallOut
from flowlang.steps.event_match import EventMatch
from flowlang.steps.goal import Reach
from flowlang.steps.split import TakeBest
from flowlang.steps.step import Instruction
from flowlang.syntax import campaigns as tree
from flowlang.syntax.tree import Node

if TYPE_CHECKING:
    from flowlang.contact import Run

SETTLE = Duration(seconds=300)
"""The least time between a restart and the trigger that counts (S2.7)."""


@dataclass(frozen=True, slots=True)
class Start:
    """One way to start a campaign."""

    condition: Fn | None = None
    as_soon: bool = False
    """Only when the condition did not hold before the trigger."""
    event: EventMatch | None = None
    field: str | None = None
    """The field whose change starts it."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """A setting that ends runs wherever they stand: `stop when`, `restart on` and so on."""

    condition: Fn | None
    event: EventMatch | None
    restarts: bool
    text: str


@dataclass(slots=True)
class Campaign:
    """A campaign, ready to run."""

    name: str
    index: int
    """By file and line: the order in which campaigns are decided."""
    span: Span
    item: tree.Campaign | tree.Automation | None = None
    starts: list[Start] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    again: bool = False
    keys: list[Callable[[dict[str, Any]], Any]] | None = None
    """What makes the key of a run out of the starting event's data."""
    newest_wins: bool = False
    at_most_once: Duration | None = None
    settle: Duration = SETTLE
    zone: ZoneInfo | None = None
    policies: list[Policy] = field(default_factory=list)
    include_existing: bool = False
    report_to: str = ""
    about: str = ""
    instructions: list[Instruction] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    """Of each instruction, the node that it was made of; that of a branch is the whole of it."""
    goals: list[tuple[int, Reach]] = field(default_factory=list)
    measures: list[tuple[str, EventMatch, Duration]] = field(default_factory=list)
    experiments: list[TakeBest] = field(default_factory=list)
    sends: frozenset[str] = frozenset()
    uses_event: bool = False
    group_send: str = ""
    """Made for a group send: its runs are those of the audience."""
    _version: str = ""

    @property
    def version(self) -> str:
        """The same as long as the campaign's meaning is: its tree, without layout and language."""
        if not self._version:
            told = (
                repr(self.item)
                if self.item
                else "\0".join(one.where.id for one in self.instructions)
            )
            self._version = hashlib.sha256(told.encode()).hexdigest()[:12]
        return self._version

    @property
    def has_conditions(self) -> bool:
        """Something about its runs is looked at at every trigger."""
        return bool(self.endings or self.goals)


@dataclass(slots=True)
class ScheduledEvent:
    """An event that the system makes."""

    event: Event
    schedule: Schedule
    where: Callable[[View, dict[str, Any]], bool] | None
    order: int


@dataclass(slots=True)
class Automation:
    """An automation, ready to run."""

    name: str
    index: int
    span: Span
    schedules: list[Schedule] = field(default_factory=list)
    events: list[tuple[str, str | None, Callable[[View, dict[str, Any]], bool] | None]] = field(
        default_factory=list
    )
    """System events: name, the list or message it is about, a filter."""
    policies: list[Policy] = field(default_factory=list)
    zone: ZoneInfo | None = None
    report_to: str = ""
    campaign: Campaign | None = None
    """Its steps, as a campaign of the system."""

    @property
    def instructions(self) -> list[Instruction]:
        return self.campaign.instructions if self.campaign else []


@dataclass(frozen=True, slots=True)
class ScheduledRun:
    """An automation that runs by a schedule, in its own zone or the workspace's."""

    automation: Automation
    schedule: Schedule
    zone: ZoneInfo
    order: int


_AFTER_EVENTS = 1_000_000
"""At one moment automations come after the scheduled events of contacts."""


@dataclass(slots=True)
class Program:
    """All that a workspace runs."""

    config: Config
    names: Names
    campaigns: list[Campaign] = field(default_factory=list)
    by_name: dict[str, Campaign] = field(default_factory=dict)
    """Those of automations and of their group sends, too."""
    earlier: dict[tuple[str, str], Campaign] = field(default_factory=dict)
    """Of earlier versions, by name and version: those on which some runs have stayed."""
    automations: list[Automation] = field(default_factory=list)
    scheduled: list[ScheduledEvent] = field(default_factory=list)
    concerns: dict[str, Callable[[View, dict[str, Any]], bool]] = field(default_factory=dict)
    """For events about a thing: whether a contact (or a record, as `row`) is concerned."""
    language: str = ENGLISH
    """In which its people are told what happens: that of the workspace."""

    @property
    def messages(self) -> dict[str, Message]:
        return self.names.messages

    @property
    def channels(self) -> dict[str, str]:
        """Those that messages go by, each with the name of the first that does."""
        found: dict[str, str] = {}
        for one in self.messages.values():
            found.setdefault(one.channel, one.name)
        return found

    @property
    def calls(self) -> bool:
        """Whether any step calls the web, one of an automation or of an earlier version too."""
        campaigns = (*self.by_name.values(), *self.earlier.values())
        return any(isinstance(one, CallOut) for each in campaigns for one in each.instructions)

    def campaign_of(self, run: Run) -> Campaign:
        """The campaign that a run goes through: that of the version it is on."""
        found = self.earlier.get((run.campaign, run.version)) if self.earlier else None
        return found or self.by_name[run.campaign]

    def keep(self, earlier: Program, name: str) -> None:
        """Let runs of a campaign go on as an earlier version says, with the names that it needs."""
        campaign = earlier.by_name[name]
        self.earlier[name, campaign.version] = campaign
        mine, other = self.names, earlier.names
        for kept, more in (
            (mine.fields, other.fields), (mine.records, other.records),
            (mine.events, other.events), (mine.groups, other.groups),
            (mine.coupons, other.coupons), (mine.messages, other.messages),
            (self.concerns, earlier.concerns),
        ):  # fmt: skip
            _complete(kept, more)

    @property
    def scheduled_runs(self) -> list[ScheduledRun]:
        """The automations that run by a schedule, once for each, by file and line."""
        found: list[ScheduledRun] = []
        for automation in self.automations:
            zone = automation.zone or self.config.timezone
            for schedule in automation.schedules:
                order = _AFTER_EVENTS + len(found)
                found.append(ScheduledRun(automation, schedule, zone, order))
        return found

    @property
    def timetable(self) -> list[ScheduledEvent | ScheduledRun]:
        """All that time sets off."""
        return [*self.scheduled, *self.scheduled_runs]


def _complete(kept: dict[str, Any], more: dict[str, Any]) -> None:
    """Add what is not there."""
    for name, value in more.items():
        kept.setdefault(name, value)
