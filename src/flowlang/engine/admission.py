"""What comes from outside, admitted to a store: rows of contacts and events become arrivals in its
order.

What can be told at once is told at once: a row that changes nothing, an event for a contact that is
not there. The rest is the engine's, when the turn of the arrival comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowlang.check.names import MAX_NAME
from flowlang.contact import Contact, usable_address
from flowlang.encoding import decode, encode
from flowlang.engine.processes import Identity, Process, ProcessType
from flowlang.engine.state import States, merged_into
from flowlang.intake.contact_row import ContactRow
from flowlang.intake.contacts import ContactRows
from flowlang.intake.problem import Problem, shown
from flowlang.kinds import TEXT, read
from flowlang.speech import tr
from flowlang.stores.rows import ArrivalRow
from flowlang.stores.rows import ContactRow as StoredRow
from flowlang.stores.store import Store

if TYPE_CHECKING:
    from flowlang.intake.events import Arrival  # its models are heavy, and a check loads this


@dataclass(slots=True)
class Admitted:
    """What became of rows."""

    arrivals: list[ArrivalRow] = field(default_factory=list)
    new: int = 0
    """Contacts that are made."""
    changed: int = 0
    unchanged: int = 0
    """Rows that say what the last import said, or what is so already: no arrival, so they start
    nobody."""
    problems: list[Problem] = field(default_factory=list)
    """Of those that were left out."""


def admit_contacts(
    store: Store, states: States, rows: Sequence[ContactRow], now: datetime
) -> Admitted:
    """The arrivals of an import, not yet appended: a row is found by its id, else by its e-mail
    address.
    """
    done = Admitted()
    ids = _ids(store, rows, done)
    named = {one for one in ids if one is not None}
    stored = {one.id: one for one in store.contacts(named)}
    merged = {one: into for one, row in stored.items() if (into := merged_into(row))}
    stored = {one: row for one, row in stored.items() if not row.deleted}
    waiting = store.waiting_arrivals(named)
    imported = store.imported(named)
    for row, contact_id in zip(rows, ids, strict=True):
        if contact_id is None:
            continue
        if contact_id in merged:
            done.problems.append(merged_away(row, contact_id, merged[contact_id]))
            continue
        before = stored.get(contact_id)
        data = as_text(contact_data(row))
        there = before is not None or waiting.get(contact_id) is not None
        same = imported.get(contact_id) == data or (
            before is not None
            and contact_id not in waiting
            and not changes(states.read(before.state)[0], row)
        )
        if there and same:
            done.unchanged += 1
            continue
        done.new += not there
        done.changed += there
        email = row.email if "email" in row.fields else None
        done.arrivals.append(ArrivalRow(now, contact_id, "contact", data, email=email))
    return done


def _ids(store: Store, rows: Sequence[ContactRow], done: Admitted) -> list[str | None]:
    """The contact that each row is about; None where that cannot be told."""
    found = _owners(store, {row.email for row in rows if not row.id and row.email})
    ids: list[str | None] = []
    for row in rows:
        others = [] if row.id else found.get(row.email, [])
        if len(others) > 1:
            done.problems.append(several_have_it(row, len(others)))
            ids.append(None)
        else:
            ids.append(row.id or (others[0] if others else row.key()))
    return ids


def _owners(store: Store, emails: set[str]) -> dict[str, list[str]]:
    """Who has each e-mail address (lower case), once what has arrived is applied."""
    stored = store.find(emails)
    coming = store.addresses_to_come(emails, {name for names in stored.values() for name in names})
    found = {
        email: [name for name in stored.get(email, ()) if coming.get(name, email) == email]
        for email in emails
    }
    for name, email in coming.items():
        if email in found and name not in found[email]:
            found[email].append(name)
    return found


def several_have_it(row: ContactRow, count: int) -> Problem:
    """A row without an id whose address so many contacts have."""
    message = tr(
        "{count} contacts have {email}; the row needs an id", count=count, email=shown(row.email)
    )
    return _left_out(row.line, "email", message)


def merged_away(row: ContactRow, contact_id: str, into: str) -> Problem:
    """A row about a contact that is part of another one now."""
    message = tr('"{name}" was merged into "{into}"', name=shown(contact_id), into=shown(into))
    return _left_out(row.line, "", message)


def _left_out(line: int, column: str, message: str) -> Problem:
    return Problem("error", line, None, column, message, left_out=True)


def changes(contact: Contact, row: ContactRow) -> bool:
    """Whether a row says anything that a contact does not have already."""
    return (
        any(_as_read(contact.fields.get(name)) != value for name, value in row.fields.items())
        or any(tag not in contact.tags for tag in row.tags)
        or any(group not in contact.groups for group in row.groups)
        or any(contact.consent.get(channel) is not yes for channel, yes in row.consent.items())
        or (row.blocked is not None and row.blocked is not contact.blocked)
        or any(contact.records.get(name) != rows for name, rows in row.records.items())
    )


def _as_read(value: Any) -> Any:
    """A value as a file would give it: a step may have made a text that no file holds, such as an
    empty one.
    """
    return read(value, TEXT, ZoneInfo("UTC")) if isinstance(value, str) else value


def import_finished(
    source: str, found: ContactRows, refused: int, process: Identity
) -> dict[str, Any]:
    """What the arrival behind the rows of an import says; `refused` rows could not be admitted."""
    left_out = found.left_out + refused
    return {
        "source": source, "taken": found.read - left_out, "left_out": left_out,
        "process": list(process),
    }  # fmt: skip


def by_hand(store: Store, kind: ProcessType, name: str, now: datetime) -> Process:
    """The process of something that a person begins now, not yet saved; of a long path the end
    tells what it was.
    """
    name = name if len(name) <= MAX_NAME else f"...{name[3 - MAX_NAME :]}"
    keys = (f"{now.isoformat()}#{number}" for number in count(1))
    same = (Identity(kind, name, "", key) for key in keys)
    identity = next(one for one in same if not store.processes(among=[one]))
    return Process(identity, started=now)


def admit_events(store: Store, arrivals: Iterable[Arrival]) -> Iterator[ArrivalRow | Problem]:
    """For each event in turn the arrival that it becomes, not yet appended, or why it is left out:
    its contact is not there.
    """
    events = list(arrivals)
    there = _There.of(store, events)
    for one in events:
        about = _about(one)
        wrong = next(filter(None, map(there.absence, about)), "")
        yield _left_out(one.line, "", wrong) if wrong else _event_row(one, there.first(about))


def _about(event: Arrival) -> tuple[str, ...]:
    """The ids of the contacts that an event is about."""
    if event.contact is None:
        return ()
    return (event.contact, event.data["into"]) if event.type == "merge" else (event.contact,)


@dataclass(frozen=True, slots=True)
class _There:
    """Which contacts are there for some events."""

    stored: dict[str, StoredRow]
    coming: dict[str, datetime]
    """Those that an arrival makes, and when."""
    made: set[str]
    """Those that these events make or change."""
    owners: dict[str, list[str]]
    """Who has an address that was given as an id."""

    @classmethod
    def of(cls, store: Store, events: Sequence[Arrival]) -> _There:
        ids = {name for one in events for name in _about(one)}
        stored = {one.id: one for one in store.contacts(ids)}
        coming = {one: at for one, at in store.waiting_arrivals(ids).items() if at is not None}
        made = {one.contact for one in events if one.type == "contact" and one.contact}
        strangers = {one for one in ids if "@" in one} - stored.keys() - coming.keys() - made
        return cls(stored, coming, made, _owners(store, {one.lower() for one in strangers}))

    def absence(self, name: str) -> str:
        """Why a contact is not there; empty where it is."""
        if self._is_stored(name) or name in self.coming or name in self.made:
            return ""
        if name in self.stored:
            return tr('the contact "{name}" was deleted', name=shown(name))
        return _no_contact(shown(name), self.owners.get(name.lower(), []))

    def first(self, names: Iterable[str]) -> datetime | None:
        """When the last of some contacts is made; None where all are stored, or made here."""
        moments = (self.coming.get(name) for name in names if not self._is_stored(name))
        return max(filter(None, moments), default=None)

    def _is_stored(self, name: str) -> bool:
        row = self.stored.get(name)
        return row is not None and (not row.deleted or bool(merged_into(row)))


def _no_contact(name: str, owners: Sequence[str]) -> str:
    """Why something is left out that is about nobody; where its id is an address, some have it."""
    if len(owners) > 1:
        from flowlang.engine.showing import several_have  # heavy, as above

        return several_have(name, owners)
    if owners:
        return tr('there is no contact "{name}"; "{id}" has this address', name=name, id=owners[0])
    return tr('there is no contact "{name}"', name=name)


def as_text(data: dict[str, Any]) -> str:
    """The data of an arrival as the store keeps it."""
    return json.dumps(encode(data), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> dict[str, Any]:
    """What `as_text` was given."""
    data: dict[str, Any] = decode(json.loads(text))
    return data


def _event_row(one: Arrival, first: datetime | None) -> ArrivalRow:
    """The arrival of an event.  It cannot happen before its contact is there, but says when it
    was.
    """
    at, data = one.at, one.data
    if first is not None and at < first:
        if one.type == "event":
            data = data | {"data": {"at": at} | data["data"]}
        at = first
    return ArrivalRow(at, one.contact, one.type, as_text(data), one.id, email=_email(one))


def _email(event: Arrival) -> str | None:
    """The e-mail address that an event gives its contact, as `ArrivalRow.email` has it."""
    data = event.data
    if event.type == "contact" and "email" in data["fields"]:
        value = data["fields"]["email"]
    elif event.type in ("set", "clear") and data["field"] == "email":
        value = data.get("value")
    else:
        return None
    return usable_address(value)[0].lower()


def contact_data(row: ContactRow) -> dict[str, Any]:
    """A row as the data of an arrival."""
    return {
        "fields": row.fields, "tags": row.tags, "groups": row.groups, "consent": row.consent,
        "blocked": row.blocked, "records": row.records,
    }  # fmt: skip
