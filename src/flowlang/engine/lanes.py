"""Which letters go next.

Each way out has a lane of its own, and lanes take turns: letters do not wait for those of another
way that is down, slow, or may only be written to now and then.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from flowlang.addresses import mailbox
from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.delivery.settings import Rate
from flowlang.engine.delivered import Delivered
from flowlang.engine.outages import Outages
from flowlang.engine.rates import Rates, only_so_many
from flowlang.stores.rows import LetterFate, LetterRow
from flowlang.stores.store import Store

LOOK = 100
"""Letters that are looked at, at once, where the first ones must wait."""


@dataclass(slots=True)
class Load:
    """Letters that go one way now; none where all that were looked at have to wait."""

    way: Delivery
    channels: list[str]
    rows: list[LetterRow]
    began: datetime
    """When they were taken out of the queue."""
    tries: bool = False
    """They are to show whether a way that is down is up again."""
    outcomes: list[Outcome] = field(default_factory=list)
    """What became of each."""


@dataclass(slots=True)
class _Lane:
    """A way out for whose channels letters wait."""

    way: Delivery
    channels: list[str]
    waits: bool = False
    """Where the first ones had to wait, those behind them may have to as well."""


class Lanes:
    """The ways out of a delivery, for whose letters a store is asked; `by` claims them."""

    def __init__(
        self, store: Store, delivery: Delivery, outages: Outages, rate: Rate | None, by: str
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._outages = outages
        self._rate = rate
        self._rates = Rates(rate) if rate is not None else None
        self._by = by
        self._lanes: deque[_Lane] = deque()
        self._done = Delivered()
        self.ways: dict[int, Delivery] = {}
        """By identity, those that letters were to go by since it began."""

    def take_over(self, before: Lanes) -> None:
        """Claim in the name of others of this process, and know what they have written to whom."""
        self._by = before._by
        if self._rate == before._rate:
            self._rates = before._rates

    def begin(self, done: Delivered) -> None:
        """Look for letters anew."""
        self._lanes.clear()
        self.ways.clear()
        self._done = done

    def tries_again(self, now: datetime) -> bool:
        """Whether a way that is down is to be tried again, by someone who is alone."""
        return any(
            self._outages.knows(one.way) and not self._outages.holds(one.way, now)
            for one in self._lanes
        )

    def next(self, now: datetime, *, alone: bool) -> Load | None:
        """The next letters, marked as being handed over; None where none is to go now.

        Within a transaction, of someone who is `alone` or not.
        """
        looked = False
        while self._lanes or not looked:
            if not self._lanes:
                self._lanes.extend(self._with_letters(now))
                looked = True
                continue
            lane = self._lanes.popleft()
            load = self._load(lane, now, alone=alone)
            if load is not None:
                self._lanes.append(lane)
                return load
        return None

    def _with_letters(self, now: datetime) -> list[_Lane]:
        lanes: dict[int, _Lane] = {}
        for channel in self._store.queued_channels(now):
            way = self._delivery.way(channel)
            self.ways[id(way)] = way
            lanes.setdefault(id(way), _Lane(way, [])).channels.append(channel)
        return list(lanes.values())

    def _load(self, lane: _Lane, now: datetime, *, alone: bool) -> Load | None:
        way = lane.way
        if self._outages.holds(way, now):
            return None
        load = Load(way, lane.channels, [], now, tries=self._outages.knows(way))
        if load.tries and not alone:
            return load
        most = 1 if load.tries else way.at_once
        rows = self._store.claim_letters(now, LOOK if lane.waits else most, self._by, lane.channels)
        if not rows:
            return None
        lane.waits, back = False, []
        for row in rows:
            fate = LetterFate(row.letter.id, "queued", row.since, row.reason, row.tries)
            if len(load.rows) < most:
                turn = self._turn(row.letter, now)
                if turn is None:
                    load.rows.append(row)
                    continue
                lane.waits = True
                fate = fate._replace(at=turn[0], reason=turn[1], rated=True)
            back.append(fate)
        self._store.mark_letters(back, self._by)
        if load.tries and load.rows:
            self._outages.take(way, now)
        return load

    def _turn(self, letter: Letter, now: datetime) -> tuple[datetime, str] | None:
        """Until when a letter has to wait for others to its domain, and why; None where it may go
        now.
        """
        to = mailbox(letter.address) if self._rates and letter.channel == "email" else None
        if self._rates is None or to is None:
            return None
        domain = to.domain.casefold()
        at = self._rates.wait(domain, now)
        if at is None:
            self._done.rated.discard(letter.id)
            return None
        self._done.rated.add(letter.id)
        return at, only_so_many(domain)
