"""What contacts share: coupon lists, halted sends, caps over all, counts, and what goes out.

Plain data in memory.  A simulation keeps it for its whole life; a worker fills it from the store at
the beginning of a transaction and writes back what changed at the end.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowlang.contact import Contact, Entry, Letter, Run, RunKey
from flowlang.effects import CallReply
from flowlang.engine.calling import Call
from flowlang.engine.processes import Identity, Process, Processes, of_send
from flowlang.engine.telling import Said
from flowlang.intake.problem import Problem
from flowlang.program.program import Campaign, Program


@dataclass(slots=True)
class Pool:
    """The codes of a list that are still free, in the order of import."""

    free: deque[str] = field(default_factory=deque)
    used: int = 0
    fallback: int = 0
    """How often the text stood in for a code."""
    known: set[str] = field(default_factory=set)
    """Every code ever imported: one that is known is left out."""
    taken: list[tuple[str, str, str, datetime]] = field(default_factory=list)
    """Code, contact, message and moment, since the last time this was looked at."""

    @property
    def left(self) -> int:
        return len(self.free)

    def add(self, codes: tuple[str, ...]) -> int:
        """Import codes; gives how many were new."""
        new = 0
        for code in codes:
            if code not in self.known:
                self.known.add(code)
                self.free.append(code)
                new += 1
        return new


@dataclass(slots=True)
class Experiment:
    """A `split best by` under way."""

    ends: datetime
    assigned: list[int]
    won: list[int]
    members: dict[str, int] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    winner: int | None = None


@dataclass(slots=True)
class SentOut:
    """One send as it went out: what tests and statistics look at."""

    message: str
    contact: str
    address: str
    at: datetime
    campaign: str
    subject: str
    body: str
    elsewhere: bool = False
    """It went to another address than the contact's own."""


@dataclass(slots=True)
class Skipped:
    """One send that did not go out, and why."""

    message: str
    contact: str
    at: datetime
    because: str
    detail: str = ""
    """Which value was missing."""


@dataclass(slots=True)
class Notice:
    """Something a person is told: by mail, or in the inbox."""

    at: datetime
    who: str
    text: str


