"""A stretch of time while nobody else does anything: all contacts in one order of time.

It ends where the next contacts would have to be read, so that everything happens in that order
whatever the size of a batch.
"""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import TYPE_CHECKING

from flowlang.engine.batch_timeline import Horizon
from flowlang.engine.controls import VERBS
from flowlang.engine.position import JUST_AFTER, NAME, Position, Scheduled, Sweep, stamp
from flowlang.engine.releasing import Release, campaigns_of
from flowlang.engine.sweeping import ask, asks, end
from flowlang.program.program import ScheduledRun
from flowlang.stores.rows import ArrivalRow, Changes, ContactRow, Shared

if TYPE_CHECKING:
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
        position, size = self.position, self.worker.batch
        firing = position.next_firing(self.program)
        look = position.looks.at if position.looks else None
        sweep_at = min((at for at in (firing[0] if firing else None, look) if at), default=None)
        end: Horizon = (now, math.inf)
        open_at = None
        """A moment at which more is to be done than this stretch does."""
        if len(arrivals) == size:
            end, open_at = (arrivals[-1].at, math.inf), arrivals[-1].at
        if sweep_at is not None and sweep_at <= end[0]:
            end, open_at = (sweep_at, math.inf), sweep_at
            arrivals = [row for row in arrivals if row.at < sweep_at]
        special = self._first_special(arrivals)
        if special is not None and arrivals[special].at <= end[0]:
            end, open_at = (arrivals[special].at, math.inf), arrivals[special].at
        due = self.store.due(end[0], size)
        if len(due) == size:
            last = due[-1]
            open_at = last.due or now
            end = (open_at, last.began)
            arrivals = [row for row in arrivals if row.at < open_at]
            special = self._first_special(arrivals)
        alone = arrivals[special] if special is not None else None
        ordinary = arrivals[:special]
        if not due and not ordinary:
            if alone is not None:
                return self._special(alone)
            if sweep_at is not None and sweep_at <= end[0]:
                if firing is not None and (look is None or firing[0] <= look):
                    return self._fire(*firing)
                assert position.looks is not None
                position.sweeps.append(position.looks)
                position.looks = None
                self.store.save(Changes(values={NAME: position.write()}))
                return True
            if NAME in self.shared.values:
                return self._rest()
        batch = self.worker.open(position, self.shared, end)
        batch.take([*due, *self.store.contacts({row.contact for row in ordinary if row.contact})])
        timeline = batch.timeline
        for row in ordinary:
            timeline.advance(row.at)
            if timeline.sweeps:
                break
            self.worker.arrive(batch, row)
        timeline.advance(end[0])
        if timeline.sweeps:
            reached = timeline.sweeps[0].at - JUST_AFTER
        else:
            reached = end[0] if open_at is None else open_at - JUST_AFTER
        position.clock = max(position.clock or reached, reached)
        self.worker.close(batch)
        return bool(due or ordinary)

    def _first_special(self, arrivals: list[ArrivalRow]) -> int | None:
        """The place of the first arrival that concerns all."""
        return next(
            (place for place, row in enumerate(arrivals) if self.worker.concerns_all(row)), None
        )

    def _special(self, row: ArrivalRow) -> bool:
        """An arrival that concerns many, or the system."""
        batch = self.worker.open(self.position, self.shared, (row.at, math.inf))
        rows: list[ContactRow] = []
        if row.type in VERBS:
            data = json.loads(row.data)
            message = data["process"][1] if data.get("process") else data["message"]
            rows = self.store.contacts({one.contact for one in self.store.halted(message)})
        elif row.type == "merge":
            rows = self.store.contacts({row.contact or "", json.loads(row.data)["into"]})
        batch.take(rows)
        self.worker.arrive(batch, row)
        self.worker.close(batch)
        return True

    def _fire(self, at: datetime, _: int, key: str, what: Scheduled) -> bool:
        """The moment of a schedule has come."""
        position = self.position
        position.fired(what, key, at)
        batch = self.worker.open(self.position, self.shared, (at, -1))
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
        batch = self.worker.open(self.position, self.shared, (sweep.at, -1))
        batch.take(rows)
        timeline = batch.timeline
        timeline.move(sweep.at)
        for campaign in self.program.campaigns if sweep.kind == "existing" else ():
            # A campaign that has looked once must not look again, though the program still says so.
            campaign.include_existing = campaign.name in sweep.campaigns
        ask(timeline, sweep, [timeline.contacts[row.id] for row in rows])
        if len(rows) == self.worker.batch and asks(sweep):
            sweep.after = rows[-1].number
        else:
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
        batch = self.worker.untold(self.position, self.shared)
        if batch is None or batch.timeline.results is None:
            return False
        batch.timeline.results.tell()
        self.worker.close(batch)
        return True
