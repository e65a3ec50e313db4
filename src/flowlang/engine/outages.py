"""Ways out that take nothing now: since when, and until when each is left alone.

It stands in the store, one value for all: so whoever hands letters over leaves such a way alone and
sees at once that it is over, and a person is told once that it lasts and once that it is over,
whether one program finds it, or several, or one that is started anew each time.  Letters that wait
behind such a way stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from flowlang.delivery.delivery import LEASE, Delivery, Outcome
from flowlang.engine import fates, retelling
from flowlang.engine.admission import as_text, from_text
from flowlang.engine.telling import say
from flowlang.stores.rows import Changes, NoticeRow, Waiting
from flowlang.stores.store import Store

NAME = "outages"
"""Under which name the store keeps them."""
LASTS = timedelta(seconds=sum(fates.BACK_OFF[:2]))
"""After so long without success a person is told: the third try."""
LAPSES = fates.GIVE_UP
"""After so long without a try an outage of which nobody knows is forgotten: who calls
`flow run --once` each day tries once a day."""
LONGEST = timedelta(minutes=5)
"""For so long at most a way is left alone, where the other side does not ask for more: what waits
behind it goes soon after it is up again.
"""


@dataclass(frozen=True, slots=True)
class Outage:
    """How long a way has taken nothing, as all who hand letters over know it."""

    since: datetime
    last: datetime
    """When it was last tried in vain."""
    tries: int
    """How often it was tried in vain."""
    trying: datetime
    """When somebody last began to find out whether it is over."""
    until: datetime
    """It is left alone until then; while one finds out, by the others."""
    asked: datetime
    """The same, as far as the other side has asked for it."""
    because: str
    channels: tuple[str, ...]
    """Whose letters wait for it."""
    told: bool = False
    """A person knows."""


class _CutOff(NamedTuple):
    """That this program finds a way down which others find up."""

    times: int
    """How often in a row."""
    until: datetime
    """It leaves the way to the others until then."""
    because: str


def answer(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Which of the outcomes of one way tells how it stands; None where none does.

    It is up where any letter was delivered, else down where one found it so; other answers need not
    be the place's.
    """
    delivered = [one for one in outcomes if one.status == "delivered"]
    down = [one for one in outcomes if one.status == "down"]
    return delivered[0] if delivered else max(down, key=lambda one: one.after, default=None)


