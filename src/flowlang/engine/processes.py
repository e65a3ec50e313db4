"""What takes long is a process: it has a type, a status and progress, and a number people call it
by.

The sends of one message by one campaign are one process; each group send, import, export and
report is one of its own (S1.8).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from flowlang.speech import tr

if TYPE_CHECKING:
    from flowlang.program.program import Campaign

ProcessType = Literal[
    "campaign",
    "message send",
    "group send",
    "import contacts",
    "import coupons",
    "export contacts",
    "export report",
]
ProcessStatus = Literal["waiting", "running", "halted", "paused", "finished", "failed", "cancelled"]

TYPES: tuple[ProcessType, ...] = get_args(ProcessType)
SENDS: frozenset[ProcessType] = frozenset({"message send", "group send"})


class Identity(NamedTuple):
    """What tells a process from every other."""

    type: ProcessType
    name: str
    """What it is about: a campaign, a message, a file, a coupon list, a report."""
    by: str = ""
    """The campaign or automation it belongs to; empty where a person did it, and of a campaign."""
    key: str = ""
    """Tells those apart of which there are many of one name: the key of a group send's runs, the
    moment of an import."""

    @property
    def spelt(self) -> str:
        """As people name it who have no number: `CAMPAIGN: MESSAGE`."""
        return f"{self.by}: {self.name}" if self.by else self.name


def of_send(message: str, campaign: Campaign, key: str) -> Identity:
    """The process that a send belongs to: that of the group send, or the campaign's own."""
    if campaign.group_send:
        return Identity("group send", message, campaign.group_send, key)
    return Identity("message send", message, campaign.name)


def named(identity: Identity) -> str:
    """A process in words: `the message send "Offer" of "Webinar"`."""
    what = _THE[identity.type]
    if identity.by:
        return tr('{what} "{name}" of "{by}"', what=what, name=identity.name, by=identity.by)
    return tr('{what} "{name}"', what=what, name=identity.name)


_THE: dict[ProcessType, str] = {
    "campaign": tr("the campaign"),
    "message send": tr("the message send"),
    "group send": tr("the group send"),
    "import contacts": tr("the import contacts"),
    "import coupons": tr("the import coupons"),
    "export contacts": tr("the export contacts"),
    "export report": tr("the export report"),
}


@dataclass(slots=True)
class Process:
    """One process, with its progress."""

    identity: Identity
    number: int = 0
    """By which people call it; given by the store, 0 before."""
    status: ProcessStatus = "running"
    audience: int | None = None
    """Of how many, where that was fixed at its start."""
    done: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """By reason."""
    because: str = ""
    """Why it is halted, paused, cancelled or has failed."""
    who: str = ""
    """Who halted, paused or cancelled it: a person's name, or empty for the engine."""
    since: datetime | None = None
    """Since when it is halted, paused or cancelled."""
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def past(self) -> int:
        """With how many it is through: done, failed and skipped."""
        return self.done + self.failed + sum(self.skipped.values())

    def end(self, status: ProcessStatus, at: datetime, because: str = "") -> None:
        """Nothing more happens."""
        self.status, self.ended, self.because = status, at, because

    def halt(self, at: datetime, because: str) -> None:
        """It stands until a person resumes it."""
        self.status, self.since, self.because, self.who = "halted", at, because, ""

    def go_on(self) -> None:
        """It is not halted, paused or cancelled any more."""
        self.status, self.since, self.because, self.who = "running", None, "", ""


@dataclass(slots=True)
class Processes:
    """The processes that a world knows."""

    by_identity: dict[Identity, Process] = field(default_factory=dict)
    interrupted: dict[Identity, Literal["paused", "cancelled"]] = field(default_factory=dict)
    """Those whose steps are held or passed over; most often none."""

    def __iter__(self) -> Iterator[Process]:
        return iter(self.by_identity.values())

    def add(self, process: Process) -> Process:
        self.by_identity[process.identity] = process
        if process.status == "paused" or process.status == "cancelled":  # noqa: PLR1714 - mypy reads it
            self.interrupted[process.identity] = process.status
        return process

    def interrupt(
        self,
        process: Process,
        status: Literal["paused", "cancelled"],
        at: datetime,
        *,
        who: str,
        because: str,
    ) -> None:
        """A person pauses or cancels it."""
        process.status, process.since, process.who, process.because = status, at, who, because
        self.interrupted[process.identity] = status

    def release(self, process: Process) -> None:
        """A person lets it go on."""
        process.go_on()
        self.interrupted.pop(process.identity, None)

    def find(self, identity: Identity) -> Process | None:
        return self.by_identity.get(identity)

    def made(self, identity: Identity, now: datetime) -> Process:
        """A process, made where there is none yet."""
        return self.find(identity) or self.add(Process(identity, started=now))

    def sends(self) -> list[Process]:
        """The sends of campaigns and to groups."""
        return [one for one in self if one.identity.type in SENDS]

    def halted(self, message: str) -> list[Process]:
        """The sends of a message that are halted."""
        return [one for one in self.sends() if one.name == message and one.status == "halted"]
