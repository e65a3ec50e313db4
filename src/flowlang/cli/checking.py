"""PATHS → OUTCOMES: each workspace checked, or recalled where nothing has changed.

Whoever checks many workspaces at once has them shared out among processes; one workspace is
checked in one piece, for its trees cost more to hand over than to make.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flowlang.cache import Entry, Outcome
from flowlang.cli import paths

if TYPE_CHECKING:
    from flowlang.workspace import Workspace

SHARED_FROM = 60
"""Files that must be read before a second process pays for itself (measured: about half of it)."""


@dataclass(frozen=True, slots=True)
class Target:
    """One workspace that is to be checked: its root, or a single file."""

    root: Path
    files: list[Path] | None

    @property
    def folder(self) -> Path:
        return self.root if self.files is None else self.root.parent


def check(given: list[Path], *, cached: bool) -> list[Outcome]:
    """What there is to find in the workspaces of some paths, in order.

    Raises what `paths.below` does.
    """
    found = [_outcome(paths.standard_input()) for path in given if path == paths.STDIN]
    found += [outcome for _, outcome in targets(given, cached=cached)]
    if not any(outcome.files for outcome in found):
        raise paths.no_file(given)
    return found


def targets(given: list[Path], *, cached: bool) -> list[tuple[Target, Outcome]]:
    """The same, each with the workspace it is of; without standard input."""
    chosen = [Target(root, files) for root, files in paths.targets(given)]
    found: dict[int, Outcome] = {}
    missing: dict[int, Entry] = {}
    for number, target in enumerate(chosen):
        entry = Entry(target.root, target.files)
        outcome = entry.recall() if cached else None
        if outcome is None:
            missing[number] = entry
        else:
            found[number] = outcome
    work = [(chosen[number], entry, cached) for number, entry in missing.items()]
    found |= zip(missing, _checked(work), strict=True)
    return [(target, found[number]) for number, target in enumerate(chosen)]


_Work = tuple[Target, Entry, bool]
"""What is to be checked, its place in the cache, and whether it is to be kept there."""


def _checked(work: list[_Work]) -> Iterator[Outcome]:
    files = sum(len(entry.own) for _, entry, _ in work)
    # Elsewhere a new process begins with an empty Python, and pays only for much more.
    shared = len(work) > 1 and files >= SHARED_FROM and sys.platform == "linux"
    if not shared or len(os.sched_getaffinity(0)) == 1:
        yield from map(_check, work)
        return
    for one, data in zip(work, _in_processes(work), strict=True):
        outcome = one[1].decoded(data) if data else None
        yield outcome or _check(one)


def _check(one: _Work) -> Outcome:
    target, entry, cached = one
    loaded = load(target)
    if cached and (data := entry.encoded(loaded.findings.found, loaded.inputs)):
        entry.keep(data)
    return _outcome(loaded)


def _in_processes(work: list[_Work]) -> Iterator[bytes | None]:
    from multiprocessing import get_context

    from flowlang import workspace  # noqa: F401 - once, for all that are forked

    count = len(os.sched_getaffinity(0))
    with get_context("fork").Pool(count, _leave_interrupts) as pool:
        yield from pool.imap(_encoded, work, chunksize=max(1, min(16, len(work) // count // 4)))


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that a person has called; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _encoded(one: _Work) -> bytes | None:
    target, entry, cached = one
    loaded = load(target)
    data = entry.encoded(loaded.findings.found, loaded.inputs)
    if cached and data:
        entry.keep(data)
    return data


def load(target: Target, texts: dict[Path, str] | None = None) -> Workspace:
    """A workspace, read and checked now; `texts` is what `workspace.load` takes."""
    from flowlang import workspace
    from flowlang.cli.collector import without_collector

    with without_collector():
        return workspace.load(target.root, target.files, texts=texts)


def _outcome(loaded: Workspace) -> Outcome:
    files = tuple(parsed.source.name for parsed in loaded.files)
    return Outcome(files, tuple(loaded.findings.found), tuple(loaded.inputs))
