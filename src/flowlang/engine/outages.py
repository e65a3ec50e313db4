"""Ways out that take nothing now: for how long each is left alone, and since when it has been so.

The latter is kept in the store: so a person is told once that it lasts and once that it is over,
whether one program finds it, or several, or one that is started anew each time.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from flowlang.delivery.delivery import Outcome, Status
from flowlang.engine import fates
from flowlang.engine.rates import TURN
from flowlang.engine.telling import say
from flowlang.stores.rows import Changes, NoticeRow
from flowlang.stores.store import Store

NAME = "outages"
"""Under which name the store keeps them."""
LASTS = timedelta(seconds=sum(fates.BACK_OFF[:2]))
"""After so long without success a person is told: the third try of an engine that goes on."""


class Pause(NamedTuple):
    """A way that takes nothing is not tried again before its time."""

    until: datetime
    tries: int
    because: str


class Outage(NamedTuple):
    """How long a way has taken nothing, as all who hand letters over know it."""

    since: datetime
    told: bool = False
    """A person knows."""


class Outages:
    """Those of one store, by the place that takes nothing.

    Only a letter that is delivered ends one: other answers need not be the place's.
    """

    def __init__(self, store: Store, language: str) -> None:
        self.pauses: dict[str, Pause] = {}
        """Those of this program."""
        self._store = store
        self._language = language
        self._known: dict[str, Outage] = {}
        self._begun = False

    def look(self, now: datetime) -> None:
        """See what others have found meanwhile: a way that is up again is no longer left alone.

        What was held before this program began may go at once.  Outside of a transaction; raises
        StoreError.
        """
        self._known = self._read()
        for place in self.pauses.keys() - self._known.keys():
            del self.pauses[place]
        if not self._begun and self._store.held_letters(now):
            with self._store.transaction():
                self._store.release_letters(but=TURN)
        self._begun = True

    def pause(self, place: str, outcome: Outcome, now: datetime) -> None:
        """A way takes nothing: it is left alone for a while."""
        before = self.pauses.get(place)
        tries = before.tries + 1 if before is not None else 1
        until = now + max(fates.pause_after(tries - 1), outcome.after)
        self.pauses[place] = Pause(until, tries, outcome.reason)

    def concerns(self, place: str, status: Status, now: datetime) -> bool:
        """Whether what a place has just answered is to be noted."""
        before = self._known.get(place)
        return _after(before, status, now) != before

    def note(self, place: str, outcome: Outcome, now: datetime) -> int:
        """Note what concerns them; gives how many notices came of it.  Where an outage is over, the
        letters that were held behind it may go.

        Each is noted by someone who is alone: outside of a transaction.  Raises StoreError.
        """
        with self._store.transaction():
            known = self._read()
            before = known.pop(place, None)
            after = _after(before, outcome.status, now)
            if after is None:
                self._store.release_letters(but=TURN)
            else:
                known[place] = after
            said = self._said(place, outcome.reason, before, after)
            notices = [NoticeRow(now, "inbox", said)] if said else []
            self._store.save(Changes(notices=notices, values={NAME: _write(known)}))
        self._known = known
        return len(notices)

    def _said(self, place: str, because: str, before: Outage | None, after: Outage | None) -> str:
        """What a person is told of a change; most often nothing."""
        knew, knows = (one is not None and one.told for one in (before, after))
        if knows and not knew:
            return say(self._language, "down", place=place, because=because)
        return say(self._language, "up", place=place) if knew and after is None else ""

    def _read(self) -> dict[str, Outage]:
        text = self._store.shared().values.get(NAME)
        return {
            place: Outage(datetime.fromisoformat(since), told)
            for place, (since, told) in json.loads(text or "{}").items()
        }


def _after(before: Outage | None, status: Status, now: datetime) -> Outage | None:
    """How it stands after an answer."""
    if status == "delivered":
        return None
    if status != "down":
        return before
    if before is None:
        return Outage(now)
    return before._replace(told=before.told or now - before.since >= LASTS)


def _write(known: dict[str, Outage]) -> str:
    """As JSON text; none where there is no outage."""
    kept = {place: [one.since.isoformat(), one.told] for place, one in known.items()}
    return json.dumps(kept, ensure_ascii=False) if kept else ""