class Outages:
    """Those of one store, by the key of the way that takes nothing.

    Only an `answer` begins or ends one.  What is said of them is as it was last looked at.
    """

    def __init__(self, store: Store, language: str) -> None:
        self._store = store
        self._language = language
        self._known: dict[str, Outage] = {}
        self._cut_off: dict[str, _CutOff] = {}
        self._begun: datetime | None = None

    def look(self, now: datetime) -> None:
        """See what others have found meanwhile.

        What is seen within a transaction stays so until it ends.  Raises StoreError.
        """
        self._begun = min(self._begun or now, now)
        self._known = _known(self._store, now)

    def knows(self, way: Delivery) -> bool:
        """Whether a way has taken nothing until now."""
        return way.key in self._known

    def holds(self, way: Delivery, now: datetime) -> bool:
        """Whether a way is to be left alone now."""
        mine, one = self._cut_off.get(way.key), self._known.get(way.key)
        if mine is not None and now < mine.until <= now + LONGEST:
            return True
        if one is None:
            return False
        # What was found before this program began may have been put right since.
        recent = self._begun is not None and self._begun <= max(one.last, one.trying)
        # Where the clock was put back since, nobody can tell.
        asked = now < one.asked and one.last <= now + LONGEST
        return asked or (recent and now < one.until <= now + LONGEST)

    def down(self, ways: Iterable[Delivery], now: datetime) -> dict[str, str]:
        """The places of those ways that are to be left alone now, and why."""
        return {
            one.place: (self._known.get(one.key) or self._cut_off[one.key]).because
            for one in ways
            if self.holds(one, now)
        }

    def news(self, way: Delivery, channels: Sequence[str], said: Outcome | None) -> bool:
        """Whether what a way has answered to letters of some channels is to be noted."""
        return said is not None and (
            said.status == "down"
            or self.knows(way)
            or any(set(channels) & set(one.channels) for one in self._known.values())
        )

    def arrived(self, way: Delivery) -> None:
        """A letter of this program has arrived by a way."""
        self._cut_off.pop(way.key, None)

    def take(self, way: Delivery, now: datetime) -> None:
        """One letter tries a way that has taken nothing; the others leave it alone meanwhile.

        Within a transaction of someone who is alone and has looked, as all that follow.
        """
        known = self._known[way.key]
        self._known[way.key] = replace(known, trying=now, until=now + LEASE)
        self._save()

    def leave(self, way: Delivery, now: datetime) -> None:
        """A try has told nothing of the way: the next letter may try."""
        if self.knows(way):
            self._known[way.key] = replace(self._known[way.key], until=now)
            self._save()

    def note(
        self, way: Delivery, channels: Sequence[str], said: Outcome, now: datetime, began: datetime
    ) -> int:
        """Note the answer of a way to letters of some channels, that were taken out of the queue
        when it `began`; gives how many notices came of it.
        """
        before = self._known.pop(way.key, None)
        knew = before is not None and before.told
        text = ""
        if said.status == "down":
            after = self._known[way.key] = _found(before, channels, said, now, began)
            if before is None:
                self._begin(way, said, now)
            if after.told and not knew:
                because = retelling.letter(said.reason, self._language)
                text = say(self._language, "down", place=way.place, because=because)
        else:
            self._go_elsewhere(channels)
            text = say(self._language, "up", place=way.place) if knew else ""
        self._save(notices := [NoticeRow(now, "inbox", text)] if text else [])
        return len(notices)

    def _begin(self, way: Delivery, said: Outcome, now: datetime) -> None:
        """A way is down that was up for all one knew.  Where this program alone cannot reach it,
        that comes again and again, and letters would run out of tries.
        """
        before = self._cut_off.get(way.key)
        times = before.times + 1 if before is not None else 0
        pause = min(fates.pause_after(times - 1), LONGEST) if times else timedelta(0)
        self._cut_off[way.key] = _CutOff(times, now + pause, said.reason)

    def _go_elsewhere(self, channels: Sequence[str]) -> None:
        """Letters of these channels do not wait for other ways: they go by one that is up."""
        for key, one in list(self._known.items()):
            left = tuple(name for name in one.channels if name not in channels)
            if left:
                self._known[key] = replace(one, channels=left)
            else:
                del self._known[key]

    def _save(self, notices: Sequence[NoticeRow] = ()) -> None:
        data = {key: asdict(one) for key, one in self._known.items()}
        values = {NAME: as_text(data) if data else ""}
        self._store.save(Changes(notices=list(notices), values=values))


def _found(
    before: Outage | None, channels: Sequence[str], said: Outcome, now: datetime, began: datetime
) -> Outage:
    """An outage after one more answer."""
    if before is None:
        before = Outage(now, began - LEASE, 0, began, now, now, "", ())
    # Whoever was at it already when another found the place down has found out the same.
    tries = before.tries + (began > before.last)
    pause = min(fates.pause_after(max(tries - 1, 0)), LONGEST)
    asked = now + said.pause
    return Outage(
        before.since, now, tries, before.trying, max(now + pause, asked), asked, said.reason,
        tuple(sorted({*before.channels, *channels})),
        before.told or now - before.since >= LASTS,
    )  # fmt: skip


# ------------------------------------------------------------------ for people


def behind(store: Store) -> dict[str, str]:
    """By channel, why its letters wait: their way out takes nothing."""
    found = _read(store).values()
    return {channel: one.because for one in found for channel in one.channels}


def waiting(store: Store, now: datetime) -> list[Waiting]:
    """Why letters may not be handed over yet; the most frequent reason in front."""
    found = {(one.reason, one.rated): one for one in store.held_letters(now)}
    known = [one for one in _known(store, now).values() if one.until > now]
    counts = store.queued_letters(now) if known else {}
    for one in known:
        more = Waiting(one.because, sum(counts.pop(name, 0) for name in one.channels), one.until)
        same = found.get((more.reason, False), more._replace(letters=0))
        both = more._replace(letters=more.letters + same.letters, first=min(more.first, same.first))
        if both.letters:
            found[both.reason, False] = both
    return sorted(found.values(), key=lambda one: (-one.letters, one.reason))


def _known(store: Store, now: datetime) -> dict[str, Outage]:
    """By key; without those that nobody knows of any more."""
    return {key: one for key, one in _read(store).items() if one.told or now - one.last <= LAPSES}


def _read(store: Store) -> dict[str, Outage]:
    return {
        key: Outage(**one | {"channels": tuple(one["channels"])})
        for key, one in from_text(store.value(NAME) or "{}").items()
    }