@dataclass(slots=True)
class World:
    """Everything beyond a single contact."""

    program: Program
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    robinson: set[str] = field(default_factory=set)
    """Addresses, in lower case."""
    processes: Processes = field(default_factory=Processes)
    halted: dict[str, list[tuple[str, RunKey, int]]] = field(default_factory=dict)
    """By message: who waits for it, in order: contact, run, and which standing of it."""
    resuming: str | None = None
    recent: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    """When messages went out that a cap over all contacts counts, by policy and words."""
    experiments: dict[tuple[str, str], Experiment] = field(default_factory=dict)
    measured: Counter[str] = field(default_factory=Counter)
    reactions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What people did with what they got, and what came back: by what (`opened`) and message, each
    once for each send; under an empty name where the message is not known."""
    started: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    sent: list[SentOut] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    called: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    reported: list[Notice] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    letters_wait: bool = False
    """Letters stand in a queue, from which they can be taken back; else they are out at once."""
    taken_back: list[tuple[Letter, str]] = field(default_factory=list)
    """Letters that must not go out any more, each with the reason."""
    handed_over: set[str] = field(default_factory=set)
    """The ids of letters that are being handed over: they may be out already."""
    ticks: int = 0
    writes_letters: bool = False
    """Render every message; else only those whose outcome shows in rendering."""
    keeps_sends: bool = True
    """Keep `sent` and `skipped` one by one; else only count them."""
    misread: dict[tuple[str, Problem], None] = field(default_factory=dict)
    """What was wrong in files that automations have read: the file, and what; each once."""
    system_events: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    """What happened to the system and no automation has seen yet: name, data, and the automation
    by which it came about, if any."""
    history: Callable[[Entry], None] | None = None
    answers: Callable[[Call], CallReply] | None = None
    pause: bool = False
    """Nothing more is to happen for now: what has happened is to be saved first."""

    def answer(self, call: Call) -> CallReply:
        """Have a call answered; where nobody does, it succeeds without an answer."""
        return self.answers(call) if self.answers else CallReply("answered", {})

    def tick(self) -> int:
        """The next place in the order of those who wait."""
        self.ticks += 1
        return self.ticks

    def pool(self, name: str) -> Pool:
        found = self.pools.get(name)
        if found is None:
            found = self.pools[name] = Pool()
        return found

    def send_process(self, message: str, campaign: Campaign, key: str, now: datetime) -> Process:
        """The process that a send belongs to."""
        identity = of_send(message, campaign, key)
        found = self.processes.by_identity.get(identity)
        return found if found is not None else self.processes.made(identity, now)

    def entries_of(self, contact: str) -> int:
        """How many entries the history of a contact has, where it is kept."""
        return 0

    def happened(self, event: str, data: dict[str, Any], by: str = "") -> None:
        """Something happened to the system that an automation may wait for."""
        if self.program.automations:
            self.system_events.append((event, data, by))

    def nears(self, what: Hashable, left: int) -> None:
        """A number that contacts share nears its end, at which something happens: so many are
        left.  Who does not see all of them at work says so here.
        """

    def process(self, identity: Identity, now: datetime) -> Process:
        """A process, also one that is over."""
        return self.processes.made(identity, now)

    def take_back(self, contact: Contact, channel: str, reason: str) -> list[Letter]:
        """Take the letters to a contact out of the queue, all or the marketing by a channel; gives
        those that waited, for the others may be out already.
        """
        ids = (contact.id, *contact.merged_from) if self.letters_wait else ()
        queue = [letter for one in ids for letter in self.queue(one)]
        taken = [
            one
            for one in sorted(queue, key=lambda one: (one.at, one.campaign, one.message))
            if not channel or (one.kind, one.channel) == ("marketing", channel)
        ]
        self.taken_back += [(one, reason) for one in taken]
        return [one for one in taken if one.id not in self.handed_over]

    def queue(self, contact: str) -> list[Letter]:
        """The letters to a contact that are not out yet for all one knows."""
        back = {one.id for one, _ in self.taken_back}
        return [one for one in self.letters if one.contact == contact and one.id not in back]

    def tell(self, at: datetime, what: Said) -> None:
        """Tell the inbox, in the workspace's language."""
        self.notice(at, "inbox", what.say(self.program.language))

    def notice(self, at: datetime, who: str, text: str) -> None:
        self.notices.append(Notice(at, who, text))

    def anyone_waits(self, message: str) -> bool:
        """Whether someone still waits for a halted message: most often the first one tells."""
        queue = self.halted.get(message)
        return bool(queue and self._waits(queue[0])) or bool(self.waiting(message))

    def _waits(self, place: tuple[str, RunKey, int]) -> tuple[Contact, Run] | None:
        """Who has a place in the queue of a halted message, None where that one is gone."""
        contact_id, key, began = place
        contact = self.contacts.get(contact_id)
        run = contact.runs.get(key) if contact else None
        if contact is None or run is None or run.status != "halted" or run.began != began:
            return None
        return contact, run

    def waiting(self, message: str) -> list[tuple[Contact, Run]]:
        """Who still waits for a halted message, in order; it is halted only while someone does."""
        found: list[tuple[Contact, Run]] = []
        kept: list[tuple[str, RunKey, int]] = []
        for place in self.halted.get(message, ()):
            one = self._waits(place)
            if one is not None:
                found.append(one)
                kept.append(place)
        if kept:
            self.halted[message] = kept
        else:
            self.halted.pop(message, None)
            self.go_on(message)
        return found

    def each_waiting(self, message: str) -> Iterator[tuple[Contact, Run]]:
        """The same one by one: they need not all be at hand together."""
        yield from self.waiting(message)

    def go_on(self, message: str) -> None:
        """The sends of a message are not halted any more."""
        for process in self.processes.halted(message):
            process.go_on()
