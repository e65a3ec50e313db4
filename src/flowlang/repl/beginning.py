"""A contact of a store as the beginning of a session.  The store is only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flowlang.contact import Contact, Entry
from flowlang.engine.commons import Commons
from flowlang.engine.play import Play
from flowlang.engine.position import NAME, Position
from flowlang.engine.replaying import replay
from flowlang.engine.showing import into_this, several_have
from flowlang.engine.state import States, merged_into
from flowlang.engine.stored import addresses_of
from flowlang.engine.tracing import Decision
from flowlang.engine.version import applied
from flowlang.program.program import Program
from flowlang.repl.stage import Loaded
from flowlang.speech import tr
from flowlang.stores.rows import ContactRow, SendingRow, Shared
from flowlang.stores.store import Store

CODES = 1_000
"""Free codes of a list that a session sees."""


@dataclass(slots=True)
class FromStore:
    """What a session needs of a store, as it was at one moment."""

    row: ContactRow
    shared: Shared
    codes: dict[str, list[str]] = field(default_factory=dict)
    """The next free ones, by list."""
    barred: set[str] = field(default_factory=set)
    """Of the contact's addresses, those on the Robinson list."""
    pending: bool = False
    """More has arrived for the contact, which the engine has not applied yet."""
    known: list[tuple[Entry, Decision | None]] = field(default_factory=list)
    """The history, each entry with what it hung on, where that is known."""
    parted: dict[str, Entry] = field(default_factory=dict)
    """By campaign: from here on the program, which is another now, goes another way."""
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    """Up to here the engine has come."""
    sendings: Sequence[SendingRow] = ()
    """What was sent to it, and to those who were merged into it."""
    asked: str = ""
    """The contact that was asked for, where it was merged into this one."""

    @property
    def contact(self) -> str:
        return self.row.id

    def set_up(self, play: Play) -> datetime:
        """Put the contact on the stage, with what it shares with others."""
        contact, _ = States(play.program).read(self.row.state)
        world = play.world
        Commons(world, self.shared)
        world.ticks = Position.read(self.shared.values.get(NAME)).ticks
        world.robinson = set(self.barred)
        for name in play.program.names.coupons:
            pool, stock = world.pool(name), self.shared.stock.get(name)
            pool.free.clear()
            pool.known.clear()
            pool.add(tuple(self.codes.get(name, ())))
            pool.used = stock.used if stock else 0
        play.timeline.add(contact)
        for key, run in contact.runs.items():
            if run.status == "halted" and "message" in run.wait:
                place = (contact.id, key, run.began)
                world.halted.setdefault(run.wait["message"], []).append(place)
        # Its campaigns have looked at those who were there; this one was, or has come since.
        play.timeline.begin(self.clock, looks=False)
        return self.clock


def taken(store: Store, loaded: Loaded, contact: str) -> FromStore | str:
    """What a session with a contact needs (its id, or its e-mail address); or why there is none."""
    program = loaded.program
    row = _found(store, contact)
    if isinstance(row, str):
        return row
    here, shared = States(program).read(row.state)[0], store.shared()
    history = [one.entry for one in store.history(row.id)]
    clock = Position.read(shared.values.get(NAME)).clock
    moments = [*(entry.at for entry in history[-1:]), *([clock] if clock else [])]
    now = max(moments, default=datetime.now(UTC))
    lived = replay(store, program, loaded.outline, loaded.asks, here, history, now)
    loaded.asks.trace = None
    codes = {
        name: [code for _, code in store.free_codes(name, 0, CODES)]
        for name in program.names.coupons
    }
    addresses = {one.casefold() for one in addresses_of([here], program.config)}
    own = list(zip(history, lived.counterparts, strict=True))
    known, parted = _parting(program, here, own, store)
    merged = _merged(store, history)
    others = [(_as_kept(one, row.id), None) for theirs in merged.values() for one in theirs]
    sendings = sorted(store.sendings([row.id, *merged]), key=lambda one: one.at)
    return FromStore(
        row, shared, codes, store.barred(addresses), bool(store.waiting_arrivals([row.id])),
        sorted([*known, *others], key=lambda one: one[0].at), parted, now, sendings,
        contact if contact in merged else "",
    )  # fmt: skip


def _found(store: Store, given: str) -> ContactRow | str:
    """The contact of an id or an address, or the one that it was merged into; or why not."""
    found = store.contacts([given])
    if not found:
        rows = store.contacts(store.find([given.lower()]).get(given.lower(), []))
        found = [one for one in rows if not one.deleted] or rows[:1]
    if not found:
        return tr('there is no contact "{name}" in the store', name=given)
    if len(found) > 1:
        return several_have(given, [one.id for one in found])
    row = found[0]
    while row.deleted:
        into = store.contacts([merged_into(row)])
        if not into:
            return tr('the contact "{name}" was {done}', name=given, done=tr("deleted"))
        row = into[0]
    return row


def _merged(store: Store, history: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The histories of those who were merged into a contact, up to then."""
    found: dict[str, list[Entry]] = {}
    for entry in history:
        gone = into_this(entry)
        if gone is not None:
            theirs = [one.entry for one in store.history(gone) if one.entry.at <= entry.at]
            found = {**found, gone: theirs, **_merged(store, theirs)}
    return found


def _as_kept(entry: Entry, kept: str) -> Entry:
    """An entry of one who is part of another now."""
    because = f'{entry.because}; as "{entry.contact}"' if entry.because else f'as "{entry.contact}"'
    return entry._replace(contact=kept, because=because)


_Known = list[tuple[Entry, Decision | None]]


def _parting(
    program: Program, contact: Contact, known: _Known, store: Store
) -> tuple[_Known, dict[str, Entry]]:
    """Where each campaign goes another way today than the history, if the program is another.

    From there on what the replay found for it is no counterpart, even where it looks like one.
    """
    versions = {name: one.version for name, one in program.by_name.items()}
    changed = {
        run.campaign for run in contact.runs.values() if run.version != versions.get(run.campaign)
    }
    version = applied(store)
    since = version.at if version is not None and version.number > 1 else None
    parted: dict[str, Entry] = {}
    found: _Known = []
    for entry, lived in known:
        earlier = since is not None and entry.at < since
        other = earlier or entry.campaign in changed or entry.campaign not in versions
        if lived is None and entry.campaign and other:
            parted.setdefault(entry.campaign, entry)
        found.append((entry, None if entry.campaign in parted else lived))
    return found, parted
