"""A stretch of time while nobody else does anything: all contacts in one order of time.

It ends where the next contacts would have to be read, so that everything happens in that order
whatever the size of a batch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from flowlang.contact import Contact
from flowlang.engine.batch_timeline import Horizon
from flowlang.engine.position import JUST_AFTER, NAME, Position, Scheduled, Sweep, stamp
from flowlang.engine.releasing import Release, campaigns_of
from flowlang.engine.results import untold
from flowlang.engine.sweeping import ask, asks, end
from flowlang.program.program import ScheduledRun
from flowlang.stores.rows import ArrivalRow, Changes, ContactRow, Shared

if TYPE_CHECKING:
    from flowlang.engine.timeline import Timeline
    from flowlang.engine.worker import Worker

_FIRST = 500
"""Arrivals among which the first contact is looked for."""
_STANDING = ("waiting", "halted", "held")
"""In which statuses of its runs a person lets a contact go on."""


def stretch_alone(worker: Worker, now: datetime) -> bool:
    """Do the next stretch of time; False where there is nothing to do."""
    store, program = worker.store, worker.program
    with store.transaction():
        shared = store.shared()
        stretch = _Stretch(worker, Position.read(shared.values.get(NAME)), shared)
        position = stretch.position
        if position.clock is None:
            stretch.begin(now)
        if program.config.missed == "skip":
            worker.report.passed_over += position.skip_missed(program, now)
        if position.sweeps:
            return stretch.sweep(position.sweeps[0])
        arrivals = store.arrivals("pending", worker.batch, now)
        position.foresee(program, arrivals)
        return stretch.walk(arrivals, now)


class _Stretch:
    """One transaction of a worker."""

    def __init__(self, worker: Worker, position: Position, shared: Shared) -> None:
        self.worker = worker
        self.program = worker.program
        self.store = worker.store
        self.position = position
        self.shared = shared

    def begin(self, now: datetime) -> None:
        """The clock of a store begins when its first contact came, or now."""
        first, position = self.store.arrivals("pending", _FIRST, now), self.position
        position.clock = min([now, *(row.at for row in first if row.type == "contact")])
        position.watch(self.program, self.program.config.timezone, position.clock)
        position.follow(self.program, position.clock)

    def walk(self, arrivals: list[ArrivalRow], now: datetime) -> bool:
        """Let happen what falls due and what arrives, as far as a batch reaches."""
        size, sweep_at = self.worker.batch, self.position.next_sweep(self.program, now)
        limits = [sweep_at, *(row.at for row in arrivals if self.worker.concerns_all(row))]
        if len(arrivals) == size:
            limits.append(arrivals[-1].at)
        open_at = min((at for at in limits if at is not None), default=None)
        """A moment at which more is to be done than this stretch does."""
        end: Horizon = (open_at or now, math.inf)
        due, bound = self.store.due(end[0], size), sweep_at
        if len(due) == size:
            last = due[-1]
            open_at = bound = last.due or now
            end = (open_at, last.began)
        ordinary, alone = self._ordinary(arrivals, bound)
        if due or ordinary:
            self._do(due, ordinary, end, open_at)
            return True
        if alone is not None:
            return self._special(alone)
        if sweep_at is not None:
            return self._fire_or_look()
        if NAME in self.shared.values:
            return self._rest()
        self._do([], [], end, open_at)
        return False

    def _ordinary(
        self, arrivals: list[ArrivalRow], bound: datetime | None
    ) -> tuple[list[ArrivalRow], ArrivalRow | None]:
        """The arrivals before a bound as far as they concern one contact each, and the first that
        concerns all.
        """
        found: list[ArrivalRow] = []
        for row in arrivals:
            if bound is not None and row.at >= bound:
                break
            if self.worker.concerns_all(row):
                return found, row
            found.append(row)
        return found, None

    def _do(
        self,
        due: list[ContactRow],
        arrivals: list[ArrivalRow],
        end: Horizon,
        open_at: datetime | None,
    ) -> None:
        """Let contacts go on, each arrival at its moment."""
        batch, position = self.worker.open(self.position, self.shared, end), self.position
        batch.take([*due, *self.store.contacts({row.contact for row in arrivals if row.contact})])
        timeline = batch.timeline
        for row in arrivals:
            timeline.advance(row.at)
            if timeline.stopped:
                break
            self.worker.arrive(batch, row)
        timeline.advance(end[0])
        if timeline.sweeps:
            reached = timeline.sweeps[0].at - JUST_AFTER
        elif timeline.stopped and timeline.now is not None:
            reached = timeline.now - JUST_AFTER
        else:
            reached = end[0] if open_at is None else open_at - JUST_AFTER
        position.clock = max(position.clock or reached, reached)
        self.worker.close(batch)

    def _fire_or_look(self) -> bool:
        """A schedule fires, or all contacts are looked at: what is first."""
        position = self.position
        firing, looks = position.next_firing(self.program), position.looks
        if firing is not None and (looks is None or firing[0] <= looks.at):
            return self._fire(*firing)
        assert looks is not None
        position.sweeps.append(looks)
        position.looks = None
        self.store.save(Changes(values={NAME: position.write()}))
        return True

    def _special(self, row: ArrivalRow) -> bool:
        """An arrival that concerns many, or the system."""
        batch = self.worker.open(self.position, self.shared, (row.at, math.inf))
        rows: list[ContactRow] = []
        if row.type == "merge":
            rows = self.store.contacts({row.contact or "", json.loads(row.data)["into"]})
        batch.take(rows)
        self.worker.arrive(batch, row)
        self.worker.close(batch)
        return True

    def _fire(self, at: datetime, _: int, key: str, what: Scheduled) -> bool:
        """The moment of a schedule has come."""
        position = self.position
        position.fired(what, key, at)
        batch = self.worker.open(self.position, self.shared, (at, -math.inf))
        if isinstance(what, ScheduledRun):
            batch.take([])
            batch.timeline.move(at)
            batch.timeline.fire(what)
            batch.timeline.follow()
        else:
            position.sweeps.append(Sweep("schedule", at, stamp=stamp(what), zone=key))
        self.worker.close(batch)
        return True

    def sweep(self, sweep: Sweep) -> bool:
        """Ask the next contacts; what this makes due later happens after all have been asked."""
        position = self.position
        rows = self._next_asked(sweep)
        batch = self.worker.open(self.position, self.shared, (sweep.at, -math.inf))
        batch.take(rows)
        timeline = batch.timeline
        timeline.move(sweep.at)
        ask(timeline, sweep, _in_turn(timeline, sweep, rows))
        if rows and not timeline.world.pause:
            sweep.after = rows[-1].number  # also where nobody was asked: the job is given up
        if not (asks(sweep) and (timeline.world.pause or len(rows) == self.worker.batch)):
            end(timeline, sweep)
            position.clock = max(position.clock or sweep.at, sweep.at)
            timeline.follow()
        self.worker.close(batch, touched=True)
        return True

    def _next_asked(self, sweep: Sweep) -> list[ContactRow]:
        """The contacts that a sweep asks next, in the order in which they were made."""
        if not asks(sweep):
            return []
        if sweep.kind == "release":
            campaigns = campaigns_of(self.program, Release.read(sweep.data))
            return self.store.walk_runs(campaigns, _STANDING, sweep.after, self.worker.batch)
        return self.store.walk(sweep.after, self.worker.batch)

    def _rest(self) -> bool:
        """There is nothing to do; what has been sent is told."""
        names, clock = untold(self.shared.counters), self.position.clock
        if not names or clock is None:
            return False
        batch = self.worker.open(self.position, self.shared, (clock, -math.inf))
        if batch.timeline.results is not None:
            batch.timeline.results.tell()
        else:  # no campaign of this version reports
            batch.changes.counters_gone += names
        self.worker.close(batch)
        return True


def _in_turn(timeline: Timeline, sweep: Sweep, rows: list[ContactRow]) -> Iterator[Contact]:
    """Contacts that are asked, until what has happened is to be saved."""
    for row in rows:
        if timeline.world.pause:
            return
        sweep.after = row.number
        yield timeline.contacts[row.id]
