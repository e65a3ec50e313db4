"""A link of a letter is followed: what it would do now, and doing it.

Whether there is anything to do is read from the contact as the store has it, with what has arrived
for it and waits; not from an id that is used up for good.  So ten requests withdraw once, and who
agrees again months later can withdraw again, by the same link too (RFC 8058).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from flowlang.contact import Contact
from flowlang.engine.admission import as_text
from flowlang.engine.state import States, merged_into
from flowlang.links import EventLink, Link, Unsubscribe
from flowlang.stores.rows import ArrivalRow, ContactRow
from flowlang.stores.store import Store

_WAITING = 10_000
"""Arrivals of one contact that are looked at."""

Standing = Literal["open", "done", "deleted", "unknown", "obsolete"]
"""`open`: it is there to be done; `done`: it is so already.  `unknown`: no such contact;
`obsolete`: the program no longer declares the event."""


@dataclass(frozen=True, slots=True)
class Found:
    """How a link stands."""

    standing: Standing
    language: str = ""
    """The contact's own; empty where it names none or is not there."""


def look(store: Store, states: States, link: Link, now: datetime) -> Found:
    """How a link stands; nothing changes.  Raises StoreError."""
    link, row = _whose(store, link)
    waiting = store.arrivals("pending", _WAITING, now, contact=link.contact)
    there = row is not None and not row.deleted
    for one in waiting:
        if one.type in ("contact", "delete"):
            there = one.type == "contact"
    if not there:
        return Found("unknown" if row is None and not waiting else "deleted")
    contact = states.read(row.state)[0] if row is not None else Contact(link.contact)
    return Found(
        _standing(states, contact, waiting, link), str(contact.fields.get("language") or "")
    )


def follow(store: Store, states: States, link: Link, now: datetime) -> Found:
    """Do what a link says, if it is there to be done, by an arrival that the engine applies; says
    how it stands then.  Raises StoreError.
    """
    with store.transaction():
        found = look(store, states, link, now)
        if found.standing != "open":
            return found
        store.append([_arrival(_whose(store, link)[0], now)])
    return Found("done", found.language)


def _whose(store: Store, link: Link) -> tuple[Link, ContactRow | None]:
    """The contact that a link speaks of.  Where the letter went to one who has become part of
    another, it speaks of that one.
    """
    row = next(iter(store.contacts([link.contact])), None)
    while row is not None and (into := merged_into(row)):
        row, link = next(iter(store.contacts([into])), None), replace(link, contact=into)
    return link, row


def _standing(
    states: States, contact: Contact, waiting: Sequence[ArrivalRow], link: Link
) -> Standing:
    if isinstance(link, EventLink):
        event = states.program.names.events.get(link.event)
        return "open" if event is not None and event.outside else "obsolete"
    if waiting:
        # What else waits may lead to a new consent: only a withdrawal behind all of it is sure.
        withdrawn = _withdraws(waiting[-1], link.channel)
    else:
        withdrawn = contact.consent.get(link.channel) is False
    return "done" if withdrawn else "open"


def _withdraws(arrival: ArrivalRow, channel: str) -> bool:
    if arrival.type not in ("unsubscribed", "withdraw"):
        return False
    return bool(json.loads(arrival.data).get("channel") == channel)


def _arrival(link: Link, now: datetime) -> ArrivalRow:
    if isinstance(link, Unsubscribe):
        data = {"message": link.message or None, "channel": link.channel, "address": None}
        return ArrivalRow(now, link.contact, "unsubscribed", as_text(data))
    return ArrivalRow(
        now, link.contact, "event", as_text({"name": link.event, "data": {}}), link.id
    )
