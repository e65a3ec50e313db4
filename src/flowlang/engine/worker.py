"""The engine over a store: what is due, what arrived and what schedules make, in the order of time.

Time is taken in stretches.  One stretch is a transaction: the contacts with something due or
arrived in it are read, all of it happens, and all that came of it is written back at once.  A
stretch ends where the next contacts would have to be read, so that everything happens in one order
of time, whatever the size of a batch.  Killed at any point, the engine goes on from the last
stretch that was saved.

The clock is handed in.  What fell due while nobody ran the engine happens at the moment it was due.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import datetime

from flowlang import calendar
from flowlang.engine.applying import apply_program
from flowlang.engine.arrivals import REACTIONS, Moot, Refused
from flowlang.engine.batch import Batch
from flowlang.engine.batch_timeline import Horizon
from flowlang.engine.beside import Alone
from flowlang.engine.claiming import stretch_beside
from flowlang.engine.controls import VERBS, Release, campaigns_of, may_resume
from flowlang.engine.files import Files
from flowlang.engine.pass_report import Report
from flowlang.engine.position import JUST_AFTER, NAME, Position, Scheduled, Sweep, stamp
from flowlang.engine.processes import Identity
from flowlang.engine.state import States, stranded
from flowlang.engine.sweeping import ask, asks, end
from flowlang.engine.telling import Said
from flowlang.engine.world import Answers
from flowlang.kinds import decode
from flowlang.program.program import Program, ScheduledRun
from flowlang.stores.rows import ArrivalRow, Changes, Coming, ContactRow, NoticeRow, Shared
from flowlang.stores.store import Store

BATCH = 500
"""Contacts, and arrivals, in one transaction."""
BATCH_WITH_CALLS = 20
"""The same where a step may have to wait for an answer from the web."""
_OF_SYSTEM = frozenset((*VERBS, "import finished", "merge", "run automation"))
"""Types of arrivals that concern many contacts, or the system."""
_MOST_ALONE = 32
"""Stretches that a worker does alone before it tries again beside others."""
_STANDING = ("waiting", "halted", "held")
"""In which statuses of its runs a person lets a contact go on."""


class Worker:
    """Runs a program over a store."""

    def __init__(
        self,
        program: Program,
        store: Store,
        *,
        answers: Answers | None = None,
        files: Files | None = None,
        batch: int = BATCH,
    ) -> None:
        self.program = program
        self.store = store
        self.answers = answers
        self.files = files
        self.batch = batch
        self.states = States(program)
        self.report = Report()
        self._alone_for = 0
        """So many stretches it stays alone, where workers may be beside each other."""
        self._patience = 1
        self.stopping = False
        """Set by someone who wants it to end after the stretch under way."""
        self.between: Callable[[], None] = lambda: None
        """Called after each stretch, by someone who wants to show how far it is."""

    def run(self, now: datetime) -> Report:
        """Do all that is to be done up to a moment, and say what it was."""
        report = self.report = Report()
        while not self.stopping and self._next(now, report):
            self.between()
        self.report = report
        if report.reactions:
            told = Said("reactions-refused", {"count": report.reactions})
            text = told.say(self.program.config.language)
            self.store.save(Changes(notices=[NoticeRow(now, "inbox", text)]))
            report.notices += 1
        return report

    def may_resume(self, message: str, now: datetime, of: Identity | None = None) -> int:
        """How many go on if a halted message is resumed now, in one process or in all.

        Raises Refused where it cannot be.
        """
        with self.store.transaction():
            shared = self.store.shared()
            position = Position.read(shared.values.get(NAME))
            batch = self.open(position, shared, (now, math.inf))
            batch.take(self.store.contacts({one.contact for one in self.store.halted(message)}))
            return may_resume(message, batch.world, batch.timeline.interpreter.sending, of)

    # ------------------------------------------------------------------ one stretch of time

    def _next(self, now: datetime, report: Report) -> bool:
        """Do the next stretch of time, in one transaction; False where there is nothing to do."""
        done = None
        if self.store.many and not self._alone_for:
            try:
                done = self._part(stretch_beside, now, report)
                report.stretches["beside"] += 1
            except Alone:
                report.stretches["again"] += 1
                self._alone_for = self._patience = min(2 * self._patience, _MOST_ALONE)
            else:
                self._patience = 1
        if done is None:
            done = self._part(Worker._stretch, now, report)
            report.stretches["alone"] += 1
            self._alone_for = self._alone_for - 1 if done and self._alone_for else 0
        return done

    def _part(
        self, stretch: Callable[[Worker, datetime], bool], now: datetime, report: Report
    ) -> bool:
        """Do a stretch; what it did is reported once it is saved."""
        self.report = Report()
        done = stretch(self, now)
        report.absorb(self.report)
        return done

    def _stretch(self, now: datetime) -> bool:
        """Do the next stretch while nobody else does anything."""
        with self.store.transaction():
            shared = self.store.shared()
            position = Position.read(shared.values.get(NAME))
            if position.clock is None:
                self._begin(position, now)
            if self.program.config.missed == "skip":
                self.report.passed_over += position.skip_missed(self.program, now)
            if position.sweeps:
                return self._sweep(position, position.sweeps[0], shared)
            arrivals = self.store.arrivals("pending", self.batch, now)
            self.foresee(position, arrivals)
            return self._walk(position, shared, arrivals, now)

    def _begin(self, position: Position, now: datetime) -> None:
        """The clock of a store begins when its first contact came, or now."""
        first = self.store.arrivals("pending", BATCH, now)
        position.clock = min([now, *(row.at for row in first if row.type == "contact")])
        position.watch(self.program, self.program.config.timezone, position.clock)
        position.follow(self.program, position.clock)

    def foresee(self, position: Position, arrivals: list[ArrivalRow]) -> None:
        """Schedules fire in the zones of those who are about to come."""
        for row in arrivals if self.program.scheduled else ():
            name = None
            if row.type == "contact":
                name = json.loads(row.data).get("fields", {}).get("timezone")
            elif row.type == "set" and '"timezone"' in row.data:
                name = json.loads(row.data)["value"]
            found = calendar.zone(name) if isinstance(name, str) else None
            if found is not None:
                position.watch(self.program, found, row.at + JUST_AFTER)

    def _walk(
        self, position: Position, shared: Shared, arrivals: list[ArrivalRow], now: datetime
    ) -> bool:
        firing = position.next_firing(self.program)
        look = position.looks.at if position.looks else None
        sweep_at = min((at for at in (firing[0] if firing else None, look) if at), default=None)
        end: Horizon = (now, math.inf)
        open_at = None
        """A moment at which more is to be done than this stretch does."""
        if len(arrivals) == self.batch:
            end, open_at = (arrivals[-1].at, math.inf), arrivals[-1].at
        if sweep_at is not None and sweep_at <= end[0]:
            end, open_at = (sweep_at, math.inf), sweep_at
            arrivals = [row for row in arrivals if row.at < sweep_at]
        special = next(
            (place for place, row in enumerate(arrivals) if self.concerns_all(row)), None
        )
        if special is not None and arrivals[special].at <= end[0]:
            end, open_at = (arrivals[special].at, math.inf), arrivals[special].at
        due = self.store.due(end[0], self.batch)
        if len(due) == self.batch:
            last = due[-1]
            open_at = last.due or now
            end = (open_at, last.began)
            arrivals = [row for row in arrivals if row.at < open_at]
            special = self._first_special(arrivals)
        alone = arrivals[special] if special is not None else None
        ordinary = arrivals[:special]
        if not due and not ordinary:
            if alone is not None:
                return self._alone(position, shared, alone)
            if sweep_at is not None and sweep_at <= end[0]:
                if firing is not None and (look is None or firing[0] <= look):
                    return self._fire(position, shared, *firing)
                assert position.looks is not None
                position.sweeps.append(position.looks)
                position.looks = None
                self.store.save(Changes(values={NAME: position.write()}))
                return True
            if NAME in shared.values:
                return self._rest(position, shared)
        batch = self.open(position, shared, end)
        batch.take([*due, *self.store.contacts({row.contact for row in ordinary if row.contact})])
        timeline = batch.timeline
        for row in ordinary:
            timeline.advance(row.at)
            if timeline.sweeps:
                break
            self.arrive(batch, row)
        timeline.advance(end[0])
        if timeline.sweeps:
            reached = timeline.sweeps[0].at - JUST_AFTER
        else:
            reached = end[0] if open_at is None else open_at - JUST_AFTER
        position.clock = max(position.clock or reached, reached)
        self.close(batch)
        return bool(due or ordinary)

    def _first_special(self, arrivals: list[ArrivalRow]) -> int | None:
        """The place of the first arrival that concerns all."""
        return next((place for place, row in enumerate(arrivals) if self.concerns_all(row)), None)

    def open(
        self, position: Position, shared: Shared, end: Horizon, *, beside: bool = False
    ) -> Batch:
        """What a stretch does is done in a batch; nothing is at hand yet."""
        return Batch(
            self.states, self.store, position, shared, end,
            answers=self.answers, files=self.files, beside=beside,
        )  # fmt: skip

    def arrive(self, batch: Batch, row: ArrivalRow) -> None:
        """Apply an arrival, or refuse it."""
        try:
            batch.timeline.arrive(row.contact, row.type, decode(json.loads(row.data)), row.at)
        except Moot as moot:
            batch.changes.arrivals.append((row.seq, "applied", str(moot)))
            self.report.moot.append((row, str(moot)))
        except Refused as refused:
            self._refuse(batch.changes, row, str(refused))
        else:
            batch.changes.arrivals.append((row.seq, "applied", ""))
            self.report.applied += row.type != "import finished"  # the mark behind its rows

    def _refuse(self, changes: Changes, row: ArrivalRow, why: str) -> None:
        changes.arrivals.append((row.seq, "refused", why))
        if row.type in REACTIONS:
            self.report.reactions += 1
        else:
            self.report.refused.append((row, why))

    def close(self, batch: Batch, *, touched: bool = False) -> None:
        """Save what has happened in a batch."""
        changes, world, report = batch.save(touched=touched), batch.world, self.report
        report.sent.update(one.message for one in world.sent)
        report.skipped.update((one.message, one.because) for one in world.skipped)
        report.entries += len(changes.history)
        report.contacts += len(changes.contacts)
        report.notices += len(changes.notices)

    # ------------------------------------------------------------------ what concerns many at once

    def concerns_all(self, one: ArrivalRow | Coming) -> bool:
        """Whether an arrival concerns many contacts, or the system."""
        return one.contact is None or one.type in _OF_SYSTEM

    def _alone(self, position: Position, shared: Shared, row: ArrivalRow) -> bool:
        """An arrival that concerns many, or the system."""
        batch = self.open(position, shared, (row.at, math.inf))
        rows: list[ContactRow] = []
        if row.type in VERBS:
            data = json.loads(row.data)
            message = data["process"][1] if data.get("process") else data["message"]
            rows = self.store.contacts({one.contact for one in self.store.halted(message)})
        elif row.type == "merge":
            rows = self.store.contacts({row.contact or "", json.loads(row.data)["into"]})
        batch.take(rows)
        self.arrive(batch, row)
        self.close(batch)
        return True

    def _fire(
        self, position: Position, shared: Shared, at: datetime, _: int, key: str, what: Scheduled
    ) -> bool:
        """The moment of a schedule has come."""
        position.fired(what, key, at)
        batch = self.open(position, shared, (at, -1))
        if isinstance(what, ScheduledRun):
            batch.take([])
            batch.timeline.move(at)
            batch.timeline.fire(what)
            batch.timeline.follow()
        else:
            position.sweeps.append(Sweep("schedule", at, stamp=stamp(what), zone=key))
        self.close(batch)
        return True

    def _sweep(self, position: Position, sweep: Sweep, shared: Shared) -> bool:
        """Ask the next contacts; what this makes due later happens after all have been asked."""
        rows = self._next_asked(sweep)
        batch = self.open(position, shared, (sweep.at, -1))
        batch.take(rows)
        timeline = batch.timeline
        timeline.move(sweep.at)
        for campaign in self.program.campaigns if sweep.kind == "existing" else ():
            # A campaign that has looked once must not look again, though the program still says so.
            campaign.include_existing = campaign.name in sweep.campaigns
        contacts = [timeline.contacts[row.id] for row in rows]
        if sweep.kind == "program":
            for contact in contacts if sweep.after else [timeline.system, *contacts]:
                self.report.stranded += stranded(contact, batch.aside(contact.id), self.states)
                timeline.interpreter.let_go_unheld(contact, sweep.at)
        else:
            ask(timeline, sweep, contacts)
        if len(rows) == self.batch and asks(sweep):
            sweep.after = rows[-1].number
        else:
            end(timeline, sweep)
            position.clock = max(position.clock or sweep.at, sweep.at)
            timeline.follow()
        self.close(batch, touched=sweep.kind != "program")
        return True

    def _next_asked(self, sweep: Sweep) -> list[ContactRow]:
        """The contacts that a sweep asks next, in the order in which they were made."""
        if not asks(sweep):
            return []
        if sweep.kind == "release":
            campaigns = campaigns_of(self.program, Release.read(sweep.data))
            return self.store.walk_runs(campaigns, _STANDING, sweep.after, self.batch)
        return self.store.walk(sweep.after, self.batch)

    def _rest(self, position: Position, shared: Shared) -> bool:
        """There is nothing to do; what has been sent is told."""
        assert position.clock is not None
        batch = self.open(position, shared, (position.clock, -1))
        results = batch.timeline.results
        if results is None or not results.pending:
            return False
        results.tell()
        self.close(batch)
        return True

    # ------------------------------------------------------------------ the program

    def apply(
        self, now: datetime, files: dict[str, str], codes: dict[str, tuple[str, ...]]
    ) -> None:
        """Take the program for the one that runs; the report says what has changed.

        `files` are its texts by name, for those who look back; `codes` those of the coupon lists.
        """
        report = self.report = Report()
        with self.store.transaction():
            for name, known in codes.items():
                new = self.store.import_codes(name, known, now)
                if new:
                    report.codes[name] = new
            report.changed = apply_program(self.store, self.states, now, files)
