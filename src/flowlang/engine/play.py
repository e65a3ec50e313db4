"""A test under way: contacts, a clock and a world of its own, and what its lines ask of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flowlang.calendar import minute
from flowlang.contact import Contact, Entry, Happening, Run
from flowlang.effects import CallReply
from flowlang.engine.arrivals import Refused
from flowlang.engine.calling import Call
from flowlang.engine.files import Files
from flowlang.engine.interpreter import Interpreter
from flowlang.engine.retelling import decision
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import World
from flowlang.intake.contacts import ContactRows
from flowlang.intake.coupons import CodeRows
from flowlang.program.program import Program
from flowlang.speech import Text, joined, tr, why


class Failed(Exception):
    """An expectation does not hold; the message says what was so instead."""


class NotedFiles(Files):
    """No files either, but it is known which ones a job has asked for."""

    def __init__(self) -> None:
        self.read: list[Path] = []
        self.written: list[Path] = []

    def contacts(self, path: Path) -> ContactRows:
        self.read.append(path)
        return super().contacts(path)

    def codes(self, path: Path) -> CodeRows:
        self.read.append(path)
        return super().codes(path)

    def publish(self, path: Path) -> None:
        self.written.append(path)

    def write_report(self, path: Path, name: str) -> None:
        self.written.append(path)


@dataclass(slots=True)
class Play:
    """What a test has set up and seen so far."""

    program: Program
    world: World
    timeline: Timeline
    files: NotedFiles = field(default_factory=NotedFiles)
    entries: list[Entry] = field(default_factory=list)
    answers: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    """By URL: what a call is answered, None where it fails."""
    refused: str | None = None
    """What the action before was refused with."""
    looked: bool = False
    """The test has looked at the refusal."""
    started: bool = False

    @classmethod
    def of(
        cls,
        program: Program,
        codes: dict[str, tuple[str, ...]],
        interpreter: Callable[[Program, World], Interpreter] = Interpreter,
    ) -> Play:
        """A fresh one; `codes` are those of the lists' files."""
        world = World(program, writes_letters=True)
        files = NotedFiles()
        play = cls(program, world, Timeline(program, world, files, interpreter), files)
        world.history = play.entries.append
        world.answers = play.answer
        for name, known in codes.items():
            world.pool(name).add(known)
        return play

    # ------------------------------------------------------------------ set up

    def give(self, contact: Contact) -> None:
        """A contact that stands there."""
        if self.timeline.now is not None:
            contact.fields.setdefault("created", self.timeline.now)
        self.timeline.add(contact)

    def gave(self, contact: str, event: str, data: dict[str, Any], at: datetime) -> None:
        """An event that happened to a contact before the test begins: it is no trigger."""
        found = self.contact(contact)
        found.events.setdefault(event, []).append(Happening(at, {"at": at, **data}, 0))
        before = sorted((one.at, name, one) for name in found.events for one in found.events[name])
        found.events = {name: [] for name in found.events}
        for found.seq, (_, name, one) in enumerate(before, 1):
            found.events[name].append(one._replace(seq=found.seq))

    def stock(self, name: str, amount: int) -> None:
        """A list with so many codes that no one else has."""
        pool = self.world.pool(name)
        pool.free, pool.known = deque(), set()
        pool.add(tuple(f"TEST-{number:04}" for number in range(1, amount + 1)))

    def answer(self, call: Call) -> CallReply:
        known = self.answers.get(call.url, {})
        return CallReply("failed") if known is None else CallReply("answered", known)

    # ------------------------------------------------------------------ time and what happens

    def move(self, to: datetime) -> None:
        """Let time pass.  Raises Failed where it would go back."""
        now = self.timeline.now
        if not self.started or now is None:
            self.started = True
            for contact in self.timeline.contacts.values():
                contact.fields.setdefault("created", to)
            self.timeline.begin(to)
        elif to < now:
            raise Failed(
                tr("time only goes forward: it is {moment} already", moment=self.clock(now))
            )
        self.timeline.advance(to)
        self.timeline.rest()

    def do(self, action: Callable[[], None]) -> None:
        """Let something happen; a refusal is kept for the next line."""
        try:
            action()
        except Refused as refusal:
            self.refused = why(refusal)
        self.timeline.rest()

    def no_surprise(self) -> None:
        """Something else is to happen: a refusal must have been looked at.  Raises Failed."""
        if self.refused is not None and not self.looked:
            raise Failed(tr("this was refused: {reason}", reason=self.refused))
        self.refused, self.looked = None, False

    def act(self, contact: str, change: Callable[[Interpreter], None]) -> None:
        """A change to a contact, from outside."""
        self.timeline.let(contact, change)

    @property
    def now(self) -> datetime:
        if self.timeline.now is None:
            raise Failed(tr("the clock of a test starts at its first `at`"))
        return self.timeline.now

    # ------------------------------------------------------------------ looking

    def contact(self, name: str) -> Contact:
        return self.timeline.contacts[name]

    def standing(self, message: str) -> int:
        """How many stand at a send of this message: halted, or waiting for its window or cap."""
        return sum(
            run.status in ("waiting", "halted") and self._sends(run) == message
            for contact in self.timeline.contacts.values()
            for run in contact.runs.values()
        )

    def _sends(self, run: Run) -> str:
        instruction = self.program.campaign_of(run).instructions[run.pc]
        return getattr(getattr(instruction, "message", None), "name", "")

    def runs(self, contact: str, campaign: str) -> list[Run]:
        """The runs of a contact in a campaign, of any key."""
        return [run for run in self.contact(contact).runs.values() if run.campaign == campaign]

    def clock(self, moment: datetime) -> str:
        """A moment as a test writes it."""
        return minute(moment, self.program.config.timezone)

    def story(self, contact: str | None) -> str:
        """The timeline up to here, for people."""
        lines = []
        for entry in self.entries:
            if contact is not None and entry.contact != contact:
                continue
            who = (
                f"{entry.contact}  " if contact is None and len(self.timeline.contacts) > 1 else ""
            )
            head = f"  {self.clock(entry.at)}  {who}"
            lines.append(Text("{head}{said}", {"head": head, "said": decision(entry)}))
        return joined(lines[-60:], "\n") if lines else tr("  nothing has happened")
