"""Ways out that take nothing now: for how long each is left alone, and since when it has been so.

The latter is kept in the store: so a person is told once that it lasts and once that it is over,
whether one program finds it, or several, or one that is started anew each time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flowlang.delivery.delivery import Outcome
from flowlang.engine import fates
from flowlang.engine.rates import TURN
from flowlang.engine.telling import say
from flowlang.stores.rows import Changes, NoticeRow
from flowlang.stores.store import Store

NAME = "outages"
"""Under which name the store keeps them."""
LASTS = timedelta(seconds=sum(fates.BACK_OFF[:2]))
"""After so long without success a person is told: the third try of an engine that goes on."""
LAPSES = fates.GIVE_UP
"""After so long without a try an outage of which nobody knows is forgotten: who calls
`flow run --once` each day tries once a day."""


class Pause(NamedTuple):
    """A way that takes nothing is not tried again before its time."""

    until: datetime
    tries: int
    because: str


class Outage(NamedTuple):
    """How long a way has taken nothing, as all who hand letters over know it."""

    since: datetime
    last: datetime
    """When it was last tried in vain."""
    told: bool = False
    """A person knows."""


def answer(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Which of the outcomes of one way tells how it stands; None where none does.

    It is up where any letter was delivered, else down where one found it so; other answers need not
    be the place's.
    """
    delivered = [one for one in outcomes if one.status == "delivered"]
    down = [one for one in outcomes if one.status == "down"]
    return delivered[0] if delivered else max(down, key=lambda one: one.after, default=None)


class Outages:
    """Those of one store, by the place that takes nothing.

    Only an `answer` begins or ends one, and with it the pause of who has got it.
    """

    def __init__(self, store: Store, language: str) -> None:
        self.pauses: dict[str, Pause] = {}
        """Those of this program."""
        self._store = store
        self._language = language
        self._known: dict[str, Outage] = {}
        self._begun = False

    def begin(self, now: datetime) -> None:
        """What was held before this program began may go at once; nothing is done after that.

        Outside of a transaction; raises StoreError.
        """
        if not self._begun and self._store.held_letters(now):
            with self._store.transaction():
                self._store.release_letters(but=TURN)
        self._begun = True

    def look(self, now: datetime) -> None:
        """See what others have found meanwhile: a way that is up again is no longer left alone.

        What is seen within a transaction stays so until it ends.  Raises StoreError.
        """
        self._known = {
            place: one
            for place, one in _read(self._store.value(NAME)).items()
            if one.told or now - one.last <= LAPSES
        }
        for place in self.pauses.keys() - self._known.keys():
            del self.pauses[place]

    def concerns(self, place: str, said: Outcome) -> bool:
        """Whether what a place has answered is to be noted."""
        return said.status == "down" or place in self._known

    def note(self, place: str, said: Outcome, now: datetime) -> int:
        """Note what concerns them; gives how many notices came of it.  Where an outage is over, the
        letters that were held behind it may go.

        Within a transaction of someone who is alone and has looked.  Raises StoreError.
        """
        before = self._known.pop(place, None)
        knew = before is not None and before.told
        text = ""
        if said.status == "down":
            self._pause(place, said, now)
            since = before.since if before is not None else now
            after = self._known[place] = Outage(since, now, knew or now - since >= LASTS)
            if after.told and not knew:
                text = say(self._language, "down", place=place, because=said.reason)
        else:
            self.pauses.pop(place, None)
            self._store.release_letters(but=TURN)
            if knew:
                text = say(self._language, "up", place=place)
        notices = [NoticeRow(now, "inbox", text)] if text else []
        self._store.save(Changes(notices=notices, values={NAME: _write(self._known)}))
        return len(notices)

    def _pause(self, place: str, said: Outcome, now: datetime) -> None:
        """A way takes nothing: it is left alone for a while."""
        before = self.pauses.get(place)
        tries = before.tries + 1 if before is not None else 1
        until = now + max(fates.pause_after(tries - 1), said.after)
        self.pauses[place] = Pause(until, tries, said.reason)


def _read(text: str | None) -> dict[str, Outage]:
    return {
        place: Outage(datetime.fromisoformat(since), datetime.fromisoformat(last), told)
        for place, (since, last, told) in json.loads(text or "{}").items()
    }


def _write(known: dict[str, Outage]) -> str:
    """As JSON text; none where there is no outage."""
    kept = {
        place: [one.since.isoformat(), one.last.isoformat(), one.told]
        for place, one in known.items()
    }
    return json.dumps(kept, ensure_ascii=False) if kept else ""
