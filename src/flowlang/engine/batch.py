"""Some contacts out of a store, with what they share, for one stretch of time; and back again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from flowlang.contact import Contact, Entry, Letter, usable_address
from flowlang.effects import CallReply
from flowlang.engine.admission import admit_contacts, as_text, import_finished
from flowlang.engine.automations import SYSTEM
from flowlang.engine.batch_timeline import BatchTimeline, Horizon
from flowlang.engine.beside import Alone, Peers
from flowlang.engine.calling import Call
from flowlang.engine.commons import Commons
from flowlang.engine.files import Files
from flowlang.engine.interpreter import next_due
from flowlang.engine.position import NAME, Position
from flowlang.engine.processes import Identity
from flowlang.engine.run_rows import run_rows
from flowlang.engine.state import Aside, States, merged_into
from flowlang.engine.stored import BatchWorld, Robinson, addresses_of
from flowlang.engine.world import Notice
from flowlang.intake.contacts import ContactRows
from flowlang.intake.problem import Problem
from flowlang.stores.rows import (
    ArrivalRow,
    Changes,
    ClaimedCode,
    ContactRow,
    HistoryRow,
    NoticeRow,
    ProcessRow,
    RunRow,
    Shared,
)
from flowlang.stores.store import Store

_SUBJECT = 120
"""Characters of a notice that stand in the subject of its mail."""


class Batch:
    """Contacts at hand, and what became of them.

    `peers` are at work beside it, if any: what would concern them raises Alone.
    """

    def __init__(
        self,
        states: States,
        store: Store,
        position: Position,
        shared: Shared,
        horizon: Horizon,
        *,
        answers: Callable[[Call], CallReply] | None = None,
        files: Files | None = None,
        peers: Peers | None = None,
        size: int,
    ) -> None:
        program = self.program = states.program
        beside = self.beside = peers is not None
        self.store = store
        self.states = states
        self.position = position
        self.world = BatchWorld(program, store, shared, horizon[0], peers, states, size)
        self.timeline = BatchTimeline(
            program, self.world, horizon, files, self._admit, beside=beside
        )
        self.timeline.sweeps = position.sweeps
        self.entries: list[Entry] = []
        self.changes = Changes()
        self._rows: dict[str, ContactRow] = {}
        self._asides: dict[str, Aside] = {}
        self._runs: dict[str, set[RunRow]] = {}
        self._numbered = 0
        """The number of the contact that was made last, where this worker is given its own."""
        self._began = position.clock
        self.world.ticks = position.ticks
        self.world.answers = answers
        self.world.history = self._record
        self._commons = Commons(self.world, shared)
        self._halted = shared.halted
        if self.timeline.results is not None:
            self.timeline.results.begin(shared.counters, tells=not beside)

    # ------------------------------------------------------------------ taking

    def take(self, rows: Iterable[ContactRow], addresses: Iterable[str] = ()) -> None:
        """Contacts out of the store, and the system; `addresses` are those that arrivals bring."""
        if not self._rows:  # where workers share a store, each is given places of its own
            self.world.ticks = max(self.store.block("ticks") or 0, self.world.ticks)
        if self.beside:
            rows = list(rows)
            if any(row.id == SYSTEM or merged_into(row) for row in rows):
                raise Alone
            self.world.halted = {message: [] for message in self._halted}
        else:
            if self.timeline.automations is not None and SYSTEM not in self._rows:
                rows = [*rows, *self.store.contacts([SYSTEM])]
            rows = self._with_those_they_are_part_of(rows)
        self._add(sorted({row.id: row for row in rows}.values(), key=lambda row: row.number))
        if not self.beside:
            self._take_halted(self._halted)
        if self.store.barred(None):
            known = addresses_of(self.timeline.contacts.values(), self.program.config)
            self.world.robinson = Robinson(self.store, [*known, *addresses])
        self._commons.take_branches(self.store, list(self._rows))

    def _with_those_they_are_part_of(self, rows: Iterable[ContactRow]) -> list[ContactRow]:
        """What comes for a contact that was merged into another goes to that one."""
        found = {row.id: row for row in rows}
        into = set(filter(None, map(merged_into, found.values())))
        while into - found.keys():
            more = self.store.contacts(into - found.keys())
            found |= {row.id: row for row in more}
            into = set(filter(None, map(merged_into, more)))
        return list(found.values())

    def _add(self, rows: Iterable[ContactRow]) -> None:
        for row in rows:
            if row.id in self._rows:
                continue
            contact, aside = self.states.read(row.state)
            self._rows[row.id] = row
            self._asides[row.id] = aside
            self._runs[row.id] = run_rows(self.program, contact, aside)
            self.world.entries[row.id] = row.entries
            if row.id == SYSTEM:
                self.timeline.take_system(contact)
            else:
                self.timeline.add(contact)

    def renew_runs(self) -> None:
        """Where the runs at hand stand was not read as it was kept: it is written anew."""
        self._runs = {name: set() for name in self._runs}

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
                away = (
                    row for row in others if (row.contact, (row.campaign, row.key)) not in known
                )
                one = next(away, None)
                if one is None:  # it was counted before, and has gone on since
                    continue
                self._add(self.store.contacts([one.contact]))
                self.world.halted[message] = [
                    *here,
                    (one.contact, (one.campaign, one.key), one.began),
                ]

    # ------------------------------------------------------------------ giving back

    def _record(self, entry: Entry) -> None:
        self.entries.append(entry)
        entries = self.world.entries
        number = entries[entry.contact] = entries.get(entry.contact, 0) + 1
        self.timeline.touched.add(entry.contact)
        self.changes.history.append(HistoryRow(number, entry))

    def save(self, *, touched: bool = False) -> Changes:
        """Write all that changed into the store; to be called within its transaction.

        `touched`: only of contacts to whom anything happened, where most were but asked.
        """
        changes, world, position = self.changes, self.world, self.position
        if self.timeline.results is not None:
            self.timeline.results.give(changes)
        if not self.beside:
            self._give(self.timeline.system)
        for contact in self.timeline.contacts.values():
            if not touched or contact.id in self.timeline.touched:
                self._give(contact)
        changes.letters = world.letters + [
            self._mail(one) for one in world.notices if one.who != "inbox"
        ]
        changes.taken_back = [(one.id, reason) for one, reason in world.taken_back]
        for name, pool in world.pools.items():
            changes.codes += [ClaimedCode(name, *taken) for taken in pool.taken]
        changes.notices += [NoticeRow(one.at, one.who, one.text) for one in world.notices]
        self._commons.give(changes, self.timeline.interpreter.sending.shared_caps)
        if self.beside:
            ordered = [row for row in changes.processes if not _just_begun(row)]
            if changes.values or ordered or world.system_events or self._new_zone():
                raise Alone
        else:
            position.ticks = world.ticks
            for zone, since in self.timeline.zones.values():
                position.watch(self.program, zone, max(since, self._began or since))
            changes.values[NAME] = position.write()
        self.store.save(changes)
        return changes

    def let_go(self) -> None:
        """It is done with: its contacts go at once, not when the collector comes, so nothing of
        it may know the batch any more.
        """
        self.timeline.interpreter.look_away()
        del self.timeline, self.world, self._commons

    def _new_zone(self) -> bool:
        """Whether schedules have to be watched in a zone where no contact was before."""
        return any(key not in self.position.zones for key in self.timeline.zones)

    def _mail(self, notice: Notice) -> Letter:
        """The letter that carries a notice to a person with an address."""
        place = f"notice\0{notice.who}\0{self.world.tick()}"
        config, subject = self.program.config, " ".join(notice.text.split())
        if len(subject) > _SUBJECT:
            subject = f"{subject[: _SUBJECT - 1]}…"
        return Letter(
            hashlib.sha256(place.encode()).hexdigest()[:32], "", "", "", notice.at, "email",
            "service", notice.who, subject, notice.text, "", config.sender, config.reply_to, "",
        )  # fmt: skip

    def _admit(
        self, found: ContactRows, source: str, process: Identity, now: datetime
    ) -> list[Problem]:
        """Let the contacts of a file arrive, and behind them that the import is finished; gives
        why rows were left out after all.
        """
        done = admit_contacts(self.store, self.states, found.rows, now)
        finished = import_finished(source, found, len(done.problems), process)
        last = ArrivalRow(now, None, "import finished", as_text(finished))
        self.store.append([*done.arrivals, last])
        return done.problems

    def _give(self, contact: Contact) -> None:
        row = self._rows.get(contact.id)
        aside = self._asides.get(contact.id) or Aside()
        if contact.deleted:
            contact, aside = _emptied(contact), Aside()
        text = self.states.write(contact, aside)
        due = next_due(contact)
        at, began = (due[0], due[1]) if due else (None, 0)
        entries = self.world.entries_of(contact.id)
        same = row is not None and row.state == text and (row.due, row.began) == (at, began)
        if row is not None and same and row.entries == entries:
            # A note alone ("it had it already") changes nothing but how much history there is.
            return
        if contact.id == SYSTEM:
            if row is None and not contact.seq:
                return
            number = 0  # before all contacts: who walks through them does not meet it
        elif row is None or (row.deleted and not contact.deleted):
            number = self._next_number()
        else:
            number = row.number
        self.changes.contacts.append(
            ContactRow(
                contact.id, number, text,
                usable_address(contact.fields.get("email"))[0].lower() or None,
                contact.zone_name() or "", at, began, entries,
                row.version + 1 if row else 1, contact.deleted,
            )
        )  # fmt: skip
        before, after = self._runs.get(contact.id, set()), run_rows(self.program, contact, aside)
        self.changes.runs += sorted(after - before)
        kept = {row[:3] for row in after}
        self.changes.runs_gone += [row[:3] for row in sorted(before) if row[:3] not in kept]

    def _next_number(self) -> int:
        if not self._numbered:
            self._numbered = max(self.store.block("contacts") or 0, self.position.number)
        self._numbered += 1
        self.position.number = self._numbered
        return self._numbered


def _just_begun(row: ProcessRow) -> bool:
    """Whether a process is only that something goes out for the first time: whoever of several
    workers says so first makes it.
    """
    return not row.number and (row.type, row.status) == ("message send", "running")


def _emptied(contact: Contact) -> Contact:
    """What stays of a contact that was deleted: that it was there, and what it went through."""
    return Contact(
        contact.id, seq=contact.seq, clock=contact.clock, deleted=True,
        merged_into=contact.merged_into,
    )  # fmt: skip
