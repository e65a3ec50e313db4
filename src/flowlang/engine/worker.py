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
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowlang import calendar
from flowlang.engine.applying import apply_program
from flowlang.engine.arrivals import Refused
from flowlang.engine.batch import Batch, Horizon
from flowlang.engine.position import JUST_AFTER, NAME, Position, Sweep, stamp
from flowlang.engine.state import States, Stranded
from flowlang.engine.sweeping import ask
from flowlang.engine.world import Answers
from flowlang.intake.report import counted
from flowlang.kinds import decode
from flowlang.program.program import Program
from flowlang.stores.rows import ArrivalRow, Changes, Shared
from flowlang.stores.store import Store

BATCH = 500
"""Contacts, and arrivals, in one transaction."""
BATCH_WITH_CALLS = 20
"""The same where a step may have to wait for an answer from the web."""


@dataclass(slots=True)
class Report:
    """What a pass of the engine did."""

    applied: int = 0
    """Arrivals."""
    refused: list[tuple[ArrivalRow, str]] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    """By message."""
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By message and reason."""
    entries: int = 0
    """Decisions in histories."""
    contacts: int = 0
    """How often a contact was written."""
    notices: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    """New codes by list, out of the files that the program names."""
    passed_over: int = 0
    """Firings of schedules that were missed and skipped."""
    changed: list[str] = field(default_factory=list)
    """What of the program differs from the one that ran before."""
    stranded: list[Stranded] = field(default_factory=list)
    """Runs at steps that are gone; found when the program has changed."""

    @property
    def idle(self) -> bool:
        """Nothing happened at all."""
        return not (self.applied or self.refused or self.entries or self.contacts)


class Worker:
    """Runs a program over a store."""

    def __init__(
        self,
        program: Program,
        store: Store,
        *,
        answers: Answers | None = None,
        batch: int = BATCH,
    ) -> None:
        self.program = program
        self.store = store
        self.answers = answers
        self.batch = batch
        self.states = States(program)
        self.report = Report()
        self.stopping = False
        """Set by someone who wants it to end after the stretch under way."""

    def run(self, now: datetime) -> Report:
        """Do all that is to be done up to a moment, and say what it was."""
        report = self.report = Report()
        while not self.stopping and self._stretch(now):
            pass
        return report

    def may_resume(self, message: str, now: datetime) -> int:
        """How many go on if a halted send is resumed now.  Raises Refused where it cannot be."""
        with self.store.transaction():
            shared = self.store.shared()
            position = Position.read(shared.values.get(NAME))
            batch = self._open(position, shared, (now, math.inf))
            batch.take(self.store.contacts({one.contact for one in self.store.halted(message)}))
            waiting = batch.world.waiting(message)
            if not waiting:
                raise Refused(f'"{message}" is not halted: nobody waits for it')
            sending = batch.timeline.interpreter.sending
            missing = sending.missing_codes(self.program.messages[message], waiting)
            if missing:
                raise Refused(
                    ", ".join(
                        f'missing {counted(count, "code", "codes")} in "{name}"'
                        for name, count in missing.items()
                    )
                )
            return len(waiting)

    # ------------------------------------------------------------------ one stretch of time

    def _stretch(self, now: datetime) -> bool:
        """Do the next stretch of time, in one transaction; False where there is nothing to do."""
        with self.store.transaction():
            shared = self.store.shared()
            position = Position.read(shared.values.get(NAME))
            if position.clock is None:
                self._begin(position, now)
            if self.program.config.missed == "skip":
                self.report.passed_over += position.skip_missed(self.program, now)
            if position.sweep is not None:
                return self._sweep(position, position.sweep, shared)
            arrivals = self.store.arrivals("pending", self.batch, now)
            self._foresee(position, arrivals)
            return self._walk(position, shared, arrivals, now)

    def _begin(self, position: Position, now: datetime) -> None:
        """The clock of a store begins when its first contact came, or now."""
        first = self.store.arrivals("pending", BATCH, now)
        position.clock = min([now, *(row.at for row in first if row.type == "contact")])
        position.watch(self.program, self.program.config.timezone, position.clock)

    def _foresee(self, position: Position, arrivals: list[ArrivalRow]) -> None:
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
        special = next((place for place, row in enumerate(arrivals) if self._is_special(row)), None)
        if special is not None and arrivals[special].at <= end[0]:
            end, open_at = (arrivals[special].at, math.inf), arrivals[special].at
        due = self.store.due(end[0], self.batch)
        if len(due) == self.batch:
            last = due[-1]
            open_at = last.due or now
            end = (open_at, last.began)
            arrivals = [row for row in arrivals if row.at < open_at]
            special = next(
                (place for place, row in enumerate(arrivals) if self._is_special(row)), None
            )
        alone = arrivals[special] if special is not None else None
        ordinary = arrivals[:special]
        if not due and not ordinary:
            if alone is not None:
                return self._special(position, shared, alone)
            if sweep_at is not None and sweep_at <= end[0]:
                self._start_sweep(position, look if look == sweep_at else None, firing)
                self.store.save(Changes(values={NAME: position.write()}))
                return True
            if NAME in shared.values:
                return False
        position.clock = max(
            position.clock or end[0], end[0] if open_at is None else open_at - JUST_AFTER
        )
        batch = self._open(position, shared, end)
        batch.take([*due, *self.store.contacts({row.contact for row in ordinary if row.contact})])
        for row in ordinary:
            self._arrive(batch, row)
        batch.timeline.advance(end[0])
        self._close(batch)
        return bool(due or ordinary)

    def _open(self, position: Position, shared: Shared, end: Horizon) -> Batch:
        return Batch(self.states, self.store, position, shared, end, answers=self.answers)

    def _arrive(self, batch: Batch, row: ArrivalRow) -> None:
        try:
            batch.timeline.arrive(row.contact, row.type, decode(json.loads(row.data)), row.at)
        except Refused as refused:
            self._refuse(batch.changes, row, str(refused))
        else:
            batch.changes.arrivals.append((row.seq, "applied", ""))
            self.report.applied += 1

    def _refuse(self, changes: Changes, row: ArrivalRow, why: str) -> None:
        changes.arrivals.append((row.seq, "refused", why))
        self.report.refused.append((row, why))

    def _close(self, batch: Batch) -> None:
        changes, world, report = batch.save(), batch.world, self.report
        report.sent.update(one.message for one in world.sent)
        report.skipped.update((one.message, one.because) for one in world.skipped)
        report.entries += len(changes.history)
        report.contacts += len(changes.contacts)
        report.notices += len(changes.notices)

    # ------------------------------------------------------------------ what concerns many at once

    def _is_special(self, row: ArrivalRow) -> bool:
        return row.type == "resume" or (row.type == "event" and row.contact is None)

    def _special(self, position: Position, shared: Shared, row: ArrivalRow) -> bool:
        if row.type == "event":
            data = decode(json.loads(row.data))
            if data["name"] in self.program.concerns:
                position.sweep = Sweep(
                    "about", row.at, arrival=row.seq, event=data["name"], data=row.data
                )
                self.store.save(Changes(values={NAME: position.write()}))
            else:
                changes = Changes()
                self._refuse(
                    changes, row, f"the event `{data['name']}` happens to a contact; say to which"
                )
                self.store.save(changes)
            return True
        message = json.loads(row.data)["message"]
        batch = self._open(position, shared, (row.at, math.inf))
        batch.take(self.store.contacts({one.contact for one in self.store.halted(message)}))
        self._arrive(batch, row)
        self._close(batch)
        return True

    def _start_sweep(self, position: Position, look: datetime | None, firing: Any) -> None:
        if firing is not None and (look is None or firing[0] <= look):
            at, _, key, scheduled = firing
            position.sweep = Sweep("schedule", at, stamp=stamp(scheduled), zone=key)
            position.fired(scheduled, key, at)
        else:
            position.sweep, position.looks = position.looks, None

    def _sweep(self, position: Position, sweep: Sweep, shared: Shared) -> bool:
        """Ask the next contacts; what this makes due later happens after all have been asked."""
        rows = self.store.walk(sweep.after, self.batch)
        batch = self._open(position, shared, (sweep.at, -1))
        batch.take(rows)
        batch.timeline.now = sweep.at
        for campaign in self.program.campaigns if sweep.kind == "existing" else ():
            # A campaign that has looked once must not look again, though the program still says so.
            campaign.include_existing = campaign.name in sweep.campaigns
        for row in rows:
            self.report.stranded += ask(batch, row.id, sweep)
        if len(rows) == self.batch:
            sweep.after = rows[-1].number
        else:
            position.sweep = None
            if sweep.kind in ("schedule", "existing"):
                position.clock = max(position.clock or sweep.at, sweep.at)
            if sweep.kind == "about":
                batch.changes.arrivals.append((sweep.arrival, "applied", ""))
                self.report.applied += 1
        self._close(batch)
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
