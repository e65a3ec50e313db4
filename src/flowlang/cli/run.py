"""Run the engine: take what arrived, wake who is due, deliver."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import (
    FOUND,
    delivering,
    link_key,
    passes,
    paths,
    progress,
    running,
    senders,
    storing,
    terminal,
)
from flowlang.cli.signals import SLICE, Signals
from flowlang.speech import tr, tr_n
from flowlang.stores.store import StoreError

if TYPE_CHECKING:
    from flowlang.cli.running import Running
    from flowlang.engine.delivered import Delivered
    from flowlang.engine.handover import Handover
    from flowlang.engine.pass_report import Report
    from flowlang.engine.worker import Worker
    from flowlang.stores.store import Store
    from flowlang.workspace import Workspace

PAUSE = 1.0
"""Seconds between two looks at the store where nothing is to be done."""
TURN = 5.0
"""Seconds of handing over, after which it is looked at what has arrived: who withdraws meanwhile
gets nothing of what still waits.
"""


@click.command(epilog="Example: flow run examples/webinar --once")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@storing.store_option
@click.option("--once", is_flag=True, help="Do what is to be done now, and end.")
@storing.now_option
def run(path: Path | None, url: str | None, once: bool, given_now: str | None) -> int:
    """Run the engine over the store, until it is interrupted.

    Arrivals are applied in the order of their time, contacts whose time has come go on, messages
    are queued and handed over. What was done is done: run it again and nothing happens twice.
    What fell due while no engine ran happens at the moment it was due, in that order.

    The first run over an empty store applies the folder. From then on the version that was applied
    last runs, whatever the folder says meanwhile: see `flow plan` and `flow apply`.

    The outbox (.flow/outbox in the workspace) takes every message as a file: nothing leaves the
    machine unless flow.toml says so. Exit code 1 where an arrival was refused, or a message could
    not be delivered; with --once also where one waits for another try.
    """
    folder = running.one(path, url)
    zone = folder.settings.config().timezone
    # A call that is wrong leaves no store behind.
    storing.moment(given_now, zone)
    link_key.given()
    if folder.runnable is not None:
        senders.check(folder, folder.runnable, url)
    if not once:
        terminal.timed(zone)
        storing.tell_clock(given_now, zone)
    with (
        Signals() as signals,
        storing.opened(folder, url, signals=None if once else signals) as store,
    ):
        storing.compare_clocks(given_now, store)
        return _Engine(path, folder, store, given_now, url, signals).run(once=once)


class _Engine:
    """A worker with its delivery, and what it tells the person who started it."""

    worker: Worker
    handover: Handover

    def __init__(
        self,
        path: Path | None,
        folder: Workspace,
        store: Store,
        given_now: str | None,
        url: str | None,
        signals: Signals,
    ) -> None:
        self.path = path
        self.folder = folder
        self.store = store
        self.url = url
        self.given_now = given_now
        self.outbox = delivering.outbox(folder)
        self.signals = signals
        self.code = 0
        now = storing.moment(given_now, folder.settings.config().timezone)
        self._take(running.in_force(folder, store) or running.begin(folder, store, now))

    def _take(self, found: Running) -> None:
        """From now on this version runs."""
        from flowlang.delivery.calls import Calls
        from flowlang.engine.worker import Worker
        from flowlang.figures.files import WorkspaceFiles

        workspace, program, store = found.workspace, found.program, self.store
        if found.told:
            terminal.talk(found.told)
        terminal.talk(terminal.printable(passes.line(tr("runs"), running.headline(found, store))))
        if workspace is not self.folder:
            senders.check(workspace, program, self.url)
        program.config = replace(program.config, link_key=link_key.of_store(store))
        self.workspace, self.program = workspace, program
        delivery, settings = delivering.opened(workspace, program, lambda: self.now)
        self.handover = delivering.handover(
            store, delivery, settings, lambda: self.now, workspace.language
        )
        senders.check_leaving(program, settings)
        answers = Calls(os.environ.get("FLOW_CALL_SECRET", ""))
        files = WorkspaceFiles(workspace.root, program, store)
        self.worker = Worker(program, store, answers=answers, files=files)
        self.worker.version = found.version.number
        self.signals.then = self._stop
        if self.signals.asked:
            self._stop()
        self._take_codes()

    @property
    def now(self) -> datetime:
        return storing.moment(self.given_now, self.program.config.timezone)

    def run(self, *, once: bool) -> int:
        with progress.bars(self.store) as self.between:
            self.worker.between = self.between
            return self._run(once=once)

    def _run(self, *, once: bool) -> int:
        if once:
            self._once()
            return self.code
        terminal.talk(tr("running; Ctrl-C ends it"))
        away, quiet = storing.absence(), False
        while not self.stopping:
            try:
                pause = 0.0 if self._pass(quiet=quiet) else PAUSE
                quiet = True
                away.over()
            except StoreError as failure:
                away.failed(failure)
                storing.check_tables(self.folder, self.url)
                pause = storing.PAUSE_AFTER_FAILURE
            self._wait(pause)
        terminal.talk(tr("stopped"))
        return self.code

    def _wait(self, seconds: float) -> None:
        """Until there may be something to do; in slices, for a signal is to end it soon."""
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            slice_end = time.monotonic() + min(left, SLICE)
            try:
                self.worker.between()
                self.store.wait(min(left, SLICE))
            except StoreError:  # the pass that follows says what it is
                time.sleep(max(slice_end - time.monotonic(), 0))
            if time.monotonic() < slice_end:
                return

    @property
    def stopping(self) -> bool:
        """It was asked to end."""
        return self.signals.asked

    def _stop(self) -> None:
        """End after the stretch under way."""
        self.worker.stopping = True

    def _take_codes(self) -> None:
        """Those that coupon lists have in files of their own."""
        from flowlang.cli.codes import of_files
        from flowlang.engine.applying import take_codes

        codes, wrong = of_files(self.program)
        for file, problem in wrong:
            terminal.talk(terminal.printable(problem.told(file)))
            self.code = FOUND if problem.severity == "error" else self.code
        for name, new in take_codes(self.store, codes, self.now).items():
            terminal.talk(
                tr_n(
                    '"{name}": {count:,} new code from its file',
                    '"{name}": {count:,} new codes from its file',
                    new,
                    name=name,
                )
            )

    def _once(self) -> None:
        """All that is to be done now, with what bounces bring about."""
        report = self._work()
        delivered = self.handover.run(lambda: self.stopping)
        bounced = delivered.bounced
        while bounced and not self.stopping:
            report.absorb(self._work())
            more = self.handover.run(lambda: self.stopping)
            delivered.absorb(more)
            bounced = more.bounced
        self._tell(report, delivered)
        if delivering.are_late(self.store, self.now):
            self.code = FOUND

    def _work(self) -> Report:
        """Do what is to be done; with another version as soon as it is applied."""
        report = self.worker.run(self.now)
        while self.worker.outdated and not self.stopping:
            with suppress(click.ClickException):  # one that is gone by now says nothing else
                self.folder = paths.one(self.path)
            found = running.in_force(self.folder, self.store)
            assert found is not None
            terminal.talk(tr("version {number} is applied", number=found.version.number))
            before = self.handover
            self._take(found)
            self.handover.take_over(before)
            self.worker.between = self.between
            report.absorb(self.worker.run(self.now))
        return report

    def _pass(self, *, quiet: bool) -> bool:
        """Some of it; gives whether more is to be done at once."""
        report = self._work()
        end = time.monotonic() + TURN
        delivered = self.handover.run(lambda: self.stopping or time.monotonic() > end)
        if not (quiet and report.idle and delivered.idle):
            self._tell(report, delivered)
        return delivered.left or bool(delivered.bounced)

    def _tell(self, report: Report, delivered: Delivered) -> None:
        if report.refused or report.reactions:
            self.code = FOUND
        if delivering.needs_a_person(delivered):
            self.code = FOUND
        zone, now = self.program.config.timezone, self.now
        for line in passes.lines(report, delivered, self.store, self.outbox, zone, now):
            terminal.talk(terminal.printable(line))
