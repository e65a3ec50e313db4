"""ARGUMENTS → WORKSPACES: what the PATH of a verb means, and what its files hold."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, terminal
from flowlang.collector import without_collector
from flowlang.speech import ENGLISH, some, tr

if TYPE_CHECKING:
    from flowlang.program.program import Program
    from flowlang.source import Finding
    from flowlang.workspace import MakeExpressions, Workspace

STDIN = Path("-")
"""Stands for standard input."""


def targets(paths: Collection[Path]) -> list[tuple[Path, list[Path] | None]]:
    """The workspaces that paths belong to, as `discovery.find` gives them, in order.

    Without paths it is that of the current folder; standard input is none of them.
    Raises FileNotFoundError, and UsageError for a file that is no `.flow` file.
    """
    from flowlang import discovery

    named = [path for path in paths if path != STDIN]
    for path in named:
        if path.is_file() and path.suffix not in (".flow", ".toml"):
            raise click.UsageError(tr("{path} is no .flow file", path=path))
    given = named or ([] if STDIN in paths else [Path()])
    return [(nearby(root), files) for root, files in discovery.find(given)]


def no_file(paths: Iterable[Path]) -> click.UsageError:
    """What to raise where paths hold no `.flow` file at all."""
    return click.UsageError(
        tr("there is no .flow file in {path}", path=", ".join(map(str, paths)) or ".")
    )


def below(paths: Iterable[Path], expressions: MakeExpressions | None = None) -> Iterator[Workspace]:
    """The workspaces of `targets`, loaded, behind that of standard input where it is named.

    `expressions` is what `workspace.load` takes.
    Raises what `targets` does, ConfigError, and UsageError where there is no `.flow` file at all.
    """
    from flowlang import workspace

    given = list(paths)
    chosen = targets(given)
    for path in given:
        if path == STDIN:
            yield standard_input()
    seen, languages = 0, set[str]()
    for root, files in chosen:
        with without_collector():
            found = workspace.load(root, files, expressions)
        languages.add(found.language)
        speak(languages)
        seen += len(found.files)
        yield found
    if not seen and STDIN not in given:
        raise no_file(given)


def one(path: Path | None, expressions: MakeExpressions | None = None) -> Workspace:
    """The one workspace of a path, loaded.  Raises UsageError where it is none or several."""
    from flowlang import discovery

    found = discovery.find([path or Path()])
    if len(found) > 1:
        raise several(found)
    return next(below([path] if path else [], expressions))


class Unrunnable(click.exceptions.Exit):
    """The program has errors, which were shown."""

    def __init__(self) -> None:
        super().__init__(FOUND)


def runnable(folder: Workspace) -> Program:
    """The program of a workspace.  Raises Unrunnable where it has errors, after telling them."""
    program = folder.runnable
    if program is None:
        show_findings(folder.findings.in_order(), len(folder.files))
        raise Unrunnable
    return program


def several(found: list[tuple[Path, list[Path] | None]]) -> click.UsageError:
    """What to raise where one workspace is asked for and a path holds several."""
    names = some(str(root) for root, _ in found)
    return click.UsageError(
        tr("there are several workspaces; name one of them: {names}", names=names)
    )


def standard_input() -> Workspace:
    """What stands on standard input, as a workspace of its own with the settings of the folder."""
    from flowlang import workspace
    from flowlang.config import Settings, read_settings
    from flowlang.source import Findings
    from flowlang.syntax.parser import parse
    from flowlang.syntax.reading import decode

    toml = settings_file(Path())
    settings = read_settings(toml) if toml else Settings()
    findings = Findings()
    found = workspace.Workspace(Path(), settings, findings)
    source = decode(sys.stdin.buffer.read(), "<stdin>", findings)
    found.files.append(parse(source, findings, settings.language))
    terminal.speak(found.language)
    workspace.check(found, settings.config())
    return found


def settings_file(path: Path) -> Path | None:
    """The `flow.toml` that a file or folder belongs to, None where there is none above it."""
    start = path.resolve()
    for folder in (start, *start.parents):
        if (folder / "flow.toml").is_file():
            return folder / "flow.toml"
    return None


def language(path: Path) -> str:
    """The language of the workspace that a file or folder belongs to: that of its `flow.toml`, else
    the one that its files name; English where none is named, or several are.

    What is wrong in its `flow.toml` is for others to tell.
    """
    from flowlang.config import language_of

    toml = settings_file(path)
    if toml is None:
        return ENGLISH
    return language_of(toml) or _named_by_files(toml.parent)


def _named_by_files(folder: Path) -> str:
    """The language that all files of a workspace name in their first lines."""
    from flowlang.discovery import own_files
    from flowlang.syntax import keywords

    found: set[str] = set()
    for file in own_files(folder):
        try:
            named = keywords.language_line(file.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
        found.add(named[0] if named is not None else ENGLISH)
    return next(iter(found)) if len(found) == 1 and found <= {*keywords.languages()} else ENGLISH


def speak(languages: Collection[str]) -> None:
    """Talk in the language that all share from here on; where they do not, in that of the folder
    that the command is called in.
    """
    terminal.speak(next(iter(languages)) if len(languages) == 1 else language(Path()))


def nearby(path: Path) -> Path:
    """A path as seen from the current folder, where it lies in it or above it; else as it is."""
    here, there = Path.cwd(), Path(os.path.abspath(path))  # noqa: PTH100 - keeps links as spelt
    if there.is_relative_to(here):
        return there.relative_to(here)
    if here.is_relative_to(there):
        return Path(os.path.relpath(there, here))
    return path


def show_findings(findings: list[Finding], files: int) -> None:
    """Findings that stand in the way of what was asked, for people, on stderr."""
    from flowlang.reports import text

    color, language = terminal.colored(sys.stderr), terminal.spoken()
    terminal.talk(text.listing(findings, files, color=color, language=language).rstrip())
