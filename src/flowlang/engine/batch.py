"""Some contacts out of a store, with what they share, for one step of the engine; and back again.

What contacts share is looked up where it may be large: free codes are fetched as they are used, addresses on
the Robinson list are asked for those at hand.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, SupportsIndex
from zoneinfo import ZoneInfo

from flowlang.contact import Contact, Entry, Letter, Run, usable_address
from flowlang.engine.interpreter import next_due
from flowlang.engine.position import NAME, Position
from flowlang.engine.state import Aside, States
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import Answers, Experiment, Pool, Process, World
from flowlang.program.program import Program
from flowlang.stores.rows import (
    Changes,
    ClaimedCode,
    ContactRow,
    HistoryRow,
    NoticeRow,
    ProcessRow,
    RunRow,
    Shared,
    TrialRow,
)
from flowlang.stores.store import Store

CAPS, TEST = "caps", "test"
_FETCH = 500
"""Codes that are fetched at a time."""
_APART = "\x1f"
"""Stands between parts of a name; no database takes a null byte in a text."""

Horizon = tuple[datetime, float]
"""How far to go: a moment, and at that moment the place in the order of those who wait."""


class FreeCodes(deque[str]):
    """The free codes of a list, in the order of import, fetched as they are used."""

    def __init__(self, store: Store, name: str, count: int) -> None:
        super().__init__()
        self._store = store
        self._name = name
        self._after = 0
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __bool__(self) -> bool:
        return self.count > 0

    def __getitem__(self, place: SupportsIndex) -> str:  # type: ignore[override] # the first one is all that is asked
        self._fetch()
        return super().__getitem__(place)

    def popleft(self) -> str:
        self._fetch()
        self.count -= 1
        return super().popleft()

    def _fetch(self) -> None:
        if not super().__len__() and self.count:
            found = self._store.free_codes(self._name, self._after, _FETCH)
            self._after = found[-1][0]
            self.extend(code for _, code in found)


class StoredPool(Pool):
    """A coupon list in the store."""

    def __init__(self, store: Store, name: str, free: int, used: int) -> None:
        self.codes = FreeCodes(store, name, free)
        super().__init__(free=self.codes, used=used)
        self._store = store
        self._name = name
        self.now: datetime | None = None

    def add(self, codes: tuple[str, ...]) -> int:
        assert self.now is not None
        new = self._store.import_codes(self._name, codes, self.now)
        self.codes.count += new
        return new


class Robinson(set[str]):
    """The Robinson list: known for the addresses that were asked for beforehand, else looked up."""

    def __init__(self, store: Store, expected: Iterable[str]) -> None:
        self._store = store
        self._asked = {one.casefold() for one in expected}
        super().__init__(store.barred(self._asked))

    def __bool__(self) -> bool:
        return True

    def __contains__(self, address: object) -> bool:
        if address not in self._asked and isinstance(address, str):
            self._asked.add(address)
            self.update(self._store.barred([address]))
        return super().__contains__(address)


class BatchWorld(World):
    """A world whose coupon lists are in a store."""

    def __init__(self, program: Program, store: Store, shared: Shared, now: datetime) -> None:
        super().__init__(program, writes_letters=True)
        self.store = store
        self.stock = shared.stock
        self.moment = now

    def pool(self, name: str) -> Pool:
        found = self.pools.get(name)
        if found is None:
            stock = self.stock.get(name)
            found = StoredPool(self.store, name, *(stock or (0, 0)))
            found.now = self.moment
            self.pools[name] = found
        return found


class BatchTimeline(Timeline):
    """A timeline that goes as far as a horizon; schedules are none of its business."""

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
        program: Program,
        store: Store,
        position: Position,
        shared: Shared,
        horizon: Horizon,
        answers: Answers | None = None,
    ) -> None:
        self.program = program
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
        self._letters: dict[int, Letter] = {}
        self.world.ticks = position.ticks
        self.world.answers = answers
        self.world.history = self._record
        self._take_shared(shared)

    # ------------------------------------------------------------------ taking

    def take(self, rows: Iterable[ContactRow], addresses: Iterable[str] = ()) -> None:
        """Contacts out of the store; `addresses` are those that arrivals bring."""
        for row in sorted({row.id: row for row in rows}.values(), key=lambda row: row.number):
            contact, aside = self.states.read(row.state)
            contact.id, contact.deleted = row.id, row.deleted
            self._rows[row.id] = row
            self._asides[row.id] = aside
            self._runs[row.id] = self._run_rows(contact, aside)
            self._numbers[row.id] = row.entries
            self.timeline.add(contact)
        self._take_halted()
        if self.store.barred(None):
            self.world.robinson = Robinson(self.store, [*self._addresses(), *addresses])
        if self.timeline.interpreter.experiments:
            for trial in self.store.trials(list(self._rows)):
                found = self.world.experiments.get((trial.campaign, trial.step))
                if found is not None:
                    member = "\0".join((trial.contact, *trial.member.split(_APART)))
                    found.members[member] = trial.branch
                    if trial.counted:
                        found.counted.add(member)
        self._tests = {
            key: (dict(one.members), set(one.counted)) for key, one in self.world.experiments.items()
        }

    def _addresses(self) -> Iterable[str]:
        names = ("email", "mobile", *self.program.config.channels.values())
        for contact in self.timeline.contacts.values():
            for name in names:
                value = contact.fields.get(name)
                if isinstance(value, str):
                    yield usable_address(value)[0]

    def _take_halted(self) -> None:
        """Who at hand is halted; and where someone else is, one of them stands for all."""
        contacts = self.timeline.contacts
        waiting = self.store.halted()
        witnesses = {}
        for row in waiting:
            witnesses.setdefault(row.message, row)
            if row.contact in contacts:
                self.world.halted.setdefault(row.message, []).append(
                    (row.contact, (row.campaign, row.key), row.began)
                )
        absent = [row for row in witnesses.values() if row.message not in self.world.halted]
        for found in self.store.contacts({row.contact for row in absent}):
            contact, aside = self.states.read(found.state)
            self._rows[found.id], self._asides[found.id] = found, aside
            self._runs[found.id] = self._run_rows(contact, aside)
            self._numbers[found.id] = found.entries
            self.timeline.add(contact)
        for row in absent:
            self.world.halted[row.message] = [(row.contact, (row.campaign, row.key), row.began)]

    def _take_shared(self, shared: Shared) -> None:
        world = self.world
        for row in shared.processes:
            world.processes[row.message, row.campaign] = Process(
                row.type, row.message, row.campaign, row.status,  # type: ignore[arg-type] # a status of ours
                row.done, row.failed, Counter(row.skipped), row.because, row.started,
            )  # fmt: skip
        self._processes = {row: None for row in map(_frozen, shared.processes)}
        for policy, index, moments in json.loads(shared.values.get(CAPS, "[]")):
            world.recent[policy, index] = deque(map(datetime.fromisoformat, moments))
        for name, text in shared.values.items():
            kind, _, rest = name.partition(_APART)
            if kind == TEST:
                campaign, step = rest.split(_APART)
                data = json.loads(text)
                world.experiments[campaign, step] = Experiment(
                    datetime.fromisoformat(data["ends"]), data["assigned"], data["won"], winner=data["winner"]
                )
        self._values = shared.values

    # ------------------------------------------------------------------ giving back

    def _record(self, entry: Entry) -> None:
        self.entries.append(entry)
        number = self._numbers[entry.contact] = self._numbers.get(entry.contact, 0) + 1
        self.changes.history.append(HistoryRow(number, entry))
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
        changes.notices += [NoticeRow(one.at, one.who, one.text) for one in (*world.notices, *world.reported)]
        self._give_shared()
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
            if row is None or not row.deleted:
                self.changes.taken_back.append(contact.id)
            else:
                return
            contact, aside = _emptied(contact), Aside()
        text = self.states.write(contact, aside)
        due = next_due(contact)
        at, began = (due[0], due[1]) if due else (None, 0)
        if row is not None and row.state == text and (row.due, row.began) == (at, began):
            return
        number = row.number if row is not None and row.deleted == contact.deleted else self._next_number()
        self.changes.contacts.append(
            ContactRow(
                contact.id, number, text,
                usable_address(contact.fields.get("email"))[0].lower() or None,
                contact.zone_name() or "", at, began, self._numbers.get(contact.id, 0),
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

    def _give_shared(self) -> None:
        world, changes = self.world, self.changes
        for process in world.processes.values():
            row = ProcessRow(
                process.type, process.message, process.campaign, process.status, process.done,
                process.failed, dict(process.skipped), process.because, process.started,
            )  # fmt: skip
            if _frozen(row) not in self._processes:
                changes.processes.append(row)
        for kind in ("started", "finished", "stopped", "measured"):
            for name, amount in getattr(world, kind).items():
                changes.counters[f"{kind}{_APART}{name}"] = amount
        for name, pool in world.pools.items():
            if pool.fallback:
                changes.counters[f"fallback{_APART}{name}"] = pool.fallback
        caps = {cap[:2]: cap[2].amount for cap in self.timeline.interpreter.sending.shared_caps}
        recent = [
            # More than a cap allows need not be kept: the latest of them decide when it frees.
            [policy, index, [at.isoformat() for at in list(moments)[-(caps.get((policy, index), 0) or 1) :]]]
            for (policy, index), moments in world.recent.items()
        ]
        if recent:
            changes.values[CAPS] = json.dumps(recent, ensure_ascii=False)
        for (campaign, step), one in world.experiments.items():
            self._give_test(campaign, step, one)
        changes.values = {name: text for name, text in changes.values.items() if self._values.get(name) != text}

    def _give_test(self, campaign: str, step: str, one: Experiment) -> None:
        data = {"ends": one.ends.isoformat(), "assigned": one.assigned, "won": one.won, "winner": one.winner}
        self.changes.values[_APART.join((TEST, campaign, step))] = json.dumps(data)
        members, counted = self._tests.get((campaign, step), ({}, set()))
        for member, branch in one.members.items():
            if members.get(member) != branch or (member in one.counted) != (member in counted):
                contact, *rest = member.split("\0")
                self.changes.trials.append(
                    TrialRow(contact, campaign, step, _APART.join(rest), branch, member in one.counted)
                )


def _put_aside(contact: str, row: dict[str, Any]) -> RunRow:
    """A run that the program cannot use: it stands where it stood."""
    return RunRow(
        contact, row["campaign"], row["key"], row.get("status", "running"), row.get("step", ""),
        row.get("version", ""), "", row.get("began", 0),
    )  # fmt: skip


def _frozen(row: ProcessRow) -> tuple[Any, ...]:
    skipped = tuple(sorted(row.skipped.items()))
    return (row.type, row.message, row.campaign, row.status, row.done, row.failed, skipped, row.because)


def _emptied(contact: Contact) -> Contact:
    """What stays of a contact that was deleted: that it was there, and what it went through."""
    return Contact(contact.id, seq=contact.seq, clock=contact.clock, deleted=True)
