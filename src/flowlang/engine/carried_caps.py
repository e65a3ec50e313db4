"""Caps over all contacts when another program is applied: what counts for them is carried over.

What counts for one that is new is found among the letters of its time, once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.contact import Sent
from flowlang.engine.shared_caps import (
    NAME,
    CapName,
    Counting,
    SharedCap,
    read,
    shared_caps,
    write,
)
from flowlang.engine.state import kept_contact, merged_into
from flowlang.program.program import Program
from flowlang.stores.rows import ContactRow, SendingRow
from flowlang.stores.store import Store

_PAGE = 1_000
"""Letters that are looked at together."""
_UTC = ZoneInfo("UTC")
_ZONES = timedelta(days=4)
"""By no more than that a span of time is longer in one zone, and in one month, than in others."""


def carried_over(store: Store, old: Program, new: Program, now: datetime) -> str:
    """What counts for the caps of a new program, to be kept by the store: what is known of those
    that the old one had, and for others what went out in their time.  Empty where there are none.
    """
    known = shared_caps(new)
    before: dict[CapName, Collection[datetime]] = {**read(store.value(NAME), old)}
    fresh = [one for name, one in known.items() if name not in before]
    counting: Counting = before | _from_letters(store, old, fresh, now)
    return write(counting, known) if known else ""


def _from_letters(
    store: Store, program: Program, caps: list[SharedCap], now: datetime
) -> dict[CapName, Collection[datetime]]:
    """For each cap the latest messages that it counts now, as many as it allows at least; they went
    out by this program, or one before it.

    One page more than is needed is looked at, for letters of workers beside each other lie not
    quite in the order of time.
    """
    found: dict[CapName, list[datetime]] = {one.name: [] for one in caps}
    since = {one.name: calendar.add(now, one.cap.per, _UTC, -1) - _ZONES for one in caps}
    missing = caps
    for rows in store.latest_sendings(_PAGE) if caps else ():
        full = {one.name for one in missing if len(found[one.name]) >= one.cap.amount}
        for went in _went_out(store, program, rows):
            for one in missing:
                if went.at > since[one.name] and one.counts(went.kind, went.under):
                    found[one.name].append(went.at)
        last = max(row.at for row in rows)
        missing = [one for one in missing if one.name not in full and last > since[one.name]]
        if not missing:
            break
    return {name: sorted(moments) for name, moments in found.items()}


class _Went(NamedTuple):
    """A message that went out to a contact."""

    at: datetime
    kind: str
    under: Collection[str]
    """The policies that held for it."""


_Copy = tuple[str, str, str, datetime, str]
"""By what a letter and the contact's memory of it belong together."""


def _went_out(store: Store, program: Program, rows: list[SendingRow]) -> Iterator[_Went]:
    """Of letters those that their contacts got; what went to other addresses is not theirs."""
    homes = _homes(store, {row.contact for row in rows if row.contact})
    copies: dict[_Copy, Sent] = {}
    for contact, state in {(row.id, row.state) for row in homes.values()}:
        for sent in kept_contact(state).messages:
            copies[contact, sent.message, sent.campaign, sent.at, sent.address] = sent
    for row in rows:
        home = homes.get(row.contact)
        if home is None or row.status == "taken back":
            continue
        copy = copies.get((home.id, row.message, row.campaign, row.at, row.address))
        if copy is not None:
            yield _Went(row.at, copy.kind, copy.policies)
        elif home.deleted and row.message in program.messages:
            # Nothing is left of it but its letters.
            campaign = program.by_name.get(row.campaign)
            under = [one.name for one in campaign.policies] if campaign is not None else []
            yield _Went(row.at, program.messages[row.message].kind, under)


def _homes(store: Store, ids: set[str]) -> dict[str, ContactRow]:
    """By contact, its row; or that of the one that it is part of."""
    there: dict[str, ContactRow] = {}
    asked = ids
    while asked:
        rows = store.contacts(asked)
        there |= {row.id: row for row in rows}
        asked = set(filter(None, map(merged_into, rows))) - there.keys()
    homes = {}
    for name in ids & there.keys():
        row = there[name]
        while (into := merged_into(row)) in there:
            row = there[into]
        homes[name] = row
    return homes
