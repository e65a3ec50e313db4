"""WORKSPACES → BASELINES: what is found now is forgiven, and only what comes new is shown."""

from __future__ import annotations

from pathlib import Path

import click

from flowlang import workspace
from flowlang.cli import files, paths, terminal
from flowlang.rules import baseline
from flowlang.speech import Text, tr, tr_n


def write(given: list[Path]) -> None:
    """Write the baseline of each workspace that has a `flow.toml`; one without findings has none.

    Raises what `paths.targets` does, and UsageError where there is no `flow.toml` to write it
    beside, or an error, for the rules leave a file with one alone.
    """
    if paths.STDIN in given:
        raise click.UsageError(tr("standard input has no baseline"))
    for root, single in paths.targets(given):
        if single is not None:
            raise click.UsageError(
                tr("a baseline stands beside flow.toml, and {root} has none", root=root)
            )
        loaded = workspace.load(root)
        if loaded.findings.has_errors:
            raise click.UsageError(
                tr("there are errors in {root}: mend them, then forgive the rest", root=root)
            )
        places = workspace.lint(loaded, forgiving=False)
        path = root / baseline.NAME
        if places:
            path.touch()
            if files.write(path, baseline.written(places), root):
                terminal.talk(
                    tr("{findings} forgiven in {path}", findings=_counted(len(places)), path=path)
                )
        elif path.is_file():
            path.unlink()
            terminal.talk(tr("nothing is left to forgive: {path} is removed", path=path))


def _counted(number: int) -> Text:
    return tr_n("{count} finding", "{count} findings", number)
