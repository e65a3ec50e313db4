"""What is asked of a store about letters: what waits to go out, what is under way, what went."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from flowlang.contact import Letter
from flowlang.stores import schema as t
from flowlang.stores.rows import LetterRow, LetterStatus, SendingRow, Waiting
from flowlang.stores.schema import moment, stamp
from flowlang.stores.sql import Sql


class SqlLetters(Sql):
    """The verbs that read letters."""

    def outgoing(self, contacts: Collection[str]) -> list[LetterRow]:
        c = t.letters.c
        asked = sa.select(t.letters).where(c.status.in_(("queued", "handing over")))
        # Locked in the order in which they are marked, so that no two wait for each other.
        found = self._some(asked.order_by(c.id).with_for_update(), c.contact, contacts)
        return [letter_row(row) for row in sorted(found, key=attrgetter("at", "id"))]

    def open_letters(self) -> list[tuple[str, LetterStatus, int]]:
        c = t.letters.c
        asked = sa.select(c.message, c.status, sa.func.count()).where(
            c.status.in_(("queued", "handing over", "unknown"))
        )
        found = self._all(asked.group_by(c.message, c.status).order_by(c.message, c.status))
        return [(row[0], row[1], row[2]) for row in found]

    def held_letters(self, now: datetime) -> list[Waiting]:
        c = t.letters.c
        count = sa.func.count()
        asked = sa.select(c.reason, count, sa.func.min(c.since), c.rated).where(
            c.status == "queued", c.since > stamp(now)
        )
        found = self._all(asked.group_by(c.reason, c.rated).order_by(count.desc(), c.reason))
        return [Waiting(row[0], row[1], moment(row[2]), bool(row[3])) for row in found]

    def queued_channels(self, now: datetime) -> list[str]:
        c = t.letters.c
        # From one channel to the next in the index: its letters are not walked through.
        first = sa.select(c.channel, c.since).where(c.status == "queued")
        first = first.order_by(c.channel, c.since).limit(1)
        found: list[str] = []
        with self._connected():
            rows = self._all(first)
            while rows:
                ((channel, since),) = rows
                if since <= stamp(now):
                    found.append(channel)
                rows = self._all(first.where(c.channel > channel))
        return found

    def queued_letters(self, now: datetime) -> dict[str, int]:
        c = t.letters.c
        asked = sa.select(c.channel, sa.func.count()).where(
            c.status == "queued", c.since <= stamp(now)
        )
        return {row[0]: row[1] for row in self._all(asked.group_by(c.channel))}

    def letters(self, statuses: Collection[LetterStatus], limit: int) -> list[LetterRow]:
        c = t.letters.c
        asked = sa.select(t.letters).where(c.status.in_(list(statuses)))
        return [letter_row(row) for row in self._all(asked.order_by(c.at, c.id).limit(limit))]

    def sendings(self, contacts: Collection[str]) -> list[SendingRow]:
        c = t.letters.c
        asked = sa.select(t.letters).order_by(c.contact, c.at, c.id)
        return [_sending(row) for row in self._some(asked, c.contact, contacts)]

    def latest_sendings(self, page: int) -> Iterator[list[SendingRow]]:
        c = t.letters.c
        asked = sa.select(t.letters).order_by(c.place.desc(), c.id.desc()).limit(page)
        behind: sa.ColumnElement[bool] = sa.true()
        while rows := self._all(asked.where(behind)):
            yield [_sending(row) for row in rows]
            behind = sa.tuple_(c.place, c.id) < sa.tuple_(rows[-1].place, rows[-1].id)


def _sending(row: Any) -> SendingRow:
    data = json.loads(row.data)
    codes = tuple((name, code) for name, code in data["codes"])
    return SendingRow(
        row.contact, row.message, row.campaign, moment(row.at), row.channel, data["address"],
        codes, row.status,
        "" if row.status == "handing over" else row.reason,  # who has claimed it is not why
    )  # fmt: skip


def letter_row(row: Any) -> LetterRow:
    """A row of the table of letters."""
    data = json.loads(row.data)
    data["at"], data["channel"] = moment(row.at), row.channel
    data["codes"] = tuple((name, code) for name, code in data["codes"])
    data["process"] = tuple(data["process"])
    letter = Letter(
        id=row.id, contact=row.contact, message=row.message, campaign=row.campaign, **data
    )
    return LetterRow(letter, row.status, row.tries, moment(row.since), row.reason)
