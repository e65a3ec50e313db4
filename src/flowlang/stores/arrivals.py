"""What is asked of a store about arrivals: what came in, and what of it is still to be applied."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from flowlang.stores import schema as t
from flowlang.stores.rows import ArrivalRow, ArrivalStatus, Coming
from flowlang.stores.schema import moment, stamp
from flowlang.stores.sql import Sql


class SqlArrivals(Sql):
    """The verbs that read arrivals."""

    def arrivals(
        self,
        status: ArrivalStatus,
        limit: int,
        until: datetime | None = None,
        contact: str | None = None,
        types: Collection[str] = (),
        among: Collection[str] | None = None,
    ) -> list[ArrivalRow]:
        c = t.arrivals.c
        asked = sa.select(t.arrivals).where(c.status == status)
        if until is not None:
            asked = asked.where(c.at <= stamp(until))
        if contact is not None:
            asked = asked.where(c.contact == contact if contact else c.contact.is_(None))
        if types:
            asked = asked.where(c.type.in_(sorted(types)))
        if among is None:
            return [_arrival(row) for row in self._all(asked.order_by(c.at, c.seq).limit(limit))]
        found: list[ArrivalRow] = []
        for some in self._chunks(among):
            # Apart from the order: else all that is pending may be walked through in it.
            theirs = asked.where(self._among(c.contact, some)).cte("theirs")
            theirs = theirs.prefix_with("materialized", dialect="postgresql")
            ordered = sa.select(theirs).order_by(theirs.c.at, theirs.c.seq).limit(limit)
            found += map(_arrival, self._all(ordered))
        return sorted(found, key=attrgetter("place"))[:limit]

    def coming(
        self, limit: int, until: datetime, after: tuple[datetime, int] | None = None
    ) -> list[Coming]:
        c = t.arrivals.c
        asked = sa.select(c.contact, c.type, c.at, c.seq).where(
            c.status == "pending", c.at <= stamp(until)
        )
        if after is not None:
            asked = asked.where(sa.tuple_(c.at, c.seq) > sa.tuple_(stamp(after[0]), after[1]))
        found = self._all(asked.order_by(c.at, c.seq).limit(limit))
        return [Coming(contact, kind, moment(at), seq) for contact, kind, at, seq in found]

    def seen(self, ids: Collection[str]) -> set[str]:
        c = t.arrivals.c
        return {row[0] for row in self._some(sa.select(c.id), c.id, ids)}

    def waiting_arrivals(self, contacts: Collection[str]) -> dict[str, datetime | None]:
        c = t.arrivals.c
        makes = sa.func.min(sa.case((c.type == "contact", c.at)))
        asked = sa.select(c.contact, makes).where(c.status == "pending").group_by(c.contact)
        return {
            contact: None if at is None else moment(at)
            for contact, at in self._some(asked, c.contact, contacts)
        }

    def addresses_to_come(
        self, emails: Collection[str], contacts: Collection[str]
    ) -> dict[str, str]:
        c = t.arrivals.c
        given = sa.and_(c.status == "pending", c.email.is_not(None))
        who = sa.select(c.contact).where(given)
        named = {*contacts, *(row[0] for row in self._some(who, c.email, emails))}
        asked = sa.select(c.contact, c.email).where(given).order_by(c.at, c.seq)
        return {row.contact: row.email for row in self._some(asked, c.contact, named)}

    def imported(self, contacts: Collection[str]) -> dict[str, str]:
        c = t.arrivals.c
        asked = sa.select(c.contact, c.data).where(c.type == "contact").order_by(c.seq)
        return {row.contact: row.data for row in self._some(asked, c.contact, contacts)}


def _arrival(row: Any) -> ArrivalRow:
    seq, arrival, contact, at, kind, data, status, reason, email = row
    return ArrivalRow(moment(at), contact, kind, data, arrival, seq, status, reason, email)
