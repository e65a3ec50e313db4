"""What reports are made from: a store, the program that runs over it, and a span of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flowlang.check.view import View
from flowlang.contact import Contact, resolve_zone
from flowlang.engine.interpreter import Interpreter
from flowlang.engine.state import States
from flowlang.engine.stored import BatchWorld, Robinson, addresses_of
from flowlang.program.program import Program
from flowlang.stores.rows import ContactRow
from flowlang.stores.store import Store

BATCH = 100
"""Contacts that are read at once."""


class Where(NamedTuple):
    """Which contacts: those for whom something is so at a moment."""

    holds: Callable[[View], Any]
    now: datetime


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a report come from."""

    store: Store
    program: Program
    since: datetime | None = None
    """The first moment that counts."""
    until: datetime | None = None
    """The first moment that counts no more."""
    _states: States = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_states", States(self.program))

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's."""
        return self.program.config.timezone

    @property
    def timed(self) -> bool:
        """Only a span of time is asked for."""
        return self.since is not None or self.until is not None

    def within(self, moment: datetime | None) -> bool:
        """Whether a moment is in the span of time; what has none is in no span."""
        if moment is None:
            return not self.timed
        return (self.since is None or moment >= self.since) and (
            self.until is None or moment < self.until
        )

    def contacts(self, where: Where | None = None) -> Iterator[list[Contact]]:
        """Contacts in the order in which they were made, batch by batch."""
        asking = None if where is None else _Asking(self, where)
        for rows in self.walk():
            found = [self._states.read(row.state)[0] for row in rows]
            yield found if asking is None else asking.chosen(found)

    def page(
        self, where: Where | None, after: int, limit: int, scan: int
    ) -> tuple[list[Contact], int | None]:
        """At most so many contacts behind a place, of at most so many that are looked at; and the
        place to go on behind, None at the end.
        """
        asking = None if where is None else _Asking(self, where)
        found: list[Contact] = []
        while scan > 0 and len(found) < limit:
            rows = self.store.walk(after, min(BATCH, scan))
            if not rows:
                return found, None
            scan -= len(rows)
            contacts = [self._states.read(row.state)[0] for row in rows]
            chosen = {one.id for one in (asking.chosen(contacts) if asking else contacts)}
            for row, contact in zip(rows, contacts, strict=True):
                if contact.id in chosen:
                    if len(found) == limit:
                        return found, after
                    found.append(contact)
                after = row.number
        return found, after if self.store.walk(after, 1) else None

    def walk(self) -> Iterator[list[ContactRow]]:
        """All contacts as they lie in the store, in the same order."""
        after = 0
        while rows := self.store.walk(after, BATCH):
            after = rows[-1].number
            yield rows


class _Asking:
    """A condition, with the world that it may ask about."""

    def __init__(self, source: Source, where: Where) -> None:
        self._where = where
        self._store, self._config = source.store, source.program.config
        self._world = BatchWorld(source.program, source.store, source.store.shared(), where.now)
        self._interpreter = Interpreter(source.program, self._world)
        self._barred = bool(source.store.barred(None))

    def chosen(self, contacts: list[Contact]) -> list[Contact]:
        if self._barred:
            addresses = addresses_of(contacts, self._config)
            self._world.robinson = Robinson(self._store, addresses)
        return [one for one in contacts if self._where.holds(self._view(one))]

    def _view(self, contact: Contact) -> View:
        zone = resolve_zone(contact, self._config.timezone)
        return View(contact, self._where.now, zone, self._interpreter)
