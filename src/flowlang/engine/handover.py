"""From the queue of a store to a delivery: letters are claimed, handed over, and what became of
them is noted.

Handing over stands outside of every transaction; one transaction notes what became of the letters
before, and how their way stands, and claims the next.  Who is killed between hand-over and note
leaves a letter of which nobody can tell whether it went out: it is taken up again only where that
does no harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flowlang.contact import Letter
from flowlang.delivery.delivery import LEASE, Delivery, Outcome
from flowlang.delivery.settings import Rate
from flowlang.engine import fates, retelling
from flowlang.engine.admission import as_text
from flowlang.engine.claimant import is_gone, me
from flowlang.engine.delivered import Delivered
from flowlang.engine.outages import Outages, answer
from flowlang.engine.rates import TURN, Rates
from flowlang.engine.telling import say
from flowlang.stores.rows import (
    ArrivalRow,
    Changes,
    LetterFate,
    LetterRow,
    LetterStatus,
    NoticeRow,
    ProgressRow,
)
from flowlang.stores.store import Store

LOOK = 100
"""Letters that are looked at, at once, where the first ones must wait."""

_ABANDONED = "the program ended while it was handed over"


@dataclass(frozen=True, slots=True)
class _Batch:
    """Letters that go one way now; none where all that were looked at have to wait."""

    way: Delivery
    rows: list[LetterRow]
    look: int
    """How many to look at next."""


class Handover:
    """Hands over what a store has queued.

    When it tries a way again that is down, and how fast domains may be written to, it knows as long
    as it lasts; all else is in the store.
    """

    def __init__(
        self,
        store: Store,
        delivery: Delivery,
        clock: Callable[[], datetime],
        *,
        duplicates: str = "avoid",
        give_up_after: timedelta = fates.GIVE_UP,
        rate: Rate | None = None,
        language: str = "en",
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._clock = clock
        self._allow = duplicates == "allow"
        self._give_up_after = give_up_after
        self._rates = Rates(rate) if rate is not None else None
        self._language = language
        self._outages = Outages(store, language)
        self._to_note: list[tuple[LetterRow, Outcome]] = []
        """Kept while the store cannot be written to, so that no outcome is forgotten."""
        self._done = Delivered()

    def run(self, stop: Callable[[], bool] = lambda: False) -> Delivered:
        """Hand over all that may go now, until there is nothing left or `stop` says so.

        Raises StoreError; what became of the letters is noted by the next run then.
        """
        done = self._done = Delivered()
        self._outages.begin(self._clock())
        if self._abandoned():
            with self._store.transaction():  # or two who begin at once would both tell of it
                self._take_up_abandoned()
        look = self._delivery.at_once
        while (batch := self._step(look, stop)) is not None:
            look = batch.look
            outcomes = _handed_over(batch.way, batch.rows)
            self._to_note = list(zip(batch.rows, outcomes, strict=True))
        now, pauses = self._clock(), self._outages.pauses
        done.down = {place: one.because for place, one in pauses.items() if one.until > now}
        self._delivery.rest()
        return done

    def _step(self, look: int, stop: Callable[[], bool]) -> _Batch | None:
        """Note what became of the letters before, and claim the next; None where none is to go."""
        batch = None
        with self._store.transaction(beside=True):
            self._outages.look(self._clock())
            alone = bool(self._answered())
            if not alone:
                batch = self._noted_and_next(look, stop)
        if alone:  # what all who go this way have in common
            with self._store.transaction():
                self._outages.look(self._clock())
                batch = self._noted_and_next(look, stop)
        self._to_note.clear()
        return batch

    def _noted_and_next(self, look: int, stop: Callable[[], bool]) -> _Batch | None:
        """The same within a transaction."""
        self._note()
        for place, said in self._answered():
            self._done.notices += self._outages.note(place, said, self._clock())
        self._done.left = stop()
        return None if self._done.left else self._next(look)

    # ------------------------------------------------------------------ which letters go now

    def _next(self, look: int) -> _Batch | None:
        """The next letters, of so many that are looked at; None where nothing is to go now."""
        now, way = self._clock(), self._delivery
        rows = self._store.claim_letters(now, look, me())
        if not rows:
            return None
        taken: list[LetterRow] = []
        back: list[LetterFate] = []
        waits = False
        for row in rows:
            this = self._delivery.way(row.letter)
            at, because = row.since, row.reason
            if not taken or (this is way and len(taken) < way.at_once):
                held = self._held(this, row.letter, now)
                if held is None:
                    way = this
                    taken.append(row)
                    continue
                (at, because), waits = held, True
            back.append(LetterFate(row.letter.id, "queued", at, because, row.tries))
        self._store.mark_letters(back)
        # Where the first ones had to wait, those behind them may have to as well.
        return _Batch(way, taken, LOOK if waits else way.at_once)

    def _held(self, way: Delivery, letter: Letter, now: datetime) -> tuple[datetime, str] | None:
        """Until when a letter has to wait, and why; None where it may go now."""
        pause = self._outages.pauses.get(way.place)
        if pause is not None and pause.until > now:
            return pause.until, pause.because
        if self._rates is None or letter.channel != "email":
            return None
        domain = letter.address.rpartition("@")[2].strip(" >").casefold()
        at = self._rates.wait(domain, now)
        if at is None:
            self._done.rated.discard(letter.id)
            return None
        self._done.rated.add(letter.id)
        return at, f"{TURN}only so many go to {domain} at once"

    # ------------------------------------------------------------------ what became of them

    def _note(self) -> None:
        """Note what became of the letters that were handed over; within a transaction."""
        now = self._clock()
        marks, changes, arrivals = [], Changes(), []
        for row, outcome in self._to_note:
            letter = row.letter
            way = self._delivery.way(letter)
            again = self._allow or way.repeatable
            fate = fates.fate(row, outcome, now, again=again, give_up_after=self._give_up_after)
            marks.append(fate)
            if outcome.status == "bounced" and letter.contact:
                arrivals.append(_bounce(letter, now))
            changes.notices += self._count(letter, fate, outcome, now)
            if fate.status == "handed over":
                self._done.places[way.place] += 1
        self._store.mark_letters(marks)
        if arrivals:
            self._store.append(arrivals)
        changes.progress = self._failed(marks)
        self._done.notices += len(changes.notices)
        if changes.notices or changes.progress:
            self._store.save(changes)

    def _answered(self) -> list[tuple[str, Outcome]]:
        """The ways that are down, or have been so until now, with what they answered."""
        outcomes: dict[str, list[Outcome]] = {}
        for row, outcome in self._to_note:
            outcomes.setdefault(self._delivery.way(row.letter).place, []).append(outcome)
        return [
            (place, said)
            for place, some in outcomes.items()
            if (said := answer(some)) is not None and self._outages.concerns(place, said)
        ]

    def _count(
        self, letter: Letter, fate: LetterFate, outcome: Outcome, now: datetime
    ) -> list[NoticeRow]:
        """Count what became of a letter; what asks for a person is told to one."""
        done = self._done
        if fate.status == "handed over":
            done.delivered[letter.message] += 1
        elif fate.status == "queued":
            done.retried[fate.reason] += 1
        elif outcome.status == "bounced" and letter.contact:
            done.bounced += 1
        else:
            done.unknown += fate.status == "unknown"
            text = _called(letter, fate.status, fate.reason, self._language)
            done.failed.append(text)
            return [NoticeRow(now, "inbox", text)]
        return []

    def _failed(self, marks: Sequence[LetterFate]) -> list[ProgressRow]:
        """The progress of processes whose letters were refused for good: these count as failed, not
        as done.
        """
        lost = Counter(
            row.letter.process
            for (row, _), mark in zip(self._to_note, marks, strict=True)
            if mark.status == "failed" and row.letter.process
        )
        if not lost:
            return []
        return [
            ProgressRow(row.number, what, by)
            for row in self._store.processes()
            if (count := lost[row.type, row.name, row.by, row.key])
            for what, by in (("done", -count), ("failed", count))
        ]

    def _abandoned(self) -> list[LetterRow]:
        """Letters that someone claimed who has ended, or who has not reported for too long."""
        now, mine = self._clock(), {row.letter.id for row, _ in self._to_note}
        return [
            row
            for row in self._store.letters(["handing over"], 10_000)
            if row.letter.id not in mine and (is_gone(row.reason) or row.since + LEASE <= now)
        ]

    def _take_up_abandoned(self) -> None:
        """Again, or as unknown; within a transaction of someone who is alone."""
        now = self._clock()
        for row in self._abandoned():
            letter = row.letter
            if self._allow or self._delivery.way(letter).repeatable:
                fate = LetterFate(letter.id, "queued", now, _ABANDONED)
                self._store.mark_letters([fate])
                continue
            reason = f"{_ABANDONED}; it is not sent again"
            fate = LetterFate(letter.id, "unknown", now, reason)
            self._store.mark_letters([fate])
            outcome = Outcome(letter.id, "unknown", reason)
            notices = self._count(letter, fate, outcome, now)
            self._done.notices += len(notices)
            self._store.save(Changes(notices=notices))


def _handed_over(way: Delivery, rows: Sequence[LetterRow]) -> list[Outcome]:
    """What a delivery says; where it breaks its word, nobody can tell what became of them."""
    if not rows:
        return []
    letters = [row.letter for row in rows]
    try:
        found = way.hand_over(letters)
        broken = [one.id for one in found] != [one.id for one in letters]
        reason = "the delivery did not say what became of it"
    except Exception as failure:  # noqa: BLE001 - another package's; nothing of it may end the engine
        found, broken = [], True
        reason = f"the delivery broke off: {type(failure).__name__}: {failure}"
    return [Outcome(one.id, "unknown", reason) for one in letters] if broken else found


def _bounce(letter: Letter, now: datetime) -> ArrivalRow:
    """That nobody is at an address, as it would be reported from outside; once for a letter."""
    data = {"message": letter.message, "channel": letter.channel, "address": letter.address}
    return ArrivalRow(now, letter.contact, "bounced", as_text(data), f"bounced:{letter.id}")


def _called(letter: Letter, status: LetterStatus, because: str, language: str) -> str:
    """What became of a letter; what tells a person something is named by what it tells."""
    told = retelling.letter(because, language)
    fate = {"status": say(language, f"letter-{status}"), "because": told}
    if letter.message:
        return say(language, "letter", message=letter.message, address=letter.address, **fate)
    return say(language, "notice", text=letter.text, address=letter.address, **fate)
