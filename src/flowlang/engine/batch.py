"""Some contacts out of a store, with what they share, for one stretch of time; and back again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.contact import Contact, Entry, Run, usable_address
from flowlang.engine.commons import Commons
from flowlang.engine.interpreter import next_due
from flowlang.engine.position import NAME, Position
from flowlang.engine.state import Aside, States
from flowlang.engine.stored import BatchWorld, Robinson
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import Answers, World
from flowlang.program.program import Program
from flowlang.stores.rows import (
    Changes,
    ClaimedCode,
    ContactRow,
    HistoryRow,
    NoticeRow,
    RunRow,
    Shared,
)
from flowlang.stores.store import Store

Horizon = tuple[datetime, float]
"""How far to go: a moment, and at that moment the place in the order of those who wait."""


class BatchTimeline(Timeline):
    """A timeline that goes as far as a horizon, without schedules and automations."""

    runs_automations = False

    def __init__(self, program: Program, world: World, horizon: Horizon) -> None:
        self.horizon = horizon
        self.zones: dict[str, tuple[ZoneInfo, datetime]] = {}
        super().__init__(program, world)

    def _schedule_zone(self, zone: ZoneInfo, since: datetime) -> None:
        self.zones.setdefault(zone.key, (zone, since))

    def settle(self, contact: Contact) -> None:
        if self.now is not None and (contact.clock is None or contact.clock < self.now):
            contact.clock = self.now
        found = next_due(contact)
        if found is None or (found[0], found[1]) <= self.horizon:
            super().settle(contact)
        elif self.program.scheduled:
            self._watch_zone(contact)

    def arrive(self, contact_id: str | None, kind: str, data: dict[str, Any], at: datetime) -> None:
        contact = self.contacts.get(contact_id or "")
        if contact is None or contact.clock is None or contact.clock <= at:
            super().arrive(contact_id, kind, data, at)
            return
        # It comes late: it happens at the contact's clock, but says itself when it was.
        self.advance(at)
        now, self.now = self.now, contact.clock
        if kind == "event":
            data = data | {"data": {"at": at} | data["data"]}
        try:
            super().arrive(contact_id, kind, data, at)
        finally:
            self.now = now


class Batch:
    """Contacts at hand, and what became of them."""

    def __init__(
        self,
        states: States,
        store: Store,
        position: Position,
        shared: Shared,
        horizon: Horizon,
        *,
        answers: Answers | None = None,
    ) -> None:
        program = self.program = states.program
        self.store = store
        self.states = states
        self.position = position
        self.world = BatchWorld(program, store, shared, horizon[0])
        self.timeline = BatchTimeline(program, self.world, horizon)
        self.entries: list[Entry] = []
        self.changes = Changes()
        self._rows: dict[str, ContactRow] = {}
        self._asides: dict[str, Aside] = {}
        self._runs: dict[str, set[RunRow]] = {}
        self._numbers: dict[str, int] = {}
        """How many history entries a contact has."""
        self.world.ticks = position.ticks
        self.world.answers = answers
        self.world.history = self._record
        self._commons = Commons(self.world, shared)
        self._halted = shared.halted

    # ------------------------------------------------------------------ taking

    def take(self, rows: Iterable[ContactRow], addresses: Iterable[str] = ()) -> None:
        """Contacts out of the store; `addresses` are those that arrivals bring."""
        self._add(sorted({row.id: row for row in rows}.values(), key=lambda row: row.number))
        self._take_halted(self._halted)
        if self.store.barred(None):
            self.world.robinson = Robinson(self.store, [*self._addresses(), *addresses])
        self._commons.take_branches(self.store, list(self._rows))

    def _add(self, rows: Iterable[ContactRow]) -> None:
        for row in rows:
            if row.id in self._rows:
                continue
            contact, aside = self.states.read(row.state)
            self._rows[row.id] = row
            self._asides[row.id] = aside
            self._runs[row.id] = self._run_rows(contact, aside)
            self._numbers[row.id] = row.entries
            self.timeline.add(contact)

    def aside(self, contact: str) -> Aside:
        """What of a contact the program cannot use."""
        return self._asides[contact]

    def _addresses(self) -> Iterable[str]:
        names = ("email", "mobile", *self.program.config.channels.values())
        for contact in self.timeline.contacts.values():
            for name in names:
                value = contact.fields.get(name)
                if isinstance(value, str):
                    yield usable_address(value)[0]

    def _take_halted(self, shared: dict[str, int]) -> None:
        """Who at hand is halted; and where only others are, one of them stands for all."""
        waiting = sorted(
            (run.began, str(run.wait["message"]), contact.id, key)
            for contact in self.timeline.contacts.values()
            for key, run in contact.runs.items()
            if run.status == "halted" and "message" in run.wait
        )
        for began, message, contact_id, key in waiting:
            self.world.halted.setdefault(message, []).append((contact_id, key, began))
        for message, count in shared.items():
            here = self.world.halted.get(message, [])
            if len(here) < count:
                others = self.store.halted(message, len(here) + 1)
                known = {(contact_id, key) for contact_id, key, _ in here}
                one = next(
                    row for row in others if (row.contact, (row.campaign, row.key)) not in known
                )
                self._add(self.store.contacts([one.contact]))
                self.world.halted[message] = [
                    *here,
                    (one.contact, (one.campaign, one.key), one.began),
                ]

    # ------------------------------------------------------------------ giving back

    def _record(self, entry: Entry) -> None:
        self.entries.append(entry)
        number = self._numbers[entry.contact] = self._numbers.get(entry.contact, 0) + 1
        self.changes.history.append(HistoryRow(number, entry))
        if entry.what == "deleted":
            self.changes.taken_back.append(entry.contact)
        letters = self.world.letters
        if entry.what == "sent" and letters and letters[-1].contact == entry.contact:
            # With the entry's place no two sends can have one name, whatever loop they are in.
            name = f"{letters[-1].id}\0{number}"
            letters[-1] = replace(letters[-1], id=hashlib.sha256(name.encode()).hexdigest()[:32])

    def save(self) -> Changes:
        """Write all that changed into the store; to be called within its transaction."""
        changes, world, position = self.changes, self.world, self.position
        for contact in self.timeline.contacts.values():
            self._give(contact)
        changes.letters = world.letters
        for name, pool in world.pools.items():
            changes.codes += [ClaimedCode(name, *taken) for taken in pool.taken]
        changes.notices += [
            NoticeRow(one.at, one.who, one.text) for one in (*world.notices, *world.reported)
        ]
        caps = self.timeline.interpreter.sending.shared_caps
        self._commons.give(changes, {(name, index): cap.amount for name, index, cap in caps})
        position.ticks = world.ticks
        for zone, since in self.timeline.zones.values():
            position.watch(self.program, zone, since)
        changes.values[NAME] = position.write()
        self.store.save(changes)
        return changes

    def _give(self, contact: Contact) -> None:
        row = self._rows.get(contact.id)
        aside = self._asides.get(contact.id) or Aside()
        if contact.deleted:
            contact, aside = _emptied(contact), Aside()
        text = self.states.write(contact, aside)
        due = next_due(contact)
        at, began = (due[0], due[1]) if due else (None, 0)
        entries = self._numbers.get(contact.id, 0)
        same = row is not None and row.state == text and (row.due, row.began) == (at, began)
        if row is not None and same and row.entries == entries:
            # A note alone ("it had it already") changes nothing but how much history there is.
            return
        again = row is None or (row.deleted and not contact.deleted)
        number = self._next_number() if row is None or again else row.number
        self.changes.contacts.append(
            ContactRow(
                contact.id, number, text,
                usable_address(contact.fields.get("email"))[0].lower() or None,
                contact.zone_name() or "", at, began, entries,
                row.version + 1 if row else 1, contact.deleted,
            )
        )  # fmt: skip
        before, after = self._runs.get(contact.id, set()), self._run_rows(contact, aside)
        self.changes.runs += sorted(after - before)
        kept = {row[:3] for row in after}
        self.changes.runs_gone += [row[:3] for row in sorted(before) if row[:3] not in kept]

    def _next_number(self) -> int:
        self.position.number += 1
        return self.position.number

    def _run_rows(self, contact: Contact, aside: Aside) -> set[RunRow]:
        found = set()
        for key, run in contact.runs.items():
            lost = aside.stranded.get(key)
            if lost is not None and run.pc >= len(self.program.by_name[key[0]].instructions):
                found.add(_put_aside(contact.id, lost))
            else:
                found.add(self._run_row(contact.id, run))
        found.update(_put_aside(contact.id, row) for row in aside.runs.values())
        return found

    def _run_row(self, contact: str, run: Run) -> RunRow:
        message = str(run.wait.get("message", "")) if run.status == "halted" else ""
        began = run.began if run.under_way else 0
        step = self.states.step(run)
        return RunRow(contact, run.campaign, run.key, run.status, step, run.version, message, began)


def _put_aside(contact: str, row: dict[str, Any]) -> RunRow:
    """A run that the program cannot use: it stands where it stood."""
    return RunRow(
        contact, row["campaign"], row["key"], row.get("status", "running"), row.get("step", ""),
        row.get("version", ""), "", row.get("began", 0),
    )  # fmt: skip


def _emptied(contact: Contact) -> Contact:
    """What stays of a contact that was deleted: that it was there, and what it went through."""
    return Contact(contact.id, seq=contact.seq, clock=contact.clock, deleted=True)
