"""Check again whenever a file changes, and say what has changed in the outcome.

Files are asked for their state twice a second.  That works on every file system and with editors
that write a new file and put it in the place of the old one; what it looks at are names, times and
sizes, and the check itself goes by contents.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

from flowlang import discovery
from flowlang.cli import checking, expected, paths, terminal
from flowlang.cli.check import code_of
from flowlang.reports import text
from flowlang.source import Finding
from flowlang.speech import tr

EVERY = 0.5
"""Seconds between two looks."""
SETTLED = 0.1
"""Seconds without another change before a check begins: an editor saves in several steps."""

State = dict[Path, tuple[int, int, int]]
"""What files were like: when changed, of which size, and which file it was."""


def watch(given: list[Path], *, cached: bool, sleep: Callable[[float], None] = time.sleep) -> int:
    """Check, wait for a change, check; until Ctrl-C.  The exit code is that of the last check.

    Raises what `checking.check` does, at the first check; later, what stands in the way is told.
    """
    watched = _Watched(given, cached)
    try:
        watched.begin()
        while True:
            watched.wait(sleep)
            watched.again()
    except KeyboardInterrupt:
        terminal.talk("")
    return code_of(watched.findings)


class _Watched:
    """The workspaces of some paths, as they were checked last."""

    def __init__(self, given: list[Path], cached: bool) -> None:
        self.given = given
        self.cached = cached
        self.findings: list[Finding] = []
        self._inputs: set[Path] = set()
        self._state: State = {}

    def begin(self) -> None:
        """The first check: all there is to find."""
        files = self._check()
        _write(self.findings)
        terminal.talk(
            tr("{found} Watching; Ctrl-C ends.", found=text.summary(self.findings, files))
        )

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Come back when a file has changed, and none changes any more."""
        while (now := self._look()) == self._state:
            sleep(EVERY)
        before: State = {}
        while now != before:
            sleep(SETTLED)
            before, now = now, self._look()

    def again(self) -> None:
        """Check, and tell what is new and what is gone."""
        before = self.findings
        try:
            files = self._check()
        except Exception as failure:
            told = _wrong_with(failure)
            if not told:
                raise
            terminal.talk(tr("{what}; watching on", what=terminal.printable(told)))
            return
        gone = _without(before, self.findings)
        _write(_without(self.findings, before))
        terminal.write(
            "".join(
                terminal.told(tr("gone: {finding}", finding=text.one_line(finding))) + "\n"
                for finding in gone
            )
        )
        terminal.talk(text.summary(self.findings, files))

    def _check(self) -> int:
        """Check all; how many files there are."""
        self._state = self._look()
        outcomes = checking.check(self.given, cached=self.cached)
        self.findings = [finding for outcome in outcomes for finding in outcome.findings]
        inputs = {path for outcome in outcomes for path in outcome.inputs}
        self._state |= {path: _state(path) for path in inputs - self._inputs}
        self._inputs |= inputs
        # The collector was spared what the check has made; most of it is garbage by now.
        gc.unfreeze()
        gc.collect()
        return sum(len(outcome.files) for outcome in outcomes)

    def _look(self) -> State:
        """How all is that the outcome hangs on; files that come and go are seen by this, too."""
        try:
            chosen = paths.targets(self.given)
        except (OSError, click.UsageError):  # it may come again
            chosen = []
        own = [
            path
            for root, files in chosen
            for path in (files or [root / discovery.SETTINGS, *discovery.own_files(root)])
        ]
        return {path: _state(path) for path in {*own, *self._inputs}}


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def _write(findings: list[Finding]) -> None:
    if findings:
        terminal.write(text.excerpts(findings, color=terminal.colored()) + "\n")


def _without(findings: list[Finding], others: list[Finding]) -> list[Finding]:
    """The findings that are not among others; a line that has only moved makes no new one."""
    left = Counter(map(_known_by, others))
    found = []
    for finding in findings:
        left[_known_by(finding)] -= 1
        if left[_known_by(finding)] < 0:
            found.append(finding)
    return found


def _known_by(finding: Finding) -> tuple[str, str, str]:
    return finding.span.source.name, finding.diagnostic.code, finding.message


def _wrong_with(failure: Exception) -> str:
    """What to say of a check that was not possible; empty for a fault of ours."""
    if isinstance(failure, click.ClickException):
        return failure.format_message()
    return expected(failure)
