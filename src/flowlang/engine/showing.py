"""A contact of a store, as other programs read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flowlang.contact import Contact, Entry, Run
from flowlang.delivery.calls import plain
from flowlang.engine.state import States, merged_into
from flowlang.kinds import composed
from flowlang.speech import Text, some, tr
from flowlang.stores.rows import ContactRow
from flowlang.stores.store import Store

_WAITING = 10_000
"""Arrivals of one contact that are looked at."""


class NotOneContact(Exception):
    """It is none or several; the message says so, for a person."""


class NoSuchContact(NotOneContact):
    """There is none."""


class SeveralContacts(NotOneContact):
    """They have one address; the message names them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A contact and where it stands."""

    contact: Contact
    data: dict[str, Any]
    """As JSON."""
    waiting: bool
    """More has arrived for it, which the engine has yet to apply."""


def contact_id(store: Store, given: str) -> str:
    """The id of a contact given by its id or e-mail address; what was given where there is none.

    Raises SeveralContacts.
    """
    given = composed(given)  # as ids are kept
    if store.contacts([given]):
        return given
    found = store.find([given.lower()]).get(given.lower(), [])
    if len(found) > 1:
        raise SeveralContacts(several_have(given, found))
    return found[0] if found else given


def several_have(address: str, ids: Iterable[str]) -> Text:
    """What to say of an address that is not that of one contact alone."""
    return tr(
        'several contacts have the address "{address}": {ids}; ask for one by its id',
        address=address,
        ids=some((f'"{one}"' for one in ids), 10),
    )


def there_is_none(store: Store, given: str, what: str = tr("there is no contact")) -> NoSuchContact:
    """What to say of a contact that is not there; it may come yet."""
    more = (
        tr("; it has arrived, and `flow run` applies it") if store.waiting_arrivals([given]) else ""
    )
    return NoSuchContact(tr('{what} "{name}"{more}', what=what, name=given, more=more))


def row_of(store: Store, given: str) -> ContactRow:
    """The contact of an id or an e-mail address.  Raises NotOneContact and StoreError."""
    row = next(iter(store.contacts([contact_id(store, given)])), None)
    if row is None:
        raise there_is_none(store, given)
    if row.deleted:
        into = merged_into(row)
        done = tr('merged into "{name}"', name=into) if into else tr("deleted")
        raise NoSuchContact(tr('the contact "{name}" was {done}', name=given, done=done))
    return row


def show(store: Store, states: States, given: str) -> Shown:
    """The contact of an id or an e-mail address.  Raises NotOneContact and StoreError."""
    row = row_of(store, given)
    found, aside = states.read(row.state)
    data = contact_data(found)
    for one in aside.runs.values():
        gone = {"status": "the campaign is gone", "step": one.step} if one.under_way else {}
        data["campaigns"].append(_run_data(one) | gone)
    for key, lost in aside.stranded.items():
        for one in data["campaigns"]:
            if (one["campaign"], one.get("key")) == key:
                one.update(status="at a step that is gone", step=lost.step)
    return Shown(found, data, bool(store.waiting_arrivals([row.id])))


def is_leaving(store: Store, contact: str) -> bool:
    """Whether a deletion has arrived for a contact, and nothing behind it that makes it anew."""
    waiting = store.arrivals("pending", _WAITING, contact=contact, types=("contact", "delete"))
    return bool(waiting) and waiting[-1].type == "delete"


def contact_data(contact: Contact) -> dict[str, Any]:
    """A contact as JSON for other programs."""
    return {
        "id": contact.id,
        "fields": plain(contact.fields),
        "tags": sorted(contact.tags),
        "groups": sorted(contact.groups),
        "consent": contact.consent,
        "blocked": contact.blocked,
        "records": plain(contact.records),
        "campaigns": [
            _run_data(run) for run in contact.runs.values()
        ],
        "messages": [
            {"message": sent.message, "at": sent.at.isoformat(), "campaign": sent.campaign}
            for sent in contact.messages
        ],
    }  # fmt: skip


def _run_data(run: Run) -> dict[str, Any]:
    return {
        "campaign": run.campaign, "key": run.key, "status": run.status, "round": run.round,
        "held": run.held, "since": run.since.isoformat(),
        "until": run.due.isoformat() if run.due else None, "version": run.version,
    }  # fmt: skip


def merged(store: Store, contacts: Iterable[str]) -> dict[str, str]:
    """Who was merged into these contacts, also by way of others: the id of each with the id of the
    one it is part of now.
    """
    found: dict[str, str] = {}
    part_of = {one: one for one in contacts}
    while part_of:
        entries = store.entries(part_of, ("merged",))
        known = {
            gone: part_of[one.contact] for one in entries if (gone := into_this(one)) is not None
        }
        # An id may have been given to someone new since.
        still = {row.id for row in store.contacts(known) if row.deleted}
        part_of = {gone: kept for gone, kept in known.items() if gone in still - found.keys()}
        found |= part_of
    return found


def into_this(entry: Entry) -> str | None:
    """Of an entry of a history: who became part of the contact by it."""
    told = _INTO_THIS.fullmatch(entry.because) if entry.what == "merged" else None
    return None if told is None else told[1]


_INTO_THIS = re.compile(r'"(.+)" into this one')
