"""The rows that go into a store and come out of it.  Every moment is an aware datetime in UTC."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from flowlang.contact import Entry, Letter

ArrivalStatus = Literal["pending", "applied", "refused"]
LetterStatus = Literal["queued", "handing over", "handed over", "failed", "unknown", "taken back"]


class ContactRow(NamedTuple):
    """A contact as it lies in the store."""

    id: str
    number: int
    """Its place in the order in which contacts were made."""
    state: str
    """All that belongs to it, as JSON text that the engine reads."""
    email: str | None = None
    """In lower case and without marks: what an import finds it by."""
    zone: str = ""
    """The time zone it names itself; empty where it has the workspace's."""
    due: datetime | None = None
    """When the next thing falls due for it."""
    began: int = 0
    """Of what is due: its place in the order of those who wait."""
    entries: int = 0
    """How many history entries it has."""
    version: int = 0
    """Counts how often it was written."""
    deleted: bool = False


class RunRow(NamedTuple):
    """Where a run stands, for those who count and those who look for it; the state says the
    rest.  Its status is `held` where it waits for a person to resume what is paused.
    """

    contact: str
    campaign: str
    key: str
    status: str
    step: str
    """The stable name of the step it stands at."""
    version: str
    """Of the campaign, when the run began."""
    message: str
    """The message at whose send it stands, else empty."""
    began: int
    """Its place in the order of those who wait."""


class ArrivalRow(NamedTuple):
    """Something that came from outside: kept for good, applied once."""

    at: datetime
    contact: str | None
    type: str
    data: str
    """As JSON text."""
    id: str | None = None
    """Given by the sender; one that was seen before is left out."""
    seq: int = 0
    """The order of arrival, given by the store."""
    status: ArrivalStatus = "pending"
    reason: str = ""
    """Why it was refused."""
    email: str | None = None
    """The e-mail address that it gives its contact (lower case), empty where it takes it away; None
    where it says nothing of it.
    """

    @property
    def place(self) -> tuple[datetime, int]:
        """In the order of all arrivals."""
        return self.at, self.seq


class Coming(NamedTuple):
    """That an arrival waits, without what it says."""

    contact: str | None
    type: str
    at: datetime
    seq: int

    @property
    def place(self) -> tuple[datetime, int]:
        """In the order of all arrivals."""
        return self.at, self.seq


class HistoryRow(NamedTuple):
    """An entry with its place in its contact's history."""

    seq: int
    entry: Entry


class ClaimedCode(NamedTuple):
    """A coupon code that went out."""

    list: str
    code: str
    contact: str
    message: str
    at: datetime


class Stock(NamedTuple):
    """How a coupon list stands."""

    free: int
    used: int


ProcessIdentity = tuple[str, str, str, str]
"""The first four of a process: its type, name, by and key."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """Something that takes long, with its progress; the first four tell it from every other."""

    type: str
    name: str
    """The message, file, list or report it is about."""
    by: str
    """The campaign or automation it belongs to; empty where a person did it."""
    key: str
    number: int
    """By which people call it; 0 until the store has given one."""
    status: str
    audience: int | None
    """Of how many, where that was fixed at its start."""
    done: int
    failed: int
    skipped: dict[str, int]
    """By reason."""
    because: str
    who: str
    """Who paused or cancelled it; empty for the engine."""
    since: datetime | None
    """Since when it is halted, paused or cancelled."""
    started: datetime | None
    ended: datetime | None

    @property
    def progress(self) -> Counter[str]:
        """How far it is: `done`, `failed`, and SKIPPED with each reason."""
        skipped = {f"{SKIPPED}{why}": amount for why, amount in self.skipped.items()}
        return Counter({"done": self.done, "failed": self.failed} | skipped)


SKIPPED = "skipped: "
"""Before the reason for which a process has skipped some."""


class ProgressRow(NamedTuple):
    """How much further a process has got."""

    process: int
    """Its number."""
    what: str
    """`done`, `failed`, or SKIPPED with the reason, as in `ProcessRow.progress`."""
    by: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What contacts share, as it stands."""

    stock: dict[str, Stock]
    """By coupon list."""
    halted: dict[str, int]
    """By message: how many runs wait for it to be resumed."""
    processes: list[ProcessRow]
    """Those that are not over, and those that were asked for since."""
    counters: dict[str, int]
    values: dict[str, str]
    """JSON texts by name."""


class NoticeRow(NamedTuple):
    """Something a person is told."""

    at: datetime
    who: str
    """`inbox`, or an address."""
    text: str
    number: int = 0
    """Its place among all, given by the store."""


class TrialRow(NamedTuple):
    """Which branch of a test (`split best by`) a run got, and whether its event was counted."""

    contact: str
    campaign: str
    step: str
    member: str
    branch: int
    counted: bool


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A message on its way out, and how far it is."""

    letter: Letter
    status: LetterStatus
    tries: int
    since: datetime
    """When it came into this status; of a queued one, when it may be handed over."""
    reason: str
    """Why it is in it; of one that is being handed over, who has claimed it."""


class SendingRow(NamedTuple):
    """A letter without its texts."""

    contact: str
    message: str
    campaign: str
    at: datetime
    channel: str
    address: str
    codes: tuple[tuple[str, str], ...]
    """As pairs of list and code."""
    status: LetterStatus
    reason: str


class Tally(NamedTuple):
    """How much there is, counted."""

    contacts: int
    """Without those that were deleted."""
    arrivals_due: int
    """Those that wait and whose time has come."""
    arrivals_ahead: int
    """Those of a later time."""
    letters: dict[str, int]
    """By status."""


class LetterFate(NamedTuple):
    """What became of a letter that was claimed."""

    id: str
    status: LetterStatus
    at: datetime
    """Of a queued one, when it may be tried again."""
    reason: str = ""
    tries: int | None = None
    """How often it was tried, where it was claimed and not tried; else the claim has counted."""
    rated: bool = False
    """It is queued, and waits for its turn: enough go to its domain already."""


class Waiting(NamedTuple):
    """Letters that may not be handed over yet, all for one reason."""

    reason: str
    letters: int
    """How many."""
    first: datetime
    """When the first of them may go."""
    rated: bool = False
    """They wait for their turn: enough go to their domain already."""


@dataclass(slots=True)
class Changes:
    """All that one step of the engine did: it is saved in one piece or not at all."""

    contacts: list[ContactRow] = field(default_factory=list)
    runs: list[RunRow] = field(default_factory=list)
    runs_gone: list[tuple[str, str, str]] = field(default_factory=list)
    """Contact, campaign and key."""
    history: list[HistoryRow] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    taken_back: list[tuple[str, str]] = field(default_factory=list)
    """Of each letter that must not go out any more: its id, and why.  One that is being handed over
    may be out already: it is taken back if it comes back.
    """
    codes: list[ClaimedCode] = field(default_factory=list)
    processes: list[ProcessRow] = field(default_factory=list)
    """Those that are new, with their progress; and those of which anything else has changed."""
    progress: list[ProgressRow] = field(default_factory=list)
    """Of processes that the store knows."""
    notices: list[NoticeRow] = field(default_factory=list)
    trials: list[TrialRow] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    """By how much each has grown."""
    counters_gone: list[str] = field(default_factory=list)
    """Those that begin anew; to be taken away by someone who is alone."""
    values: dict[str, str] = field(default_factory=dict)
    """JSON texts by name; an empty one takes the value away."""
    program: str | None = None
    """The program that is applied with this."""
    arrivals: list[tuple[int, ArrivalStatus, str]] = field(default_factory=list)
    """Of each arrival that was dealt with: its seq, what became of it, and why."""
