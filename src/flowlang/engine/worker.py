"""The engine over a store: what is due, what arrived and what schedules make, in the order of time.

Time is taken in stretches.  One stretch is a transaction: contacts with something due or arrived in
it are read, all of it happens, and all that came of it is written back at once.  Killed at any
point, the engine goes on from the last stretch that was saved.  A stretch is done alone, or beside
other workers.

The clock is handed in.  What fell due while nobody ran the engine happens at the moment it was due.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from flowlang.collector import collector_at_rest
from flowlang.engine.admission import from_text
from flowlang.engine.applying import Outdated, end_gone, gone
from flowlang.engine.arrivals import REACTIONS, Moot, Refused
from flowlang.engine.batch import Batch
from flowlang.engine.batch_timeline import Horizon
from flowlang.engine.beside import Alone, Peers
from flowlang.engine.calling import Answers, AnswersAtHand, Wanted
from flowlang.engine.commons import as_process
from flowlang.engine.controls import VERBS, Control
from flowlang.engine.files import Files
from flowlang.engine.pass_report import Report
from flowlang.engine.position import NAME, Position
from flowlang.engine.processes import Identity
from flowlang.engine.resuming import may_resume
from flowlang.engine.state import States
from flowlang.engine.stretch_alone import stretch_alone
from flowlang.engine.stretch_beside import stretch_beside
from flowlang.engine.telling import Said
from flowlang.program.program import Program
from flowlang.stores.rows import ArrivalRow, Changes, Coming, NoticeRow, Shared
from flowlang.stores.store import Store

BATCH = 1_000
"""Contacts, and arrivals, in one transaction."""
BATCH_WITH_CALLS = 20
"""The same where a step may have to wait for an answer from the web: they are nobody else's until
it is there, and read once more for each answer.
"""
_OF_SYSTEM = frozenset((*VERBS, "import finished", "merge", "run automation"))
"""Types of arrivals that concern many contacts, or the system."""
_MOST_ALONE = 32
"""Stretches that a worker does alone before it tries again beside others."""


class Worker:
    """Runs a program over a store."""

    def __init__(
        self,
        program: Program,
        store: Store,
        *,
        answers: Answers | None = None,
        files: Files | None = None,
        batch: int | None = None,
    ) -> None:
        self.program = program
        self.store = store
        self.answers = AnswersAtHand(answers, store)
        self.files = files
        self.batch = batch or (BATCH_WITH_CALLS if program.calls else BATCH)
        self.states = States(program)
        self.report = Report()
        self._alone_for = 0
        """So many stretches it stays alone, where workers may be beside each other."""
        self._patience = 1
        self._left = True
        """Someone may have been the last to leave a campaign that the program has no more."""
        self.version: int | None = None
        """The number of the version that this program is, where another may be applied."""
        self.outdated = False
        """Another version was applied meanwhile: this one has nothing more to do."""
        self.stopping = False
        """Set by someone who wants it to end after the stretch under way."""
        self.between: Callable[[], None] = lambda: None
        """Called after each stretch, by someone who wants to show how far it is."""

    def run(self, now: datetime) -> Report:
        """Do all that is to be done up to a moment, and say what it was."""
        report = self.report = Report()
        try:
            while not self.stopping and self._next(now, report):
                self.between()
            self.answers.forget()
        except Outdated:
            self.outdated = True
        finally:
            self.answers.release()
        self.report = report
        if report.reactions:
            told = Said("reactions-refused", {"count": report.reactions})
            text = told.say(self.program.language)
            self.store.save(Changes(notices=[NoticeRow(now, "inbox", text)]))
            report.notices += 1
        if self._left and not self.outdated:
            end_gone(self.store, self.program, self.version, now)
            self._left = False
        return report

    def may_resume(self, message: str, now: datetime, of: Identity | None = None) -> int:
        """How many go on if a halted message is resumed now, in one process or in all.

        Raises Refused where it cannot be.
        """
        shared = self.store.shared()
        position = Position.read(shared.values.get(NAME))
        batch = self.open(position, shared, (now, math.inf))
        batch.take([])
        return may_resume(message, batch.world, batch.timeline.interpreter.sending, of)

    # ------------------------------------------------------------------ one stretch of time

    def _next(self, now: datetime, report: Report) -> bool:
        """Do the next stretch of time, in one transaction; False where there is nothing to do."""
        done = None
        if self.store.many and not self._alone_for:
            try:
                done = self._part(stretch_beside, now, report)
                report.stretches["beside"] += 1
            except Alone:
                report.stretches["again"] += 1
                self._alone_for = self._patience = min(2 * self._patience, _MOST_ALONE)
            else:
                self._patience = 1
        if done is None:
            done = self._part(stretch_alone, now, report)
            report.stretches["alone"] += 1
            self._alone_for = self._alone_for - 1 if done and self._alone_for else 0
        return done

    def _part(
        self, stretch: Callable[[Worker, datetime], bool], now: datetime, report: Report
    ) -> bool:
        """Do a stretch; what it did is reported once it is saved.

        It may be begun several times: each call to the web that it wants is made between two.
        """
        done = None
        while done is None:
            self.report = Report()
            self.answers.begun()
            try:
                with collector_at_rest():
                    done = stretch(self, now)
            except Wanted as wanted:
                if not self.answers.outside(wanted.call):
                    return False
        self.answers.saved()
        report.absorb(self.report)
        return done

    def open(
        self, position: Position, shared: Shared, end: Horizon, peers: Peers | None = None
    ) -> Batch:
        """What a stretch does is done in a batch; nothing is at hand yet.

        Raises Outdated where another version than the worker's is applied.
        """
        if self.version not in (None, position.version):
            raise Outdated
        return Batch(
            self.states, self.store, position, shared, end,
            answers=self.answers, files=self.files, peers=peers, size=self.batch,
        )  # fmt: skip

    def arrive(self, batch: Batch, row: ArrivalRow) -> None:
        """Apply an arrival, or refuse it."""
        try:
            data = from_text(row.data)
            if row.type == "cancel":
                self._take_cancelled(batch, Control.of(row.type, data).process)
            batch.timeline.arrive(row.contact, row.type, data, row.at)
        except Moot as moot:
            batch.changes.arrivals.append((row.seq, "applied", str(moot)))
            self.report.moot.append((row, str(moot)))
        except Refused as refused:
            self._refuse(batch.changes, row, str(refused))
        else:
            batch.changes.arrivals.append((row.seq, "applied", ""))
            self.report.applied += row.type != "import finished"  # the mark behind its rows

    def _take_cancelled(self, batch: Batch, named: Identity | None) -> None:
        """Have a process at hand that is over since it was cancelled: it may get another reason."""
        processes = batch.world.processes
        if named is None or processes.find(named) is not None:
            return
        for row in self.store.processes(among=[named]):
            if row.status == "cancelled":
                processes.add(as_process(row))

    def _refuse(self, changes: Changes, row: ArrivalRow, why: str) -> None:
        changes.arrivals.append((row.seq, "refused", why))
        if row.type in REACTIONS:
            self.report.reactions += 1
        else:
            self.report.refused.append((row, why))

    def close(self, batch: Batch, *, touched: bool = False) -> None:
        """Save what has happened in a batch."""
        changes, world, report = batch.save(touched=touched), batch.world, self.report
        self._left = self._left or self._have_left(changes)
        report.sent.update(one.message for one in world.sent)
        report.skipped.update((one.message, one.because) for one in world.skipped)
        report.entries += len(changes.history)
        report.contacts += len(changes.contacts)
        report.notices += len(changes.notices)
        batch.let_go()

    def _have_left(self, changes: Changes) -> bool:
        """Whether something has changed about campaigns that the program has no more."""
        known, under_way = self.program.by_name, ("waiting", "halted", "held")
        return (
            any(row.campaign not in known and row.status not in under_way for row in changes.runs)
            or any(campaign not in known for _, campaign, _ in changes.runs_gone)
            or bool(gone(changes.processes, known))
        )

    def concerns_all(self, one: ArrivalRow | Coming) -> bool:
        """Whether an arrival concerns many contacts, or the system."""
        return one.contact is None or one.type in _OF_SYSTEM
