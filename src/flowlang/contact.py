"""A contact: what is known of it, where it stands in each campaign, and what it went through.

Everything here is plain data that belongs to one contact and is saved with it in one piece; what
contacts share (coupon lists, caps over all, halted sends) lives in `engine.world`.

What a contact has many of is a `Struct`: every wake reads and writes it, and msgspec does so with
no step between.  An empty list or dict as a default is a new one for each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from flowlang.kinds import address_beside

NO_MAILING = re.compile(r"\[\s*no\s+mailing\s*\]", re.IGNORECASE)
"""The mark that takes an address out of marketing; notes may follow it (S5.4)."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Before anything happened."""

RunKey = tuple[str, str]
"""Campaign name, and the key of the run as JSON text ("" where runs are not keyed)."""

Status = Literal["running", "waiting", "halted", "waiting for restart", "finished", "stopped"]


class Happening(NamedTuple):
    """An event that happened to a contact: its moment, its data, its place in the order."""

    at: datetime
    data: dict[str, Any]
    seq: int


class Sent(msgspec.Struct, omit_defaults=True):
    """A message that went out to this contact."""

    message: str
    at: datetime
    channel: str
    kind: str
    campaign: str
    run: str
    """Which run and round sent it: number of the run, a dot, number of the round."""
    seq: int
    policies: tuple[str, ...] = ()
    opened: list[tuple[datetime, int]] = []
    clicked: list[tuple[datetime, int]] = []
    address: str = ""
    """Where it went: a bounce belongs to the address it came from."""
    returned: tuple[str, ...] = ()
    """What came back of it: `bounced`, `complained`, `unsubscribed`, each once."""


class Measure(msgspec.Struct, omit_defaults=True):
    """A measuring that waits for its event, until `until`; it outlives its run."""

    name: str
    event: str
    where: int
    """Which `measure` step of its campaign, for the event's filter."""
    campaign: str
    until: datetime
    since: int
    key: str = ""
    label: str = ""
    """Which run of its campaign, and which round: each is counted once."""

    def same_run(self, other: Measure) -> bool:
        """Whether both are of one step, passed twice in one round."""
        return (self.campaign, self.where, self.key, self.label) == (
            other.campaign, other.where, other.key, other.label,
        )  # fmt: skip


class Run(msgspec.Struct, omit_defaults=True):
    """One way through one campaign; a restart goes on in the same run with the next round."""

    campaign: str
    key: str
    version: str
    """Of its campaign, on which it goes its way; empty for the one that runs, until it is saved."""
    number: int = 1
    round: int = 1
    status: Status = "running"
    pc: int = 0
    """The step it stands at."""
    since: datetime = LONG_AGO
    """When it came to stand there."""
    began: int = 0
    """Its place in the order of those who wait: by when the wait began."""
    due: datetime | None = None
    wait: dict[str, Any] = {}
    """What the step keeps while the run waits at it; only that step reads it."""
    started: datetime = LONG_AGO
    start_seq: int = 0
    """Where in the order of things the round began: `since start` is what came after."""
    event: dict[str, Any] | None = None
    reply: dict[str, Any] | None = None
    reply_event: str = ""
    last_run: datetime | None = None
    """Of an automation: when it ran before."""
    answer: Any = None
    timed_out: bool = False
    missed: bool = False
    sent: bool = False
    failed: bool = False
    goals: int = 0
    """Bit i is set where the condition of goal i held when it was last looked at."""
    counters: dict[str, int] = {}
    """How often a loop was passed, which branch was taken: by the step's place."""
    passed: list[str] = []
    """Steps that were done in this round before another version put them behind where it stands:
    they are passed over."""
    step: str = ""
    """The stable name of the step it stands at, as it was kept: by it the step is found again in a
    program that was edited."""

    @property
    def under_way(self) -> bool:
        return self.status in ("running", "waiting", "halted")

    @property
    def held(self) -> bool:
        """It has come to what a person has paused, and waits to be let go on."""
        return "held" in self.wait

    @property
    def label(self) -> str:
        return f"{self.number}.{self.round}"


