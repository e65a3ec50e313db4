"""Many contacts, virtual time: what a program does to them, counted.

The clock only jumps from one thing that happens to the next, and nothing leaves the machine.  The
same program, contacts, events and seed give the same outcome, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flowlang.contact import Contact, Entry
from flowlang.engine.arrivals import Refused
from flowlang.engine.files import Files
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import World
from flowlang.program.program import Program

if TYPE_CHECKING:
    from flowlang.intake.contact_row import ContactRow
    from flowlang.intake.events import Arrival

HORIZON = timedelta(days=400)
"""How long after the last event schedules go on where no end is given: they have none."""
LONG_HORIZON = timedelta(days=3653)
"""The same where there are no schedules: what waits longer than that is left waiting."""
PROGRESS_EVERY = 1_000
"""Events between two looks at the progress."""


@dataclass(slots=True)
class Simulation:
    """A simulation: what goes in, the world it runs in, and what was refused in it."""

    program: Program
    start: datetime
    until: datetime | None = None
    """Where it ends, the moment included; None: when nothing is due any more."""
    record: Callable[[Entry], None] | None = None
    """Takes the history, where someone wants it."""
    files: Files | None = None
    """Those that automations read."""
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Events that could not happen: the line of each, and why."""
    after: int = 0
    """Events after the end, which did not happen."""
    world: World = field(init=False)
    timeline: Timeline = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(
            self.program, writes_letters=False, keeps_sends=False, history=self.record
        )
        self.timeline = Timeline(self.program, self.world, self.files)

    def run(
        self,
        contacts: Iterable[ContactRow],
        codes: dict[str, tuple[str, ...]],
        arrivals: Sequence[Arrival],
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:
        """Let everything happen.  `codes` are those that coupon lists hold beforehand."""
        for name, known in codes.items():
            self.world.pool(name).add(known)
        for row in contacts:
            self.timeline.add(_contact(row, self.start))
            self.timeline.remember(row)
        self.timeline.begin(self.start)
        last = self._arrivals(sorted(arrivals, key=_moment), progress)
        if self.until is not None:
            self.timeline.advance(self.until)
            self.timeline.rest()
            return
        horizon = HORIZON if self.program.timetable else LONG_HORIZON
        self.timeline.run_until(last + horizon)
        self.timeline.rest()
        self.until = self.timeline.now

    def _arrivals(self, arrivals: Sequence[Arrival], progress: Callable[[int], None]) -> datetime:
        """Let the events happen, in order of time and then of line; the moment of the last one."""
        arrive, until = self.timeline.arrive, self.until
        seen: set[str] = set()
        last = self.start
        for number, arrival in enumerate(arrivals):
            at = arrival.at
            if number % PROGRESS_EVERY == 0:
                progress(number)
            if at < self.start:
                self.refused.append((arrival.line, f"it is before the start, {stamp(self.start)}"))
                continue
            if until is not None and at > until:
                self.after = len(arrivals) - number
                break
            if arrival.id is not None:
                if arrival.id in seen:
                    continue
                seen.add(arrival.id)
            last = at
            try:
                arrive(arrival.contact, arrival.type, arrival.data, at)
            except Refused as refusal:
                self.refused.append((arrival.line, str(refusal)))
        return last

    # ------------------------------------------------------------------ what came of it

    def counts(self) -> dict[str, Any]:
        """The outcome as JSON data (see `flow simulate`), but for `errors`."""
        world, contacts = self.world, self.timeline.everyone
        return {
            "contacts": len(contacts),
            "from": stamp(self.start),
            "until": stamp(self.until or self.start),
            "sent": self.sent(),
            "skipped": self._skipped(),
            "halted": {
                name: len(waiting)
                for name in self.program.messages
                if (waiting := world.waiting(name))
            },
            "coupons": {name: self._stock(name) for name in self.program.names.coupons},
            "tags": _tags(contacts),
            "campaigns": self._campaigns(contacts),
        }

    def _stock(self, name: str) -> dict[str, int]:
        pool = self.world.pool(name)
        return {"used": pool.used, "left": pool.left, "fallback": pool.fallback}

    def sent(self) -> dict[str, int]:
        """How often each message went out by now."""
        sent: Counter[str] = Counter()
        for process in self.world.processes.sends():
            sent[process.name] += process.done
        return {name: sent[name] for name in self.program.messages if sent[name]}

    def _skipped(self) -> dict[str, dict[str, int]]:
        skipped: dict[str, Counter[str]] = {}
        for process in self.world.processes.sends():
            if process.skipped:
                skipped.setdefault(process.name, Counter()).update(process.skipped)
        return {
            name: dict(sorted(skipped[name].items()))
            for name in self.program.messages
            if name in skipped
        }

    def _campaigns(self, contacts: Sequence[Contact]) -> dict[str, dict[str, int]]:
        """What became of the runs that started; `started` is the sum of the others."""
        standing: dict[str, Counter[str]] = {}
        for contact in contacts:
            for run in contact.runs.values():
                status = run.status
                if status not in ("finished", "stopped"):
                    # Who is deleted waits for nothing any more.
                    shown = "stopped" if contact.deleted else status
                    standing.setdefault(run.campaign, Counter())[shown] += 1
        found: dict[str, dict[str, int]] = {}
        for campaign in self.program.campaigns:
            name = campaign.name
            now = standing.get(name, Counter())
            found[name] = {
                "started": self.world.started[name],
                "finished": self.world.finished[name],
                "waiting": now["waiting"],
                "halted": now["halted"],
                "waiting for restart": now["waiting for restart"],
                "stopped": self.world.stopped[name] + now["stopped"],
            }
        return found


def with_seed(program: Program, seed: int | None) -> Program:
    """The program with another seed for what is random."""
    return program if seed is None else replace(program, config=replace(program.config, seed=seed))


def stamp(moment: datetime) -> str:
    """A moment as it stands in JSON."""
    return moment.isoformat().replace("+00:00", "Z")


def _moment(arrival: Arrival) -> tuple[datetime, int]:
    return arrival.at, arrival.line


def _contact(row: ContactRow, created: datetime) -> Contact:
    """A contact that is there already, as a row gives it."""
    fields = {name: value for name, value in row.fields.items() if value is not None}
    fields.setdefault("created", created)
    return Contact(
        row.key(),
        fields,
        dict.fromkeys(row.tags),
        set(row.groups),
        dict(row.consent),
        bool(row.blocked),
        records=dict(row.records),
    )


def _tags(contacts: Sequence[Contact]) -> dict[str, int]:
    tags: Counter[str] = Counter()
    for contact in contacts:
        if not contact.deleted:
            tags.update(contact.tags.keys())
    return dict(sorted(tags.items()))
