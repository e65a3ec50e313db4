"""The verbs of a store in SQL that SQLite and PostgreSQL both understand: those that write."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from flowlang.contact import Letter
from flowlang.stores import schema as t
from flowlang.stores.rows import (
    ArrivalRow,
    Changes,
    LetterFate,
    LetterRow,
    ProcessRow,
)
from flowlang.stores.schema import stamp
from flowlang.stores.sql import SqlReading, letter_row
from flowlang.stores.store import StoreError

Insert = Callable[[sa.Table], Any]
"""The dialect's own `insert`, which knows `on conflict`."""


class SqlStore(SqlReading):
    """A store over an SQLAlchemy engine."""

    def __init__(self, engine: Engine, shown: str, insert: Insert) -> None:
        super().__init__(engine, shown)
        self._insert = insert

    def _upsert(self, connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        """Insert rows, or put them in the place of those with the same key."""
        if not rows:
            return
        statement = self._insert(table)
        keys = [column.name for column in table.primary_key]
        others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)

    # ------------------------------------------------------------------ the engine's work

    def save(self, changes: Changes) -> None:
        with self._connected(writes=True) as connection:
            self._save_contacts(connection, changes)
            self._save_codes(connection, changes)
            self._save_letters(connection, changes)
            self._save_shared(connection, changes)
            if changes.arrivals:
                row = t.arrivals
                connection.execute(
                    sa.update(row)
                    .where(row.c.seq == sa.bindparam("of"))
                    .values(status=sa.bindparam("to"), reason=sa.bindparam("why")),
                    [{"of": seq, "to": to, "why": why} for seq, to, why in changes.arrivals],
                )

    def _save_contacts(self, connection: Connection, changes: Changes) -> None:
        self._upsert(
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
        if changes.runs_gone:
            c = t.runs.c
            connection.execute(
                sa.delete(t.runs).where(
                    c.contact == sa.bindparam("a"),
                    c.campaign == sa.bindparam("b"),
                    c.key == sa.bindparam("c"),
                ),
                [dict(zip("abc", gone, strict=True)) for gone in changes.runs_gone],
            )
        self._upsert(connection, t.runs, [row._asdict() for row in changes.runs])
        self._upsert(connection, t.trials, [row._asdict() for row in changes.trials])
        if changes.history:
            connection.execute(
                sa.insert(t.history),
                [
                    entry._asdict() | {"seq": seq, "at": stamp(entry.at)}
                    for seq, entry in changes.history
                ],
            )

    def _save_codes(self, connection: Connection, changes: Changes) -> None:
        if not changes.codes:
            return
        c = t.codes.c
        done = connection.execute(
            sa.update(t.codes)
            .where(c.list == sa.bindparam("l"), c.code == sa.bindparam("d"), c.contact.is_(None))
            .values(
                contact=sa.bindparam("who"), message=sa.bindparam("what"), at=sa.bindparam("when")
            ),
            [
                {
                    "l": one.list,
                    "d": one.code,
                    "who": one.contact,
                    "what": one.message,
                    "when": stamp(one.at),
                }
                for one in changes.codes
            ],
        )
        if done.rowcount != len(changes.codes):
            raise StoreError(
                f"{self.shown}: a coupon code was taken by someone else; nothing was saved"
            )
        self._grow(connection, Counter(f"{t.USED}{one.list}" for one in changes.codes))

    def _save_letters(self, connection: Connection, changes: Changes) -> None:
        c = t.letters.c
        if changes.letters:
            connection.execute(
                sa.insert(t.letters), [_letter(letter) for letter in changes.letters]
            )
        if changes.taken_back:
            connection.execute(
                sa.update(t.letters)
                .where(c.id == sa.bindparam("of"), c.status == "queued")
                .values(status="taken back", reason=sa.bindparam("why")),
                [{"of": letter, "why": why} for letter, why in changes.taken_back],
            )

    def _save_shared(self, connection: Connection, changes: Changes) -> None:
        self._save_processes(connection, changes)
        kept = [{"name": name, "value": value} for name, value in changes.values.items() if value]
        self._upsert(connection, t.shared, kept)
        gone = [name for name, value in changes.values.items() if not value]
        if gone:
            connection.execute(sa.delete(t.shared).where(t.shared.c.name.in_(gone)))
        self._grow(connection, changes.counters)
        if changes.notices:
            rows = [
                {"at": stamp(row.at), "who": row.who, "text": row.text} for row in changes.notices
            ]
            connection.execute(sa.insert(t.notices), rows)
        if changes.program is not None:
            connection.execute(sa.insert(t.programs), [{"text": changes.program}])

    def _grow(self, connection: Connection, counters: Mapping[str, int]) -> None:
        """Add to counters; one that is not there begins."""
        if not counters:
            return
        insert = self._insert(t.counters)
        grown = {"amount": t.counters.c.amount + insert.excluded.amount}
        connection.execute(
            insert.on_conflict_do_update(index_elements=["name"], set_=grown),
            [{"name": name, "amount": by} for name, by in counters.items()],
        )

    def _save_processes(self, connection: Connection, changes: Changes) -> None:
        """Those that are new are given the next numbers."""
        new = [_process(row) for row in changes.processes if not row.number]
        if new:
            connection.execute(sa.insert(t.processes), new)
        known = [row for row in changes.processes if row.number]
        self._upsert(
            connection, t.processes, [_process(row) | {"number": row.number} for row in known]
        )

    # ------------------------------------------------------------------ what comes in

    def append(self, arrivals: Sequence[ArrivalRow]) -> int:
        if not arrivals:
            return 0
        statement = self._insert(t.arrivals).on_conflict_do_nothing(index_elements=["id"])
        rows = [
            {
                "id": row.id, "contact": row.contact, "at": stamp(row.at), "type": row.type,
                "data": row.data, "status": "pending", "reason": "",
            }
            for row in arrivals
        ]  # fmt: skip
        with self._connected(writes=True) as connection:
            return connection.execute(statement, rows).rowcount

    def import_codes(self, name: str, codes: Sequence[str], at: datetime) -> int:
        c = t.codes.c
        with self._connected(writes=True) as connection:
            known = {
                row[0] for row in self._some(sa.select(c.code).where(c.list == name), c.code, codes)
            }
            last = connection.scalar(sa.select(sa.func.max(c.position)).where(c.list == name)) or 0
            new = [code for code in dict.fromkeys(codes) if code not in known]
            if new:
                connection.execute(
                    sa.insert(t.codes),
                    [
                        {"list": name, "code": code, "position": place, "imported": stamp(at)}
                        for place, code in enumerate(new, last + 1)
                    ],
                )
                self._grow(connection, {f"{t.IMPORTED}{name}": len(new)})
        return len(new)

    def import_robinson(self, addresses: Sequence[str]) -> int:
        with self._connected(writes=True) as connection:
            known = self.barred(addresses)
            new = [one for one in dict.fromkeys(addresses) if one not in known]
            if new:
                connection.execute(sa.insert(t.robinson), [{"address": one} for one in new])
        return len(new)

    # ------------------------------------------------------------------ what goes out

    def claim_letters(self, now: datetime, limit: int) -> list[LetterRow]:
        c = t.letters.c
        with self._connected(writes=True) as connection:
            asked = (
                sa.select(t.letters)
                .where(c.status == "queued", c.since <= stamp(now))
                .order_by(c.since, c.at, c.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            found = [letter_row(row) for row in connection.execute(asked)]
            if found:
                connection.execute(
                    sa.update(t.letters)
                    .where(c.id.in_([row.letter.id for row in found]))
                    .values(status="handing over", since=stamp(now), tries=c.tries + 1)
                )
        return found

    def mark_letters(self, fates: Sequence[LetterFate]) -> None:
        if not fates:
            return
        with self._connected(writes=True) as connection:
            connection.execute(
                sa.update(t.letters)
                .where(t.letters.c.id == sa.bindparam("of"))
                .values(
                    status=sa.bindparam("to"),
                    since=sa.bindparam("when"),
                    reason=sa.bindparam("why"),
                ),
                [
                    {"of": one.id, "to": one.status, "when": stamp(one.at), "why": one.reason}
                    for one in fates
                ],
            )


def _letter(letter: Letter) -> dict[str, Any]:
    data = {one.name: getattr(letter, one.name) for one in fields(letter)}
    row = {name: data.pop(name) for name in ("id", "contact", "message", "campaign")}
    at = stamp(data.pop("at"))
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return row | {"at": at, "since": at, "status": "queued", "tries": 0, "reason": "", "data": text}


def _process(row: ProcessRow) -> dict[str, Any]:
    return {
        "type": row.type, "name": row.name, "by": row.by, "key": row.key, "status": row.status,
        "audience": row.audience, "done": row.done, "failed": row.failed,
        "because": row.because, "who": row.who,
        "skipped": json.dumps(dict(sorted(Counter(row.skipped).items())), ensure_ascii=False),
        "since": None if row.since is None else stamp(row.since),
        "started": None if row.started is None else stamp(row.started),
        "ended": None if row.ended is None else stamp(row.ended),
    }  # fmt: skip
