"""PATHS → OUTCOMES: each workspace checked, or recalled where nothing has changed.

In one process: the trees of a workspace cost more to hand from one process to another than to make.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flowlang.cache import Entry, Outcome
from flowlang.cli import paths, storing, terminal
from flowlang.config import read_settings
from flowlang.speech import tr

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
    for target, outcome in targets(given, cached=cached):
        found.append(outcome)
        paths.speak({one.language for one in found})
        _warn(target, outcome)
    if not any(outcome.files for outcome in found):
        raise paths.no_file(given)
    return found


def _warn(target: Target, outcome: Outcome) -> None:
    """Tell what `flow run` would refuse; no finding, for a workspace may be checked elsewhere."""
    settings = read_settings(target.folder / "flow.toml")
    for refusal in storing.refusals(settings, os.environ.get("FLOW_STORE"), outcome.channels):
        terminal.talk(
            terminal.printable(tr("warning: `flow run` will refuse: {refusal}", refusal=refusal))
        )


def targets(given: list[Path], *, cached: bool) -> list[tuple[Target, Outcome]]:
    """The same, each with the workspace it is of; without standard input."""
    chosen = [Target(root, files) for root, files in paths.targets(given)]
    return [(target, _checked(target, cached=cached)) for target in chosen]


def load(target: Target, texts: dict[Path, str] | None = None) -> Workspace:
    """A workspace, read and checked now; `texts` is what `workspace.load` takes."""
    from flowlang import workspace
    from flowlang.collector import without_collector

    with without_collector():
        loaded = workspace.load(target.root, target.files, texts=texts)
        workspace.lint(loaded)
        _show_walks(loaded)
    return loaded


def _standard_input() -> Workspace:
    from flowlang import workspace

    loaded = paths.standard_input()
    workspace.lint(loaded)
    _show_walks(loaded)
    return loaded


def _show_walks(loaded: Workspace) -> None:
    """Findings about a path show a contact that walks it."""
    found = loaded.findings.found
    if loaded.runnable is None or not any(one.walk for one in found):
        return
    from flowlang.coverage import showing

    languages = {parsed.source.name: parsed.language for parsed in loaded.files}
    found[:] = showing.with_tests(found, loaded.runnable, languages)


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
    channels = loaded.program.channels if loaded.program is not None else {}
    return Outcome(
        files, tuple(loaded.findings.found), tuple(loaded.inputs), loaded.language, channels
    )
