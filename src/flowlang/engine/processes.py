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
from typing import Literal, NamedTuple

ProcessType = Literal[
    "message send",
    "group send",
    "import contacts",
    "import coupons",
    "export contacts",
    "export report",
]
ProcessStatus = Literal["waiting", "running", "halted", "paused", "finished", "failed", "cancelled"]

SENDS: frozenset[ProcessType] = frozenset({"message send", "group send"})
OVER: frozenset[str] = frozenset({"finished", "failed", "cancelled"})
"""Statuses in which nothing more happens."""


class Identity(NamedTuple):
    """What tells a process from every other."""

    type: ProcessType
    name: str
    """What it is about: a message, a file, a coupon list, a report."""
    by: str
    """The campaign or automation it belongs to; empty where a person did it."""
    key: str = ""
    """Tells those apart of which there are many of one name: the key of a group send's runs, the
    moment of an import."""


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


@dataclass(slots=True)
class Processes:
    """The processes that a world knows."""

    by_identity: dict[Identity, Process] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Process]:
        return iter(self.by_identity.values())

    def add(self, process: Process) -> Process:
        self.by_identity[process.identity] = process
        return process

    def find(self, identity: Identity) -> Process | None:
        return self.by_identity.get(identity)

    def sends(self) -> list[Process]:
        """The sends of campaigns and to groups."""
        return [one for one in self if one.identity.type in SENDS]

    def halted(self, message: str) -> list[Process]:
        """The sends of a message that are halted."""
        return [one for one in self.sends() if one.name == message and one.status == "halted"]
