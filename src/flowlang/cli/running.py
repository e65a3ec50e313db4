"""The version that runs over a store: its program, and how the folder stands to it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from flowlang.cli import paths, storing, terminal
from flowlang.speech import Text, some, tr, tr_n, why

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flowlang.engine.version import Version
    from flowlang.program.program import Program
    from flowlang.stores.store import Store
    from flowlang.workspace import MakeExpressions, Workspace


@dataclass(frozen=True, slots=True)
class Running:
    """A version that is applied, compiled."""

    workspace: Workspace
    program: Program
    version: Version
    differs: bool
    """The folder means something else."""
    broken: bool = False
    """The folder has errors."""

    @property
    def told(self) -> str:
        """That the folder is another one, for a person; empty where it is not."""
        return _told(self.version, broken=self.broken) if self.differs else ""


def in_force(
    folder: Workspace, store: Store, expressions: MakeExpressions | None = None
) -> Running | None:
    """The version that runs; None where nothing is applied yet.

    A folder with the same texts is that version; else it is compiled anew from the texts that the
    store keeps, with the machine's settings of the folder.  Raises ClickException where that fails.
    """
    from flowlang import versions
    from flowlang.engine.version import applied

    version = applied(store)
    if version is None:
        return None
    if not version.files:
        # Applied by a program that gave no texts: there is nothing else than the folder.
        return Running(folder, paths.runnable(folder), version, differs=False)
    mine = folder.runnable
    if mine is not None and not version.kept and versions.has_the_texts_of(folder, version):
        return Running(folder, mine, version, differs=False)
    try:
        found, program = versions.program_of(
            version, store, folder.root, folder.settings, expressions
        )
    except versions.Unreadable as failure:
        raise click.ClickException(why(failure)) from None
    differs = versions.folder_differs(folder, version)
    return Running(found, program, version, differs, broken=mine is None)


def which(folder: Workspace, store: Store) -> str:
    """Which version runs, for a person; empty where nothing is applied yet."""
    from flowlang import versions
    from flowlang.engine.version import applied

    version = applied(store)
    if version is None:
        return ""
    broken = folder.runnable is None
    if version.files and (broken or versions.folder_differs(folder, version)):
        return _told(version, broken=broken)
    return tr("version {number} runs", number=version.number)


def _told(version: Version, *, broken: bool) -> Text:
    """That the folder is not what runs."""
    if broken:
        return tr(
            "version {number} runs; this folder has errors: `flow check`", number=version.number
        )
    return tr(
        "version {number} runs; this folder says something else: `flow plan` shows what,"
        " `flow apply` lets it run",
        number=version.number,
    )


def begin(folder: Workspace, store: Store, now: datetime, who: str = "") -> Running:
    """The version that runs; where there is none yet, the folder is applied as the first.

    Raises Unrunnable and ClickException.
    """
    from dataclasses import replace

    from flowlang import versions
    from flowlang.engine import applying

    program = paths.runnable(folder)
    version = replace(versions.version_of(folder), who=who or login())
    first = applying.begin(store, program, version, now)
    if first is not None:
        return Running(folder, program, first, differs=False)
    found = in_force(folder, store)
    assert found is not None
    return found


def one(
    path: Path | None, url: str | None, expressions: MakeExpressions | None = None
) -> Workspace:
    """A folder with a version to run: its own, or one in the store.  Raises Unrunnable."""
    folder = paths.one(path, expressions)
    if folder.runnable is None and not storing.is_there(folder, url):
        paths.runnable(folder)
    return folder


def program_of(
    path: Path | None, url: str | None, expressions: MakeExpressions | None = None
) -> tuple[Workspace, Program]:
    """A workspace with the program that runs over its store, or over another one; that of the
    folder where nothing is applied yet.  That the folder says something else is told.

    Raises Unrunnable and ClickException.
    """
    folder = one(path, url, expressions)
    if not storing.is_there(folder, url):
        return folder, paths.runnable(folder)  # who only asks makes no store
    with storing.opened(folder, url) as store:
        return program_over(folder, store, expressions)


def program_over(
    folder: Workspace, store: Store, expressions: MakeExpressions | None = None
) -> tuple[Workspace, Program]:
    """The same over a store that is open.  Raises Unrunnable, ClickException and StoreError."""
    found = in_force(folder, store, expressions)
    if found is None:
        return folder, paths.runnable(folder)
    if found.told:
        terminal.talk(found.told)
    return found.workspace, found.program


def headline(found: Running, store: Store) -> str:
    """Which version of which campaigns an engine runs, and how many are under way, for a person."""
    names = [one.name for one in found.program.campaigns if not one.group_send]
    going = sum(
        count for _, status, _, count in store.standing() if status in ("waiting", "halted")
    )
    told = tr_n("{count:,} run under way", "{count:,} runs under way", going)
    if not names:
        return tr("version {number}; {going}", number=found.version.number, going=told)
    return tr(
        "version {number} of {campaigns}; {going}",
        number=found.version.number, campaigns=some((f'"{name}"' for name in names), 3), going=told,
    )  # fmt: skip


def login() -> str:
    """The name of who is logged in; empty where the machine knows none."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