@dataclass(slots=True)
class Contact:
    """One contact.  `fields` holds the built-in ones too, all but `id`."""

    id: str
    fields: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, datetime | None] = field(default_factory=dict)
    """Tags, each with the moment at which it ends, or None."""
    groups: set[str] = field(default_factory=set)
    consent: dict[str, bool] = field(default_factory=dict)
    """By channel: True where marketing was granted, False where it was withdrawn."""
    blocked: bool = False
    bounced: set[str] = field(default_factory=set)
    """Addresses that bounced, in lower case: nothing more goes there until the field changes."""
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: dict[str, list[Happening]] = field(default_factory=dict)
    messages: list[Sent] = field(default_factory=list)
    runs: dict[RunKey, Run] = field(default_factory=dict)
    measures: list[Measure] = field(default_factory=list)
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """The last code this contact got from each list, and when."""
    elsewhere: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """By message: to which other address a copy with this contact's data went last, and when."""
    scheduled: dict[str, str] = field(default_factory=dict)
    """By scheduled event: the last day, or moment, for which it was made; never twice."""
    tag_began: dict[str, int] = field(default_factory=dict)
    """For tags with an end: their place in the order of things that fall due."""
    seq: int = 0
    """Counts what happened to this contact; it orders changes within one instant."""
    clock: datetime | None = None
    """The last moment up to which everything due was done."""
    deleted: bool = False
    merged_into: str = ""
    """The contact that it is part of since two were merged; what comes for it goes there."""
    merged_from: list[str] = field(default_factory=list)
    """Those that are part of it since then, also by way of others: letters to them may wait."""

    def not_before(self, at: datetime) -> datetime:
        """When something that comes at a moment happens to this contact: then, or at its last
        moment where that is later.
        """
        clock = self.clock
        return at if clock is None or clock < at else clock

    def zone_name(self) -> str | None:
        name = self.fields.get("timezone")
        return name if isinstance(name, str) and name else None


def quoted(campaign: str) -> str:
    """A campaign as people read it: in quotes, but for what names itself, as an automation does."""
    return campaign if '"' in campaign else f'"{campaign}"'


class Entry(NamedTuple):
    """One line of a contact's history: what was decided, where, and why."""

    at: datetime
    contact: str
    campaign: str
    round: int
    step: str
    line: int
    what: str
    because: str

    @property
    def whose(self) -> str:
        """The campaign as people read it."""
        return quoted(self.campaign)

    def data(self) -> dict[str, Any]:
        """The entry as the JSON object of `--timeline`."""
        row = self._asdict()
        row["at"] = self.at.isoformat().replace("+00:00", "Z")
        return row


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered message on its way out: what a delivery gets to hand over."""

    id: str
    """The same however often a send is tried: made of contact, campaign, run and step."""
    contact: str
    message: str
    campaign: str
    at: datetime
    channel: str
    kind: str
    address: str
    subject: str
    text: str
    html: str
    sender: str
    reply_to: str
    unsubscribe: str
    """The one-click unsubscribe link of marketing mail (RFC 8058), else empty."""
    codes: tuple[tuple[str, str], ...] = ()
    """The coupon codes in it, as pairs of list and code."""
    process: tuple[str, ...] = ()
    """The identity of the process that it belongs to; empty for what tells a person something."""


def usable_address(raw: object) -> tuple[str, bool]:
    """An address without its [NO MAILING] mark and notes, and whether it bore the mark (S5.4)."""
    if not isinstance(raw, str):
        return "", False
    mark = NO_MAILING.search(raw)
    if mark is None:
        return raw.strip(), False
    return address_beside(raw, mark.start(), mark.end()), True


def resolve_zone(contact: Contact, default: ZoneInfo) -> ZoneInfo:
    """The contact's own zone where it has a known one, else the workspace's."""
    from flowlang.calendar import zone

    name = contact.zone_name()
    return (zone(name) or default) if name else default
