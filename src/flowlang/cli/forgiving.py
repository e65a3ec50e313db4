"""WORKSPACES → BASELINES: what is found now is forgiven, and only what comes new is shown."""

from __future__ import annotations

from pathlib import Path

import click

from flowlang import workspace
from flowlang.cli import files, paths, terminal
from flowlang.rules import baseline


def write(given: list[Path]) -> None:
    """Write the baseline of each workspace that has a `flow.toml`; one without findings has none.

    Raises what `paths.targets` does, and UsageError where there is no `flow.toml` to write it
    beside, or an error, for the rules leave a file with one alone.
    """
    if paths.STDIN in given:
        raise click.UsageError("standard input has no baseline")
    for root, single in paths.targets(given):
        if single is not None:
            raise click.UsageError(f"a baseline stands beside flow.toml, and {root} has none")
        loaded = workspace.load(root)
        if loaded.findings.has_errors:
            raise click.UsageError(f"there are errors in {root}: mend them, then forgive the rest")
        places = workspace.lint(loaded, forgiving=False)
        path = root / baseline.NAME
        if places:
            path.touch()
            if files.write(path, baseline.written(places), root):
                terminal.talk(f"{_counted(len(places))} forgiven in {path}")
        elif path.is_file():
            path.unlink()
            terminal.talk(f"nothing is left to forgive: {path} is removed")


def _counted(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"
