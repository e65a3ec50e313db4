"""PATHS → OUTCOMES: each workspace checked, or recalled where nothing has changed.

In one process: the trees of a workspace cost more to hand from one process to another than to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flowlang.cache import Entry, Outcome
from flowlang.cli import paths

if TYPE_CHECKING:
    from flowlang.workspace import Workspace


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
    found = [_outcome(_standard_input()) for path in given if path == paths.STDIN]
    found += [outcome for _, outcome in targets(given, cached=cached)]
    if not any(outcome.files for outcome in found):
        raise paths.no_file(given)
    return found


def targets(given: list[Path], *, cached: bool) -> list[tuple[Target, Outcome]]:
    """The same, each with the workspace it is of; without standard input."""
    chosen = [Target(root, files) for root, files in paths.targets(given)]
    return [(target, _checked(target, cached=cached)) for target in chosen]


def load(target: Target, texts: dict[Path, str] | None = None) -> Workspace:
    """A workspace, read and checked now; `texts` is what `workspace.load` takes."""
    from flowlang import workspace
    from flowlang.cli.collector import without_collector

    with without_collector():
        loaded = workspace.load(target.root, target.files, texts=texts)
        workspace.lint(loaded)
    return loaded


def _standard_input() -> Workspace:
    from flowlang import workspace

    loaded = paths.standard_input()
    workspace.lint(loaded)
    return loaded


def _checked(target: Target, *, cached: bool) -> Outcome:
    if not cached:
        return _outcome(load(target))
    entry = Entry(target.root, target.files)
    outcome = entry.recall()
    if outcome is None:
        outcome = _outcome(loaded := load(target))
        entry.keep(outcome, loaded.inputs)
    return outcome


def _outcome(loaded: Workspace) -> Outcome:
    files = tuple(parsed.source.name for parsed in loaded.files)
    return Outcome(files, tuple(loaded.findings.found), tuple(loaded.inputs))
