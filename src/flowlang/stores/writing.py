"""The verbs of a store in SQL that SQLite and PostgreSQL both understand: those that write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter, itemgetter

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from flowlang.contact import Letter
from flowlang.stores import schema as t
from flowlang.stores.bulk import Bulk, Row
from flowlang.stores.reading import SqlReading, letter_row
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
from flowlang.stores.schema import stamp
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
        self._bulk.put(
            connection,
            t.contacts,
            [
                {
                    "id": row.id, "number": row.number, "email": row.email, "zone": row.zone,
                    "due": None if row.due is None else stamp(row.due), "began": row.began,
                    "entries": row.entries, "version": row.version, "deleted": row.deleted,
                    "state": row.state,
                }
                for row in changes.contacts
            ],
        )  # fmt: skip
        gone = [
            {"contact": contact, "campaign": campaign, "key": key}
            for contact, campaign, key in changes.runs_gone
        ]
        self._bulk.delete(connection, t.runs, gone)
        self._bulk.put(connection, t.runs, list(map(_plain, changes.runs)))
        self._bulk.put(connection, t.trials, list(map(_plain, changes.trials)))
        self._bulk.insert(
            connection,
            t.history,
            [
                {
                    "contact": one.contact, "seq": seq, "at": stamp(one.at),
                    "campaign": one.campaign, "round": one.round, "step": one.step,
                    "line": one.line, "what": one.what, "because": one.because,
                }
                for seq, one in changes.history
            ],
        )  # fmt: skip

    def _save_codes(self, connection: Connection, changes: Changes) -> None:
        rows = [_plain(one) | {"at": stamp(one.at)} for one in changes.codes]
        free = "codes.contact is null"
        done = self._bulk.update(connection, t.codes, rows, keys=["list", "code"], only=free)
        if done != len(rows):
            raise StoreError(
                f"{self.shown}: a coupon code was taken by someone else; nothing was saved"
            )

    def _save_letters(self, connection: Connection, changes: Changes) -> None:
        if changes.letters:
            last = connection.scalar(sa.select(sa.func.max(t.letters.c.place))) or 0
            rows = [_letter(one, place) for place, one in enumerate(changes.letters, last + 1)]
            self._bulk.insert(connection, t.letters, rows)
        back = [
            {"id": letter, "status": "taken back", "reason": why}
            for letter, why in changes.taken_back
        ]
        queued = "letters.status = 'queued'"
        self._bulk.update(connection, t.letters, back, keys=["id"], only=queued)

    def _save_arrivals(self, connection: Connection, changes: Changes) -> None:
        done = [
            {"seq": seq, "status": status, "reason": why}
            for seq, status, why in sorted(changes.arrivals)
        ]
        self._bulk.update(connection, t.arrivals, done, keys=["seq"])

    def _save_shared(self, connection: Connection, changes: Changes) -> None:
        kept = [{"name": name, "value": value} for name, value in changes.values.items() if value]
        self._bulk.put(connection, t.shared, kept)
        gone = [{"name": name} for name, value in changes.values.items() if not value]
        self._bulk.delete(connection, t.shared, gone)
        notices = [
            {"at": stamp(row.at), "who": row.who, "text": row.text} for row in changes.notices
        ]
        self._bulk.insert(connection, t.notices, notices)
        if changes.program is not None:
            self._bulk.insert(connection, t.programs, [{"text": changes.program}])

    def _grow(self, connection: Connection, counters: Mapping[str, int]) -> None:
        """Add to counters; one that is not there begins."""
        rows = [{"name": name, "amount": by} for name, by in counters.items()]
        self._add_up(connection, t.counters, rows)

    def _add_up(self, connection: Connection, table: sa.Table, rows: list[Row]) -> None:
        """Add amounts in this connection's slot; in one order, so that no two wait for each
        other.
        """
        if rows:
            slot = self._slot(connection)
            rows = [{**row, "slot": slot} for row in rows]
            keys = [column.name for column in table.primary_key]
            self._bulk.add(connection, table, sorted(rows, key=itemgetter(*keys)))

    def _save_processes(self, connection: Connection, changes: Changes) -> list[ProgressRow]:
        """Those that are new are given the next numbers; gives how far they have got on.

        One that someone else has made meanwhile is that one.
        """
        known = [_process(row) | {"number": row.number} for row in changes.processes if row.number]
        known.sort(key=itemgetter("number"))
        self._bulk.update(connection, t.processes, known, keys=["number"])
        new = {_identity(row): row for row in changes.processes if not row.number}
        if not new:
            return []
        rows = [_process(row) | _NO_PROGRESS for row in new.values()]
        self._bulk.insert_new(connection, t.processes, rows, keys=_IDENTITY)
        c = t.processes.c
        names = [c[name] for name in _IDENTITY]
        asked = sa.select(c.number, *names).where(sa.tuple_(*names).in_(list(new)))
        begun: list[ProgressRow] = []
        for number, *identity in connection.execute(asked):
            grown = new[tuple(identity)].progress
            begun += [ProgressRow(number, what, by) for what, by in grown.items() if by]
        return begun

    def _save_counts(
        self, connection: Connection, changes: Changes, begun: list[ProgressRow]
    ) -> None:
        """At the end, for others may write these rows, too: they wait until the commit."""
        grown = [
            {"process": row.process, "what": row.what, "amount": row.by}
            for row in [*changes.progress, *begun]
        ]
        self._add_up(connection, t.progress, grown)
        counted = Counter(changes.counters)
        counted.update(f"{t.USED}{one.list}" for one in changes.codes)
        self._grow(connection, counted)

    # ------------------------------------------------------------------ what comes in

    def append(self, arrivals: Sequence[ArrivalRow]) -> int:
        rows = [
            {
                "id": row.id, "contact": row.contact, "at": stamp(row.at), "type": row.type,
                "data": row.data, "status": "pending", "reason": "",
            }
            for row in arrivals
        ]  # fmt: skip
        if not rows:
            return 0
        with self._connected(writes=True) as connection:
            self._wake(connection, at_once=True)
            return self._bulk.insert_new(connection, t.arrivals, rows, keys=["id"])

    def import_codes(self, name: str, codes: Sequence[str], at: datetime) -> int:
        c = t.codes.c
        with self._connected(writes=True) as connection:
            self._alone_with(connection, name)
            known = {
                row[0] for row in self._some(sa.select(c.code).where(c.list == name), c.code, codes)
            }
            last = connection.scalar(sa.select(sa.func.max(c.position)).where(c.list == name)) or 0
            new = [code for code in dict.fromkeys(codes) if code not in known]
            rows = [
                {"list": name, "code": code, "position": place, "imported": stamp(at)}
                for place, code in enumerate(new, last + 1)
            ]
            self._bulk.insert(connection, t.codes, rows)
            if new:
                self._grow(connection, {f"{t.IMPORTED}{name}": len(new)})
        return len(new)

    def import_robinson(self, addresses: Sequence[str]) -> int:
        rows = [{"address": one} for one in sorted(set(addresses))]
        with self._connected(writes=True) as connection:
            return self._bulk.insert_new(connection, t.robinson, rows, keys=["address"])

    # ------------------------------------------------------------------ what goes out

    def claim_letters(self, now: datetime, limit: int, by: str = "") -> list[LetterRow]:
        c = t.letters.c
        with self._connected(writes=True) as connection:
            asked = (
                sa.select(t.letters)
                .where(c.status == "queued", c.since <= stamp(now))
                .order_by(c.since, c.at, c.place)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            found = [letter_row(row) for row in connection.execute(asked)]
            if found:
                connection.execute(
                    sa.update(t.letters)
                    .where(self._among(c.id, [row.letter.id for row in found]))
                    .values(status="handing over", since=stamp(now), tries=c.tries + 1, reason=by)
                )
        return found

    def release_letters(self) -> None:
        c = t.letters.c
        held = sa.update(t.letters).where(c.status == "queued", c.tries == 0, c.since > c.at)
        with self._connected(writes=True) as connection:
            connection.execute(held.values(since=c.at, reason=""))

    def mark_letters(self, fates: Sequence[LetterFate]) -> None:
        if not fates:
            return
        rows = [
            {"id": one.id, "status": one.status, "since": stamp(one.at), "reason": one.reason}
            for one in sorted(fates)
        ]
        with self._connected(writes=True) as connection:
            self._bulk.update(connection, t.letters, rows, keys=["id"])
            untried = [{"id": one.id, "tries": one.tries} for one in fates if one.tries is not None]
            self._bulk.update(connection, t.letters, untried, keys=["id"])


def _plain(row: RunRow | TrialRow | ClaimedCode) -> Row:
    """As `_asdict` does, in a quarter of the time."""
    return dict(zip(row._fields, row, strict=True))


_ASKED_FOR = ("id", "contact", "message", "campaign", "at")
_TOLD = [one.name for one in fields(Letter) if one.name not in _ASKED_FOR]
"""Of a letter, what is in no column of its own."""
_told = attrgetter(*_TOLD)
_json = msgspec.json.Encoder().encode


def _letter(letter: Letter, place: int) -> Row:
    at = stamp(letter.at)
    return {
        "id": letter.id, "contact": letter.contact, "message": letter.message,
        "campaign": letter.campaign, "at": at, "since": at, "status": "queued", "tries": 0,
        "reason": "", "data": _json(dict(zip(_TOLD, _told(letter), strict=True))).decode(),
        "place": place,
    }  # fmt: skip


def _process(row: ProcessRow) -> Row:
    return {
        "type": row.type, "name": row.name, "by": row.by, "key": row.key, "status": row.status,
        "audience": row.audience, "because": row.because, "who": row.who,
        "since": None if row.since is None else stamp(row.since),
        "started": None if row.started is None else stamp(row.started),
        "ended": None if row.ended is None else stamp(row.ended),
    }  # fmt: skip


_IDENTITY = ("type", "name", "by", "key")
_identity: Callable[[ProcessRow], tuple[str, ...]] = attrgetter(*_IDENTITY)
_NO_PROGRESS: Row = {"done": 0, "failed": 0, "skipped": "{}"}
