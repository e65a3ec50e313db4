"""From the queue of a store to a delivery: letters are claimed, handed over, and what became of
them is noted.

Handing over stands outside of every transaction.  Who is killed between hand-over and note leaves a
letter of which nobody can tell whether it went out: it is taken up again only where that does no
harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.engine.telling import say
from flowlang.stores.rows import Changes, LetterFate, LetterRow, NoticeRow, ProcessRow
from flowlang.stores.store import Store

BATCH = 100
"""Letters that are claimed at once."""
LEASE = timedelta(minutes=2)
"""After this time a claimed letter is taken for abandoned."""
BACK_OFF = (60, 300, 900, 3600, 3 * 3600, 12 * 3600)
"""Seconds until the next try; after the last one the letter has failed."""


@dataclass(slots=True)
class Delivered:
    """What a delivery of the queue came to."""

    delivered: Counter[str] = field(default_factory=Counter)
    """By message."""
    retried: int = 0
    failed: list[str] = field(default_factory=list)
    """In words, one each."""
    unknown: int = 0


def deliver(
    store: Store,
    delivery: Delivery,
    now: datetime,
    *,
    duplicates: str = "avoid",
    repeatable: bool = False,
    language: str = "en",
) -> Delivered:
    """Hand over all that is queued for now.

    `repeatable`: handing a letter over twice is the same as once, so an unknown outcome is simply
    tried again; elsewhere `duplicates` ("avoid" or "allow") decides.
    """
    done = Delivered()
    again = repeatable or duplicates == "allow"
    _take_up_abandoned(store, now, done, again=again, language=language)
    while rows := store.claim_letters(now, BATCH):
        outcomes = delivery.hand_over([row.letter for row in rows])
        fates, notices = [], []
        for row, outcome in zip(rows, outcomes, strict=True):
            fate = _fate(row, outcome, now, again=duplicates == "allow")
            fates.append(fate)
            if fate.status == "handed over":
                done.delivered[row.letter.message] += 1
            elif fate.status == "queued":
                done.retried += 1
            else:
                done.unknown += fate.status == "unknown"
                text = _called(row.letter, fate.status, fate.reason, language)
                done.failed.append(text)
                notices.append(NoticeRow(now, "inbox", text))
        with store.transaction():
            store.mark_letters(fates)
            processes = _failed(store, rows, fates)
            store.save(Changes(notices=notices, processes=processes))
    return done


def _called(letter: Letter, status: str, because: str, language: str) -> str:
    """What became of a letter; what tells a person something is named by what it tells."""
    fate = {"status": say(language, f"letter-{status}"), "because": because}
    if letter.message:
        return say(language, "letter", message=letter.message, address=letter.address, **fate)
    return say(language, "notice", text=letter.text, address=letter.address, **fate)


def _failed(
    store: Store, rows: Sequence[LetterRow], fates: Sequence[LetterFate]
) -> list[ProcessRow]:
    """The processes of letters that were refused for good: these count as failed, not as done."""
    lost = Counter(
        row.letter.process
        for row, fate in zip(rows, fates, strict=True)
        if fate.status == "failed" and row.letter.process
    )
    if not lost:
        return []
    return [
        replace(row, done=row.done - count, failed=row.failed + count)
        for row in store.processes()
        if (count := lost[row.type, row.name, row.by, row.key])
    ]


def _fate(row: LetterRow, outcome: Outcome, now: datetime, *, again: bool) -> LetterFate:
    identity, reason = row.letter.id, outcome.reason
    match outcome.status:
        case "delivered":
            return LetterFate(identity, "handed over", now)
        case "unknown" if not again:
            return LetterFate(
                identity, "unknown", now, reason or "nobody can tell whether it arrived"
            )
        case "retry" | "unknown" if row.tries < len(BACK_OFF):
            later = now + timedelta(seconds=BACK_OFF[row.tries])
            return LetterFate(identity, "queued", later, reason)
        case _:
            return LetterFate(identity, "failed", now, reason)


def _take_up_abandoned(
    store: Store, now: datetime, done: Delivered, *, again: bool, language: str
) -> None:
    """Letters that someone claimed and never reported on."""
    with store.transaction():
        rows = [row for row in store.letters(["handing over"], 10_000) if row.since + LEASE <= now]
        if again:
            store.mark_letters(
                [LetterFate(row.letter.id, "queued", now, row.reason) for row in rows]
            )
            return
        reason = "the program ended while it was handed over; it is not sent again"
        store.mark_letters([LetterFate(row.letter.id, "unknown", now, reason) for row in rows])
        store.save(
            Changes(
                notices=[
                    NoticeRow(now, "inbox", _called(row.letter, "unknown", reason, language))
                    for row in rows
                ]
            )
        )
    done.unknown += len(rows)
