"""The sums that hold in any store, after any run (mautic#6789: some of 600 a day were skipped, and
nobody was told).

    started = finished + stopped + waiting + halted + waiting for restart
    sends reached = sent + skipped + failed
    entries that a contact knows of = entries of its history

Each side comes from elsewhere: what is counted as it happens, where contacts stand, what their
histories say, and the letters.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from flowlang.engine.commons import by_kind
from flowlang.stores import Store, schema
from flowlang.stores.rows import ContactRow, LetterStatus, ProcessRow
from flowlang.stores.sql import Sql

_STANDING = ("waiting", "halted", "waiting for restart")
_OUT: tuple[LetterStatus, ...] = ("queued", "handing over", "handed over", "unknown")
_PAGE = 500
_AUTOMATED = 'the automation "'
"""In the names of what is no campaign: its runs are not counted as started."""


def wrong_sums(store: Store) -> list[str]:
    """What does not add up in a store that nobody works on now."""
    seen = _Seen(store)
    return [*_runs(store, seen), *_sends(store, seen), *_histories(store)]


class _Seen:
    """What contacts and their histories say."""

    def __init__(self, store: Store) -> None:
        self.standing: Counter[tuple[str, str]] = Counter()
        """Runs by campaign and status."""
        self.reached: Counter[tuple[str, str]] = Counter()
        """Sends that were done with, by campaign and `sent` or `skipped`."""
        for rows in _pages(store):
            for row in rows:
                self._look_at(row)
            for entry in store.entries([row.id for row in rows], ("sent", "skipped")):
                if entry.what in ("sent", "skipped"):
                    self.reached[entry.campaign, entry.what] += 1

    def _look_at(self, row: ContactRow) -> None:
        for run in json.loads(row.state).get("runs", ()):
            self.standing[run["campaign"], run.get("status", "running")] += 1


def _pages(store: Store) -> Iterator[list[ContactRow]]:
    """All contacts, and those that were deleted as far as something arrived for them."""
    after = 0
    while rows := store.walk(after, _PAGE):
        yield rows
        after = rows[-1].number
    came = {one.contact for one in store.arrivals("applied", 1_000_000) if one.contact}
    yield [row for row in store.contacts(came) if row.deleted]


def _runs(store: Store, seen: _Seen) -> Iterator[str]:
    counts = by_kind(store.shared().counters)
    rows: Counter[tuple[str, str]] = Counter()
    for campaign, status, _, count in store.standing():
        rows[campaign, status] += count
    names = {name for name, _ in seen.standing} | counts["started"].keys()
    for campaign in sorted(name for name in names if _AUTOMATED not in name):
        stands = {status: seen.standing[campaign, status] for status in _STANDING}
        for status, count in stands.items():
            if rows[campaign, status] != count:
                yield f'"{campaign}": {rows[campaign, status]} {status} by rows, {count} by states'
        if seen.standing[campaign, "running"]:
            yield f'"{campaign}": {seen.standing[campaign, "running"]} are in no state'
        started, finished, stopped = (
            counts[what][campaign] for what in ("started", "finished", "stopped")
        )
        if started != finished + stopped + sum(stands.values()):
            yield (
                f'"{campaign}": {started} started, but {finished} finished, {stopped} stopped,'
                f" {stands}"
            )


def _sends(store: Store, seen: _Seen) -> Iterator[str]:
    letters: Counter[tuple[tuple[str, ...], bool]] = Counter()
    for row in store.letters(["failed", *_OUT], 1_000_000):
        letters[row.letter.process, row.status == "failed"] += 1
    past: Counter[str] = Counter()
    for process in store.processes():
        if process.type not in ("message send", "group send"):
            continue
        through = process.done + process.failed + sum(process.skipped.values())
        past[process.by] += through
        yield from _letters(process, letters)
        yield from _audience(process, through)
        if min(process.done, process.failed, *process.skipped.values(), 0) < 0:
            yield f'"{process.name}" of "{process.by}": {process} counts below nothing'
    for campaign, count in past.items():
        reached = seen.reached[campaign, "sent"] + seen.reached[campaign, "skipped"]
        grouped = any(one.by == campaign for one in store.processes() if one.type == "group send")
        if not grouped and reached != count:
            yield f'"{campaign}": {reached} sends reached, {count} are sent, skipped or failed'


def _histories(store: Store) -> Iterator[str]:
    assert isinstance(store, Sql)
    entries, contacts = schema.history.c, schema.contacts.c
    last = sa.select(sa.func.max(entries.seq)).where(entries.contact == contacts.id)
    there = sa.func.coalesce(last.scalar_subquery(), 0)
    asked = sa.select(contacts.id, contacts.entries, there).where(contacts.entries != there)
    with store.engine.connect() as connection:
        for contact, known, found in connection.execute(asked):
            yield f"{contact}: {known} entries are known of, {found} are there"


def _letters(process: ProcessRow, letters: Counter[tuple[tuple[str, ...], bool]]) -> Iterator[str]:
    identity = (process.type, process.name, process.by, process.key)
    out, failed = letters[identity, False], letters[identity, True]
    if (process.done, process.failed) != (out, failed):
        yield (
            f'"{process.name}" of "{process.by}": {process.done} done and {process.failed} failed,'
            f" but {out} letters out and {failed} failed"
        )


def _audience(process: ProcessRow, through: int) -> Iterator[str]:
    if process.audience is None or process.because.startswith("missing"):
        return
    over = process.status in ("finished", "cancelled") and process.ended is not None
    if through > process.audience or (over and through != process.audience):
        yield (
            f'"{process.name}" of "{process.by}" is {process.status}: {through} of'
            f" {process.audience} are through"
        )
