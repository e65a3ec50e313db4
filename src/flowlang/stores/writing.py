"""The verbs of a store in SQL that SQLite and PostgreSQL both understand: those that write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from flowlang.contact import Letter
from flowlang.encoding import to_json
from flowlang.speech import tr
from flowlang.stores import schema as t
from flowlang.stores.bulk import Bulk, Rows
from flowlang.stores.letters import letter_row
from flowlang.stores.reading import SqlReading
from flowlang.stores.rows import (
    ArrivalRow,
    Changes,
    ClaimedCode,
    LetterFate,
    LetterRow,
    ProcessRow,
    ProgressRow,
    RunRow,
    TrialRow,
)
from flowlang.stores.schema import moment, stamp
from flowlang.stores.store import StoreError


class SqlStore(SqlReading):
    """What is done to a store."""

    def __init__(self, engine: Engine, shown: str, bulk: Bulk) -> None:
        super().__init__(engine, shown)
        self._bulk = bulk

    def _slot(self, connection: Connection) -> int:
        """In which slot this connection counts; where many write, each has its own."""
        return 0

    def _wake(self, connection: Connection, *, at_once: bool = False) -> None:
        """Let those who wait for something to do look again, once this is done.

        Nothing is to be done where they see by themselves that something was written.
        """

    def _alone_with(self, connection: Connection, name: str) -> None:
        """Let nobody else import into a coupon list before this is done."""

    # ------------------------------------------------------------------ the engine's work

    def save(self, changes: Changes) -> None:
        if self._connection is None:
            with self.transaction(beside=True):
                self.save(changes)
            return
        with self._connected(writes=True) as connection:
            self._save_contacts(connection, changes)
            self._save_codes(connection, changes)
            self._save_letters(connection, changes)
            self._save_arrivals(connection, changes)
            self._save_shared(connection, changes)
            begun = self._save_processes(connection, changes)
            self._save_counts(connection, changes, begun)
            if changes.letters or changes.program or any(row.due for row in changes.contacts):
                self._wake(connection)

    def _save_contacts(self, connection: Connection, changes: Changes) -> None:
        contacts = [
            (
                row.id, row.number, row.email, row.zone, _stamp(row.due),
                row.began, row.entries, row.version, row.deleted, row.state,
            )
            for row in changes.contacts
        ]  # fmt: skip
        self._bulk.put(connection, Rows(t.contacts, _CONTACT, contacts))
        self._bulk.delete(connection, Rows(t.runs, RunRow._fields[:3], changes.runs_gone))
        self._bulk.put(connection, Rows(t.runs, RunRow._fields, changes.runs))
        self._bulk.put(connection, Rows(t.trials, TrialRow._fields, changes.trials))
        history = [
            (who, seq, stamp(at), campaign, turn, step, line, what, because)
            for seq, (at, who, campaign, turn, step, line, what, because) in changes.history
        ]
        self._bulk.insert(connection, Rows(t.history, _HISTORY, history))

    def _save_codes(self, connection: Connection, changes: Changes) -> None:
        taken = [(*one[:-1], stamp(one.at)) for one in changes.codes]
        rows = Rows(t.codes, ClaimedCode._fields, taken)
        free = "codes.contact is null"
        if self._bulk.update(connection, rows, keys=["list", "code"], only=free) != len(taken):
            why = tr("a coupon code was taken by someone else; nothing was saved")
            raise StoreError(self._about_it(why))

    def _save_letters(self, connection: Connection, changes: Changes) -> None:
        if changes.letters:
            last = connection.scalar(sa.select(sa.func.max(t.letters.c.place))) or 0
            rows = [_letter(one, place) for place, one in enumerate(changes.letters, last + 1)]
            self._bulk.insert(connection, Rows(t.letters, _LETTER, rows))
        back = [(letter, "taken back", why) for letter, why in changes.taken_back]
        taken = Rows(t.letters, ("id", "status", "reason"), back)
        self._bulk.update(connection, taken, keys=["id"], only="letters.status = 'queued'")
        recalled = Rows(t.letters, ("id", "recalled"), changes.taken_back)
        only = "letters.status = 'handing over' and letters.recalled = ''"
        self._bulk.update(connection, recalled, keys=["id"], only=only)

    def _save_arrivals(self, connection: Connection, changes: Changes) -> None:
        done = Rows(t.arrivals, ("seq", "status", "reason"), sorted(changes.arrivals))
        self._bulk.update(connection, done, keys=["seq"])

    def _save_shared(self, connection: Connection, changes: Changes) -> None:
        kept = [(name, value) for name, value in changes.values.items() if value]
        self._bulk.put(connection, Rows(t.shared, ("name", "value"), kept))
        gone = [(name,) for name, value in changes.values.items() if not value]
        self._bulk.delete(connection, Rows(t.shared, ("name",), gone))
        notices = [(stamp(row.at), row.who, row.text) for row in changes.notices]
        self._bulk.insert(connection, Rows(t.notices, ("at", "who", "text"), notices))
        if changes.program is not None:
            self._bulk.insert(connection, Rows(t.programs, ("text",), [(changes.program,)]))

    def _grow(self, connection: Connection, counters: Mapping[str, int]) -> None:
        """Add to counters; one that is not there begins."""
        self._add_up(connection, t.counters, ("name",), list(counters.items()))

    def _add_up(
        self,
        connection: Connection,
        table: sa.Table,
        names: tuple[str, ...],
        amounts: Sequence[tuple[Any, ...]],
    ) -> None:
        """Add amounts, each behind its names, in this connection's slot; in one order, so that no
        two wait for each other.
        """
        if amounts:
            slot = self._slot(connection)
            rows = sorted((slot, *row) for row in amounts)
            self._bulk.add(connection, Rows(table, ("slot", *names, "amount"), rows))

    def _save_processes(self, connection: Connection, changes: Changes) -> list[ProgressRow]:
        """Those that are new are given the next numbers; gives how far they have got on.

        One that someone else has made meanwhile is that one.
        """
        known = sorted((row.number, *_process(row)) for row in changes.processes if row.number)
        self._bulk.update(
            connection, Rows(t.processes, ("number", *_PROCESS), known), keys=["number"]
        )
        new = {_identity(row): row for row in changes.processes if not row.number}
        if not new:
            return []
        rows = Rows(t.processes, _PROCESS, [_process(row) for row in new.values()])
        self._bulk.insert_new(connection, rows, keys=_IDENTITY)
        c = t.processes.c
        identity = [c[name] for name in _IDENTITY]
        asked = sa.select(c.number, *identity).where(sa.tuple_(*identity).in_(list(new)))
        begun: list[ProgressRow] = []
        for number, *named in connection.execute(asked):
            grown = new[tuple(named)].progress
            begun += [ProgressRow(number, what, by) for what, by in grown.items() if by]
        return begun

    def _save_counts(
        self, connection: Connection, changes: Changes, begun: list[ProgressRow]
    ) -> None:
        """At the end, for others may write these rows, too: they wait until the commit."""
        gone = [(name,) for name in changes.counters_gone]
        self._bulk.delete(connection, Rows(t.counters, ("name",), gone))
        grown = [*changes.progress, *begun]
        self._add_up(connection, t.progress, ("process", "what"), grown)
        counted = Counter(changes.counters)
        counted.update(f"{t.USED}{one.list}" for one in changes.codes)
        self._grow(connection, counted)

    # ------------------------------------------------------------------ what comes in

    def append(self, arrivals: Sequence[ArrivalRow]) -> int:
        rows = [
            (row.id, row.contact, stamp(row.at), row.type, row.data, "pending", "", row.email)
            for row in arrivals
        ]
        if not rows:
            return 0
        with self._connected(writes=True) as connection:
            self._wake(connection, at_once=True)
            return self._bulk.insert_new(connection, Rows(t.arrivals, _ARRIVAL, rows), keys=["id"])

    def import_codes(self, name: str, codes: Sequence[str], at: datetime) -> int:
        c = t.codes.c
        with self._connected(writes=True) as connection:
            self._alone_with(connection, name)
            known = {
                row[0] for row in self._some(sa.select(c.code).where(c.list == name), c.code, codes)
            }
            last = connection.scalar(sa.select(sa.func.max(c.position)).where(c.list == name)) or 0
            new = [code for code in dict.fromkeys(codes) if code not in known]
            rows = [(name, code, place, stamp(at)) for place, code in enumerate(new, last + 1)]
            self._bulk.insert(connection, Rows(t.codes, _CODE, rows))
            if new:
                self._grow(connection, {f"{t.IMPORTED}{name}": len(new)})
        return len(new)

    def import_robinson(self, addresses: Sequence[str]) -> int:
        rows = Rows(t.robinson, ("address",), [(one,) for one in sorted(set(addresses))])
        with self._connected(writes=True) as connection:
            return self._bulk.insert_new(connection, rows, keys=["address"])

    # ------------------------------------------------------------------ what goes out

    def claim_letters(
        self, now: datetime, limit: int, by: str = "", channels: Collection[str] | None = None
    ) -> list[LetterRow]:
        c = t.letters.c
        order = (c.since, c.at, c.place)
        with self._connected(writes=True) as connection:
            some = self.queued_channels(now) if channels is None else channels
            found: list[Any] = []
            for channel in some:  # each is one range of the index; several together are none
                asked = sa.select(t.letters).where(
                    c.status == "queued", c.channel == channel, c.since <= stamp(now)
                )
                asked = asked.order_by(*order).limit(limit).with_for_update(skip_locked=True)
                found += connection.execute(asked)
            found = sorted(found, key=attrgetter(*(one.name for one in order)))[:limit]
            if found:
                connection.execute(
                    sa.update(t.letters)
                    .where(self._among(c.id, [row.id for row in found]))
                    .values(status="handing over", since=stamp(now), tries=c.tries + 1, reason=by)
                )
        return list(map(letter_row, found))

    def release_letters(self, channel: str, now: datetime, limit: int) -> int:
        c = t.letters.c
        waiting = sa.select(c.id).where(
            c.status == "queued", c.channel == channel, c.since > stamp(now), c.since > c.at,
            c.rated,
        )  # fmt: skip
        waiting = waiting.order_by(c.since, c.at, c.place).limit(limit)
        waiting = waiting.with_for_update(skip_locked=True)
        with self._connected(writes=True) as connection:
            found = [row.id for row in connection.execute(waiting)]
            for some in self._chunks(found):
                held = sa.update(t.letters).where(self._among(c.id, some))
                connection.execute(held.values(since=c.at, reason="", rated=False))
        return len(found)

    def mark_letters(self, fates: Sequence[LetterFate], by: str | None = None) -> list[LetterFate]:
        if not fates:
            return []
        c = t.letters.c
        asked = sa.select(c.id, c.status, c.since, c.reason, c.recalled).order_by(c.id)
        with self._connected(writes=True) as connection:
            found = self._some(asked.with_for_update(), c.id, [one.id for one in fates])
            stood = {row.id: row for row in found}
            noted = [
                _taken_back(one, stood[one.id])
                for one in sorted(fates)
                if one.id in stood and (by is None or _may_note(one, stood[one.id], by))
            ]
            rows = [(one.id, one.status, stamp(one.at), one.reason, one.rated) for one in noted]
            marked = Rows(t.letters, ("id", "status", "since", "reason", "rated"), rows)
            self._bulk.update(connection, marked, keys=["id"])
            untried = [(one.id, one.tries) for one in noted if one.tries is not None]
            self._bulk.update(connection, Rows(t.letters, ("id", "tries"), untried), keys=["id"])
        return noted


def _taken_back(fate: LetterFate, stood: Any) -> LetterFate:
    """The fate of a letter as it stood: one that was to be taken back is not queued again."""
    if fate.status != "queued" or not stood.recalled:
        return fate
    return LetterFate(fate.id, "taken back", moment(stood.since), stood.recalled)


def _may_note(fate: LetterFate, stood: Any, by: str) -> bool:
    """Whether someone who has claimed a letter may note its fate as it stands now."""
    if stood.status == "handing over" and stood.reason == by:
        return True
    if fate.status == "handed over" and stood.status == "handing over":
        return True
    if fate.status == "queued" and stood.status == "unknown":
        return True  # who had it knows that it did not go
    return fate.status in ("handed over", "failed") and stood.status in ("queued", "unknown")


_CONTACT = (
    "id", "number", "email", "zone", "due", "began", "entries", "version", "deleted", "state",
)  # fmt: skip
_HISTORY = ("contact", "seq", "at", "campaign", "round", "step", "line", "what", "because")
_ARRIVAL = ("id", "contact", "at", "type", "data", "status", "reason", "email")
_CODE = ("list", "code", "position", "imported")
_LETTER = (
    "id", "contact", "message", "campaign", "at", "status", "since", "tries", "reason", "data",
    "place", "channel",
)  # fmt: skip
_ASKED_FOR = ("id", "contact", "message", "campaign", "at", "channel")
_TOLD = [one.name for one in fields(Letter) if one.name not in _ASKED_FOR]
"""Of a letter, what is in no column of its own."""
_told = attrgetter(*_TOLD)


def _letter(letter: Letter, place: int) -> tuple[Any, ...]:
    at, data = stamp(letter.at), to_json(dict(zip(_TOLD, _told(letter), strict=True)))
    return (
        letter.id, letter.contact, letter.message, letter.campaign, at, "queued", at, 0, "",
        data.decode(), place, letter.channel,
    )  # fmt: skip


_IDENTITY = ("type", "name", "by", "key")
_PROCESS = (*_IDENTITY, "status", "audience", "because", "who", "since", "started", "ended")
_identity: Callable[[ProcessRow], tuple[str, ...]] = attrgetter(*_IDENTITY)


def _process(row: ProcessRow) -> tuple[Any, ...]:
    """Without its progress."""
    return (
        *_identity(row), row.status, row.audience, row.because, row.who, _stamp(row.since),
        _stamp(row.started), _stamp(row.ended),
    )  # fmt: skip


def _stamp(at: datetime | None) -> int | None:
    return None if at is None else stamp(at)
