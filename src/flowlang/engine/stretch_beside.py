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
from flowlang.stores.rows import Coming, ContactRow, Shared

if TYPE_CHECKING:
    from flowlang.engine.worker import Worker

_COMING = 2
"""So many batches of arrivals are looked at first for each worker: contacts whom others have are
passed over.
"""


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
        if position.clock is None or position.sweeps:
            raise Alone
        if worker.program.config.missed == "skip" and position.skip_missed(worker.program, now):
            raise Alone
        reach = worker.batch * _COMING * self.peers.workers
        done = self._walk(now, reach)
        while done is None:
            reach *= 8
            done = self._walk(now, reach)
        return done

    def _walk(self, now: datetime, reach: int) -> bool | None:
        """The same with so many arrivals to choose from; None where others have them all, and who
        comes behind them may be nobody's.
        """
        worker, store, position, size = self.worker, self.store, self.position, self.worker.batch
        coming = store.coming(reach, now)
        bound = self._bound(coming, now)
        due = store.due(bound or now, size, claim=True)
        horizon: Horizon = (bound or now, math.inf)
        before = bound
        if len(due) == size:
            before = due[-1].due or now
            horizon = (before, due[-1].began)
        elif len(coming) == reach:
            horizon = (min(horizon[0], coming[-1].at), math.inf)
        mine = {row.id for row in due}
        new = self._claimed([one for one in coming if before is None or one.at < before], mine)
        if not due and not new:
            if bound is None and len(coming) == reach:
                return None
            if bound is not None or worker.untold(position, self.shared) is not None:
                raise Alone
            return False
        self._do([*due, *store.contacts(new)], mine | new, horizon, before)
        return True

    def _bound(self, coming: Sequence[Coming], now: datetime) -> datetime | None:
        """The next moment at which something concerns all; None where it is still to come."""
        worker, position = self.worker, self.position
        firing = position.next_firing(worker.program)
        special = next((one.at for one in coming if worker.concerns_all(one)), None)
        found = [
            special,
            firing[0] if firing is not None else None,
            position.looks.at if position.looks is not None else None,
        ]
        return min((at for at in found if at is not None and at <= now), default=None)

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

    def _do(
        self,
        rows: Sequence[ContactRow],
        mine: set[str],
        horizon: Horizon,
        before: datetime | None,
    ) -> None:
        """Let it happen, each contact's in its order: arrivals that come before a moment, and what
        falls due up to the horizon.
        """
        worker, position = self.worker, self.position
        size = worker.batch * _COMING
        # Read after the claim: another worker may have applied some meanwhile.
        arrivals = self.store.arrivals("pending", size, horizon[0], among=mine)
        if len(arrivals) == size:
            horizon = arrivals[-1].at, math.inf
        arrivals = [row for row in arrivals if before is None or row.at < before]
        zones = len(position.zones)
        position.foresee(worker.program, arrivals)
        if len(position.zones) != zones or any(worker.concerns_all(row) for row in arrivals):
            raise Alone
        batch = worker.open(position, self.shared, horizon, self.peers)
        batch.take(rows)
        for row in arrivals:
            batch.timeline.advance(row.at)
            worker.arrive(batch, row)
        batch.timeline.advance(horizon[0])
        worker.close(batch)
