"""A stretch of time beside other workers: contacts that nobody else has at hand, with what falls
due and what has arrived for them.

Who waits longest comes first, as for a worker who is alone; but each worker has an order of its
own, and only that of each contact is the order of time.  What concerns all contacts bounds the
stretch, and is left to a worker who is alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flowlang.engine.batch_timeline import Horizon
from flowlang.engine.beside import Alone, Peers
from flowlang.engine.position import NAME, Position
from flowlang.engine.results import MANY, untold
from flowlang.stores.rows import Coming, ContactRow, Shared

if TYPE_CHECKING:
    from flowlang.engine.worker import Worker

_COMING = 2
"""So many batches of arrivals are looked at first for each worker: contacts whom others have are
passed over.
"""

Place = tuple[datetime, float]
"""In the order of arrivals: a moment, and which of those that come at it."""


def stretch_beside(worker: Worker, now: datetime) -> bool:
    """Do what is to be done for some contacts; False where there is nothing for this worker.

    Raises Alone where something is to be done that concerns others.
    """
    with worker.store.transaction(beside=True):
        peers = Peers(worker.store.at_work())
        return _Stretch(worker, peers, worker.store.shared()).walk(now)


class _Stretch:
    """One transaction of a worker, beside others."""

    def __init__(self, worker: Worker, peers: Peers, shared: Shared) -> None:
        self.worker = worker
        self.store = worker.store
        self.peers = peers
        self.shared = shared
        self.position = Position.read(shared.values.get(NAME))

    def walk(self, now: datetime) -> bool:
        """Let happen what falls due and what has come for those who are nobody else's."""
        worker, position = self.worker, self.position
        if position.clock is None or position.sweeps or len(untold(self.shared.counters)) > MANY:
            raise Alone
        if worker.program.config.missed == "skip" and position.skip_missed(worker.program, now):
            raise Alone
        reach = worker.batch * _COMING * self.peers.workers
        coming = self.store.coming(reach, now)
        done = self._walk(coming, reach, now)
        while done is None:
            coming = self.store.coming(reach, now, after=coming[-1].place)
            done = self._walk(coming, reach, now)
        return done

    def _walk(self, coming: Sequence[Coming], reach: int, now: datetime) -> bool | None:
        """The same with these arrivals to choose from; None where others have them all, and who
        comes behind them may be nobody's.
        """
        store, size = self.store, self.worker.batch
        bound = self._bound(coming, now)
        # Behind those that are seen may be one that concerns all.
        seen = coming[-1].place if len(coming) == reach else (now, math.inf)
        end = min(bound or seen, seen)
        due = store.due(end[0], size, claim=True)
        horizon: Horizon = (end[0], math.inf)
        if len(due) == size:
            last = due[-1]
            end = (last.due or now, -1)
            horizon = (end[0], last.began)
        mine = {row.id for row in due}
        new = self._claimed([one for one in coming if one.place <= end], mine)
        if not due and not new:
            if bound is None and len(coming) == reach:
                return None
            if bound is not None or untold(self.shared.counters):
                raise Alone
            return False
        self._do([*due, *store.contacts(new)], mine | new, horizon, end)
        return True

    def _bound(self, coming: Sequence[Coming], now: datetime) -> Place | None:
        """The place before the next that concerns all; None where that is still to come."""
        worker, position = self.worker, self.position
        special = next((one for one in coming if worker.concerns_all(one)), None)
        sweep_at = position.next_sweep(worker.program, now)
        found: list[Place] = [] if sweep_at is None else [(sweep_at, -1)]
        if special is not None:
            found.append((special.at, special.seq - 1))
        return min(found, default=None)

    def _claimed(self, coming: Sequence[Coming], mine: set[str]) -> set[str]:
        """Contacts for whom something has arrived, and who are now this worker's."""
        size = self.worker.batch
        there = list(dict.fromkeys(one.contact for one in coming if one.contact))
        found: set[str] = set()
        for start in range(0, len(there), size):
            asked = there[start : start + size]
            found |= self.store.claim([one for one in asked if one not in mine])
            if 2 * len(found) > size:
                break
        return found

    def _do(self, rows: Sequence[ContactRow], mine: set[str], horizon: Horizon, end: Place) -> None:
        """Let it happen, each contact's in its order: arrivals up to a place, and what falls due up
        to the horizon.
        """
        worker, position = self.worker, self.position
        size = worker.batch * _COMING
        # Read after the claim: another worker may have applied some meanwhile.
        arrivals = self.store.arrivals("pending", size, horizon[0], among=mine)
        if len(arrivals) == size:
            horizon = arrivals[-1].at, math.inf
        arrivals = [row for row in arrivals if row.place <= end]
        zones = len(position.zones)
        position.foresee(worker.program, arrivals)
        if len(position.zones) != zones or any(worker.concerns_all(row) for row in arrivals):
            raise Alone
        batch = worker.open(position, self.shared, horizon, self.peers)
        batch.take(rows)
        for row in arrivals:
            batch.timeline.advance(row.at)
            if batch.timeline.stopped:
                break
            worker.arrive(batch, row)
        batch.timeline.advance(horizon[0])
        worker.close(batch)
