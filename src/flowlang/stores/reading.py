"""The verbs of a store in SQL that SQLite and PostgreSQL both understand: those that read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flowlang.contact import Entry
from flowlang.stores import schema as t
from flowlang.stores.arrivals import SqlArrivals
from flowlang.stores.letters import SqlLetters
from flowlang.stores.rows import (
    SKIPPED,
    ContactRow,
    HistoryRow,
    NoticeRow,
    ProcessIdentity,
    ProcessRow,
    RunRow,
    Shared,
    Stock,
    Tally,
    TrialRow,
)
from flowlang.stores.schema import moment, stamp

_FEW = 10
"""So many batches of runs are listed each time; where there are more, contacts are asked."""
_UNDER_WAY = ("running", "waiting", "halted", "held")


class SqlReading(SqlArrivals, SqlLetters):
    """What is asked of a store."""

    # ------------------------------------------------------------------ contacts

    def contacts(self, ids: Collection[str]) -> list[ContactRow]:
        found = self._some(sa.select(t.contacts), t.contacts.c.id, ids)
        return sorted(map(_contact, found), key=lambda row: row.number)

    def walk(self, after: int, limit: int) -> list[ContactRow]:
        c = t.contacts.c
        asked = sa.select(t.contacts).where(c.number > after, sa.not_(c.deleted))
        return [_contact(row) for row in self._all(asked.order_by(c.number).limit(limit))]

    def due(self, until: datetime, limit: int, *, claim: bool = False) -> list[ContactRow]:
        c = t.contacts.c
        asked = sa.select(t.contacts).where(c.due <= stamp(until))
        asked = asked.order_by(c.due, c.began).limit(limit)
        if claim:
            asked = asked.with_for_update(skip_locked=True)
        return [_contact(row) for row in self._all(asked)]

    def find(self, emails: Collection[str]) -> dict[str, list[str]]:
        c = t.contacts.c
        asked = sa.select(c.email, c.id, c.number).where(sa.not_(c.deleted)).order_by(c.number)
        found: dict[str, list[str]] = {}
        for email, contact, _ in self._some(asked, c.email, emails):
            found.setdefault(email, []).append(contact)
        return found

    def halted(
        self, message: str | None = None, limit: int | None = None, after: int = 0
    ) -> list[RunRow]:
        c = t.runs.c
        asked = sa.select(t.runs).where(c.status == "halted", c.message != "", c.began > after)
        if message is not None:
            asked = asked.where(c.message == message)
        if limit is not None:
            asked = asked.limit(limit)
        return [RunRow(*row) for row in self._all(asked.order_by(c.message, c.began))]

    def tally(self, now: datetime) -> Tally:
        contact, arrival, letter = t.contacts.c, t.arrivals.c, t.letters.c
        count = sa.func.count()
        asked = sa.select(letter.status, count).group_by(letter.status)
        with self._connected() as connection:
            # The row with the empty id is no contact: automations have it.
            alive = sa.not_(contact.deleted) & (contact.id != "")
            there = connection.scalar(sa.select(count).where(alive))
            due = count.filter(arrival.at <= stamp(now))
            pending = sa.select(due, count).where(arrival.status == "pending")
            arrivals_due, arrivals = connection.execute(pending).one()
            letters = {row[0]: row[1] for row in self._all(asked)}
        ahead = arrivals - arrivals_due
        return Tally(there or 0, arrivals_due, ahead, dict(sorted(letters.items())))

    def standing(self) -> list[tuple[str, str, str, int]]:
        c = t.runs.c
        status = sa.case((c.status == "held", "waiting"), else_=c.status).label("status")
        names = (c.campaign, status, c.step)
        asked = sa.select(*names, sa.func.count()).group_by(*names).order_by(*names)
        return [(row[0], row[1], row[2], row[3]) for row in self._all(asked)]

    def under_way(self) -> list[tuple[str, str, str, int]]:
        c = t.runs.c
        names = (c.campaign, c.version, c.step)
        asked = sa.select(*names, sa.func.count()).where(c.status.in_(_UNDER_WAY))
        found = self._all(asked.group_by(*names).order_by(*names))
        return [(row[0], row[1], row[2], row[3]) for row in found]

    def are_under_way(self, campaigns: Collection[str]) -> set[str]:
        c = t.runs.c
        one = sa.select(c.contact).where(c.status.in_(_UNDER_WAY)).limit(1)
        return {name for name in campaigns if self._all(one.where(c.campaign == name))}

    def at_sends(self) -> list[tuple[str, str, str, int]]:
        c = t.runs.c
        names = (c.campaign, c.message, c.status)
        asked = sa.select(*names, sa.func.count()).where(
            (c.status == "held") | (c.status.in_(("waiting", "halted")) & (c.message != ""))
        )
        found = self._all(asked.group_by(*names).order_by(*names))
        return [(row[0], row[1], row[2], row[3]) for row in found]

    def at_group_sends(self, campaigns: Collection[str]) -> list[tuple[str, str, str, int]]:
        c = t.runs.c
        names = (c.message, c.key, c.status)
        asked = sa.select(*names, sa.func.count()).where(
            c.status.in_(("waiting", "halted", "held")),
            c.message != "",
            c.campaign.in_(sorted(campaigns)),
        )
        found = self._all(asked.group_by(*names).order_by(*names))
        return [(row[0], row[1], row[2], row[3]) for row in found]

    def walk_runs(
        self, campaigns: Collection[str], statuses: Collection[str], after: int, limit: int
    ) -> list[ContactRow]:
        run, c = t.runs.c, t.contacts.c
        who = sa.select(run.contact).where(run.campaign.in_(campaigns), run.status.in_(statuses))
        there: sa.ColumnElement[bool] = c.id.in_(who)
        first = who.with_only_columns(run.campaign).limit(_FEW * limit).subquery()
        if self._all(sa.select(sa.func.count()).select_from(first)) == [(_FEW * limit,)]:
            # Each contact is asked in turn, which `offset` holds a planner to: else it makes a list
            # of all who are there, for each batch of them anew.
            there = sa.exists(who.where(run.contact == c.id).correlate(t.contacts).offset(0))
        asked = sa.select(t.contacts).where(c.number > after, sa.not_(c.deleted), there)
        return [_contact(row) for row in self._all(asked.order_by(c.number).limit(limit))]

    def history(self, contact: str) -> list[HistoryRow]:
        c = t.history.c
        asked = sa.select(
            c.seq, c.at, c.contact, c.campaign, c.round, c.step, c.line, c.what, c.because
        ).where(c.contact == contact)
        return [
            HistoryRow(seq, Entry(moment(at), *entry))
            for seq, at, *entry in self._all(asked.order_by(c.seq))
        ]

    def entries(self, contacts: Collection[str], what: Collection[str] = ()) -> list[Entry]:
        c = t.history.c
        asked = sa.select(
            c.at, c.contact, c.campaign, c.round, c.step, c.line, c.what, c.because
        ).order_by(c.contact, c.seq)
        if what:
            asked = asked.where(c.what.in_(what))
        return [Entry(moment(at), *entry) for at, *entry in self._some(asked, c.contact, contacts)]

    def trials(self, contacts: Collection[str]) -> list[TrialRow]:
        return [
            TrialRow(*row) for row in self._some(sa.select(t.trials), t.trials.c.contact, contacts)
        ]

    # ------------------------------------------------------------------ what contacts share

    def free_codes(
        self, name: str, after: int, limit: int, *, claim: bool = False
    ) -> list[tuple[int, str]]:
        c = t.codes.c
        asked = sa.select(c.position, c.code).where(
            c.list == name, c.contact.is_(None), c.position > after
        )
        asked = asked.order_by(c.position).limit(limit)
        if claim:
            asked = asked.with_for_update(skip_locked=True)
        return [(row[0], row[1]) for row in self._all(asked)]

    def free(self, name: str, limit: int) -> int:
        c = t.codes.c
        some = sa.select(c.position).where(c.list == name, c.contact.is_(None)).limit(limit)
        with self._connected() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0

    def shared(self) -> Shared:
        with self._connected():
            c = t.runs.c
            halted = self._all(
                sa.select(c.message, sa.func.count())
                .where(c.status == "halted", c.message != "")
                .group_by(c.message)
            )
            processes = self.processes(over=False)
            n = t.counters.c
            amounts = sa.select(n.name, sa.func.sum(n.amount)).group_by(n.name)
            counters = {row[0]: int(row[1]) for row in self._all(amounts)}
            values = self._all(sa.select(t.shared))
        stock = {}
        for key in [key for key in counters if key.startswith(t.IMPORTED)]:
            name, imported = key.removeprefix(t.IMPORTED), counters.pop(key)
            used = counters.pop(t.USED + name, 0)
            stock[name] = Stock(imported - used, used)
        return Shared(
            stock,
            {row[0]: row[1] for row in halted},
            processes,
            counters,
            {row[0]: row[1] for row in values},
        )

    def value(self, name: str) -> str | None:
        c = t.shared.c
        with self._connected() as connection:
            return connection.scalar(sa.select(c.value).where(c.name == name))

    def processes(
        self, *, over: bool = True, among: Collection[ProcessIdentity] | None = None
    ) -> list[ProcessRow]:
        c, p = t.processes.c, t.progress.c
        asked = sa.select(t.processes).order_by(c.number)
        grown = sa.select(p.process, p.what, sa.func.sum(p.amount)).group_by(p.process, p.what)
        which = [] if over else [c.ended.is_(None)]
        if among is not None:
            which.append(sa.tuple_(c.type, c.name, c.by, c.key).in_(sorted(among)))
        if which:
            asked = asked.where(*which)
            grown = grown.join(t.processes, c.number == p.process).where(*which)
        with self._connected():
            rows = self._all(asked)
            progress: dict[int, dict[str, int]] = defaultdict(dict)
            for number, what, amount in self._all(grown):
                progress[number][what] = int(amount)
        return [_process(row, progress[row.number]) for row in rows]

    def program(self, number: int | None = None) -> str | None:
        c = t.programs.c
        asked = sa.select(c.text).limit(1)
        if number is None:
            found = self._all(asked.order_by(c.number.desc()))
        else:
            found = self._all(asked.order_by(c.number).offset(number - 1)) if number > 0 else []
        return str(found[0][0]) if found else None

    def notices(self, limit: int, after: int = 0) -> list[NoticeRow]:
        c = t.notices.c
        asked = sa.select(t.notices).where(c.number > after).order_by(c.number.desc()).limit(limit)
        found = reversed(self._all(asked))
        return [NoticeRow(moment(row.at), row.who, row.text, row.number) for row in found]

    def zones(self) -> set[str]:
        c = t.contacts.c
        return {row[0] for row in self._all(sa.select(c.zone).where(c.zone != "").distinct())}

    def barred(self, addresses: Collection[str] | None) -> set[str]:
        asked = sa.select(t.robinson.c.address)
        if addresses is None:
            return {row[0] for row in self._all(asked.limit(1))}
        return {row[0] for row in self._some(asked, t.robinson.c.address, addresses)}


def _contact(row: Any) -> ContactRow:
    contact, number, email, zone, due, began, entries, version, deleted, state = row
    at = None if due is None else moment(due)
    return ContactRow(
        contact, number, state, email, zone, at, began, entries, version, bool(deleted)
    )


def _process(row: Any, progress: dict[str, int]) -> ProcessRow:
    """A row of the table, with its progress."""
    skipped = {
        what.removeprefix(SKIPPED): amount
        for what, amount in sorted(progress.items())
        if what.startswith(SKIPPED) and amount
    }
    return ProcessRow(
        row.type, row.name, row.by, row.key, row.number, row.status, row.audience,
        progress.get("done", 0), progress.get("failed", 0), skipped, row.because, row.who,
        None if row.since is None else moment(row.since),
        None if row.started is None else moment(row.started),
        None if row.ended is None else moment(row.ended),
    )  # fmt: skip
