"""From the queue of a store to a delivery: letters are claimed, handed over, and what became of
them is noted.

Handing over stands outside of every transaction; one transaction notes what became of the letters
before, and how their way stands, and claims the next.  Who is killed between hand-over and note
leaves a letter of which nobody can tell whether it went out: it is taken up again only where that
does no harm.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from flowlang.contact import Letter
from flowlang.delivery.delivery import LEASE, Delivery, Outcome
from flowlang.delivery.settings import Rate
from flowlang.engine import fates, recalling, retelling
from flowlang.engine.admission import as_text
from flowlang.engine.claimant import is_gone, one_of_mine
from flowlang.engine.commons import as_process
from flowlang.engine.delivered import Delivered
from flowlang.engine.lanes import Lanes, Load
from flowlang.engine.outages import Outages, answer
from flowlang.engine.processes import Identity
from flowlang.engine.rates import deal_anew
from flowlang.engine.results import growth
from flowlang.engine.telling import say
from flowlang.stores.rows import (
    SKIPPED,
    ArrivalRow,
    Changes,
    LetterFate,
    LetterRow,
    LetterStatus,
    NoticeRow,
    ProgressRow,
)
from flowlang.stores.store import Store

_ABANDONED = "the program ended while it was handed over"


class Handover:
    """Hands over what a store has queued.

    How fast domains may be written to it knows as long as it lasts; all else is in the store.
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
        self._rate = rate
        self._language = language
        self._outages = Outages(store, language)
        self._name = one_of_mine()
        """By which its claims are known from those of all others."""
        self._lanes = Lanes(store, delivery, self._outages, rate, self._name)
        self._begun = False
        self._to_note: Load | None = None
        """Kept while the store cannot be written to, so that no outcome is forgotten."""
        self._done = Delivered()

    def take_over(self, before: Handover) -> None:
        """Go on in the place of another one of this process: with what it has still to note, under
        its name, and knowing how fast domains have been written to.
        """
        self._to_note, self._name = before._to_note, before._name
        self._lanes.take_over(before._lanes)

    def run(self, stop: Callable[[], bool] = lambda: False) -> Delivered:
        """Hand over all that may go now, until there is nothing left or `stop` says so.

        Raises StoreError; what became of the letters is noted by the next run then.
        """
        done = self._done = Delivered()
        self._lanes.begin(done)
        if not self._begun:
            deal_anew(self._store, self._rate, self._clock())
            self._begun = True
        if self._abandoned():
            with self._store.transaction():  # or two who begin at once would both tell of it
                self._take_up_abandoned()
        while (load := self._step(stop)) is not None:
            load.outcomes = _handed_over(load.way, load.rows)
            self._to_note = load
        done.down = self._outages.down(self._lanes.ways.values(), self._clock())
        self._delivery.rest()
        return done

    def _step(self, stop: Callable[[], bool]) -> Load | None:
        """Note what became of the letters before, and claim the next; None where none is to go."""
        load = None
        with self._store.transaction(beside=True):
            now = self._clock()
            self._outages.look(now)
            alone = self._news() or self._lanes.tries_again(now)
            if not alone:
                load = self._noted_and_next(stop, alone=False)
        if alone:  # what all who go this way have in common
            with self._store.transaction():
                self._outages.look(self._clock())
                load = self._noted_and_next(stop, alone=True)
        self._to_note = None
        return load

    def _noted_and_next(self, stop: Callable[[], bool], *, alone: bool) -> Load | None:
        """The same within a transaction."""
        if self._to_note is not None:
            self._note(self._to_note)
        if alone:
            self._note_place()
        self._done.left = stop()
        return None if self._done.left else self._lanes.next(self._clock(), alone=alone)

    # ------------------------------------------------------------------ what became of them

    def _note(self, load: Load) -> None:
        """Note what became of the letters that were handed over; within a transaction."""
        now = self._clock()
        again = self._allow or load.way.repeatable
        found = [
            fates.fate(
                row, outcome, now, again=again, give_up_after=self._give_up_after, down=load.tries
            )
            for row, outcome in zip(load.rows, load.outcomes, strict=True)
        ]
        bounced = {one.id for one in load.outcomes if one.status == "bounced"}
        noted = self._mark(load.rows, found, now, by=self._name, bounced=bounced)
        self._done.retried.update(fate.reason for fate in noted if fate.status == "queued")
        arrived = sum(fate.status == "handed over" for fate in noted)
        if arrived:
            self._done.places[load.way.place] += arrived
            self._outages.arrived(load.way)

    def _mark(
        self,
        rows: Sequence[LetterRow],
        found: Sequence[LetterFate],
        now: datetime,
        *,
        by: str | None = None,
        bounced: Collection[str] = (),
    ) -> list[LetterFate]:
        """Note the fates of letters, `by` who has claimed them or whoever it was; what was noted is
        counted, once, and told.
        """
        letters = {row.letter.id: row.letter for row in rows}
        noted = self._store.mark_letters(found, by)
        changes, arrivals = Changes(), []
        for fate in noted:
            letter = letters[fate.id]
            if letter.contact and fate.id in bounced:
                arrivals.append(_bounce(letter, now))
            if letter.contact and fate.status == "taken back":
                arrivals.append(_taken_back(letter, fate.reason, now))
            changes.notices += self._count(letter, fate, now, bounced=fate.id in bounced)
        if arrivals:
            self._store.append(arrivals)
        self._count_undone([(letters[fate.id], fate) for fate in noted], changes, now)
        self._done.notices += len(changes.notices)
        if changes.notices or changes.progress:
            self._store.save(changes)
        return noted

    def _news(self) -> bool:
        """Whether the letters before have told how their way stands, or were to."""
        load = self._to_note
        if load is None or not load.rows:
            return False
        return load.tries or self._outages.news(load.way, load.channels, answer(load.outcomes))

    def _note_place(self) -> None:
        """Note how the way of the letters before stands; within a transaction of someone who is
        alone.
        """
        load = self._to_note
        if load is None or not self._news():
            return
        said, now = answer(load.outcomes), self._clock()
        if said is None:
            self._outages.leave(load.way, now)
        else:
            self._done.notices += self._outages.note(load.way, load.channels, said, now, load.began)

    def _count(
        self, letter: Letter, fate: LetterFate, now: datetime, *, bounced: bool
    ) -> list[NoticeRow]:
        """Count what became of a letter; what asks for a person is told to one."""
        done = self._done
        if fate.status == "handed over":
            done.delivered[letter.message] += 1
        elif bounced and letter.contact:
            done.bounced += 1
        elif fate.status in ("failed", "unknown"):
            done.unknown += fate.status == "unknown"
            text = _called(letter, fate.status, fate.reason, self._language)
            done.failed.append(text)
            return [NoticeRow(now, "inbox", text)]
        return []

    def _count_undone(
        self, noted: Sequence[tuple[Letter, LetterFate]], changes: Changes, now: datetime
    ) -> None:
        """Letters that were refused for good count as failed in their processes, and those that
        were taken back as skipped, not as done.
        """
        lost: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for letter, fate in noted:
            if letter.process and fate.status in ("failed", "taken back"):
                failed = fate.status == "failed"
                lost[letter.process]["failed" if failed else f"{SKIPPED}{fate.reason}"] += 1
        among = [Identity(*process) for process in lost]  # type: ignore[arg-type] # ours
        for row in self._store.processes(among=among) if among else ():
            identity = as_process(row).identity
            otherwise = lost[identity]
            grown = {"done": -otherwise.total(), **otherwise}
            changes.progress += [ProgressRow(row.number, what, by) for what, by in grown.items()]
            changes.counters |= growth(identity, grown, now)

    def _abandoned(self) -> list[LetterRow]:
        """Letters that someone claimed who has ended, or who has not reported for too long; and its
        own that it has not at hand, for nobody knew that the commit was done.
        """
        now, rows = self._clock(), self._to_note.rows if self._to_note is not None else []
        at_hand = {row.letter.id for row in rows}
        return [
            row
            for row in self._store.letters(["handing over"], 10_000)
            if row.letter.id not in at_hand
            and (row.reason == self._name or is_gone(row.reason) or row.since + LEASE <= now)
        ]

    def _take_up_abandoned(self) -> None:
        """Again, or as unknown; within a transaction of someone who is alone."""
        rows, now = self._abandoned(), self._clock()
        self._mark(rows, [self._taken_up(row, now) for row in rows], now)

    def _taken_up(self, row: LetterRow, now: datetime) -> LetterFate:
        letter = row.letter
        if row.reason == self._name:  # it was never handed over: in its place
            return LetterFate(letter.id, "queued", letter.at, tries=row.tries - 1)
        if self._allow or self._delivery.way(letter.channel).repeatable:
            return LetterFate(letter.id, "queued", now, _ABANDONED)
        return LetterFate(letter.id, "unknown", now, f"{_ABANDONED}; it is not sent again")


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


def _taken_back(letter: Letter, reason: str, now: datetime) -> ArrivalRow:
    """That a letter to a contact did not go out after all."""
    data = as_text(recalling.as_data(letter, reason))
    return ArrivalRow(
        now, letter.contact, recalling.TAKEN_BACK, data, f"{recalling.TAKEN_BACK}:{letter.id}"
    )


def _called(letter: Letter, status: LetterStatus, because: str, language: str) -> str:
    """What became of a letter; what tells a person something is named by what it tells."""
    told = retelling.letter(because, language)
    fate = {"status": say(language, f"letter-{status}"), "because": told}
    if letter.message:
        return say(language, "letter", message=letter.message, address=letter.address, **fate)
    return say(language, "notice", text=letter.text, address=letter.address, **fate)
