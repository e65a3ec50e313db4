"""What `flow plan` and `flow apply` share: which version is to be, and what it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowlang.cli import FOUND, paths, plan_data, running, storing, terminal
from flowlang.speech import tr, why

if TYPE_CHECKING:
    from flowlang.changes import Change
    from flowlang.engine.planning import Plan, Refusal
    from flowlang.engine.tracing import Asks
    from flowlang.engine.version import Version
    from flowlang.program.program import Program
    from flowlang.stores.store import Store
    from flowlang.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    path: Path | None
    url: str | None
    said: tuple[str, ...]
    number: int | None
    revision: str | None
    given_now: str | None
    who: str = ""


_OPTIONS = (
    click.argument("path", required=False, type=click.Path(path_type=Path)),
    storing.store_option,
    click.option(
        "--move", "said", multiple=True, metavar='"CAMPAIGN: STEP=…"',
        help="What becomes of those at a step that is gone: `=STEP` of the new version, `=finish`,"
        " or `=stay`. `*` is every such step. May be given several times.",
    ),
    click.option(
        "--version", "number", type=click.IntRange(1), metavar="N",
        help="In place of the folder: an earlier version, as it was applied.",
    ),
    click.option(
        "--rev", "revision", metavar="REV",
        help="In place of the folder: as it is in a git revision.",
    ),
    storing.now_option,
)  # fmt: skip


def asks(command: Callable[..., int]) -> Callable[..., int]:
    """Let a command take what says which version is to be; it is given that as `wanted`."""

    @wraps(command)
    def called(
        path: Path | None, url: str | None, said: tuple[str, ...], number: int | None,
        revision: str | None, given_now: str | None, **others: Any,
    ) -> int:  # fmt: skip
        return command(wanted=Wanted(path, url, said, number, revision, given_now), **others)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called


@dataclass(slots=True)
class Found:
    """A plan with what it takes to look at it, or to do it."""

    plan: Plan
    store: Store
    now: datetime
    old: Workspace
    new: Workspace
    asks: tuple[Asks, Asks] | None

    @property
    def same_texts(self) -> bool:
        """It is the version that runs, word for word."""
        return self.plan.base.same_texts(self.plan.version)

    @property
    def names(self) -> str:
        return tr("version {number}", number=self.plan.base.number)

    def look(self, most: int) -> plan_data.Data:
        """What a plan says; the past of at most so many contacts is replayed.  Raises Refusal."""
        from flowlang.engine import planning
        from flowlang.engine.other_paths import Traceable, other_paths

        planning.look(self.plan, self.store, self.now)
        found = None
        if most and self.asks is not None:
            old = Traceable.of(self.plan.old, self.asks[0])
            new = Traceable.of(self.plan.new, self.asks[1])
            found = other_paths(self.plan, old, new, self.store, self.now, most)
        return plan_data.data(self.plan, self._changes(), found)

    def apply(self) -> tuple[Version, plan_data.Data]:
        """Do it; gives the version and what was done.  Raises Refusal."""
        from flowlang.engine import planning

        version = planning.apply(self.plan, self.store, self.now)
        return version, plan_data.data(self.plan, self._changes())

    def _changes(self) -> list[Change]:
        from flowlang.changes import changes

        return changes(self.old, self.new)


@contextmanager
def planned(
    wanted: Wanted, *, base: int | None = None, traced: bool = False
) -> Iterator[Found | None]:
    """The plan of what was asked for; None where nothing is applied yet.

    Raises Refusal, ClickException, UsageError, and Unrunnable where the folder has errors.
    """
    from flowlang.engine.planning import Refusal, changed_meanwhile, plan, read_answers
    from flowlang.engine.tracing import Asks
    from flowlang.engine.version import applied

    if wanted.number is not None and wanted.revision is not None:
        raise click.UsageError(tr("--version and --rev exclude each other"))
    asks = (Asks(), Asks()) if traced else None
    unread = _unread(wanted.path)
    if not storing.is_there(unread, wanted.url):
        yield None  # who only asks makes no store
        return
    with storing.opened(unread, wanted.url) as store:
        # Asked first of all: whoever applies a version after this is a reason to refuse.
        current = applied(store)
        if current is None:
            yield None
            return
        if base is not None and current.number != base:
            raise Refusal(changed_meanwhile(current, base))
        folder = paths.one(wanted.path)
        now = storing.moment(wanted.given_now, folder.settings.config().timezone)
        old, program = _compiled(current, store, folder, asks and asks[0])
        version, new, to_be = _version(wanted, folder, current, store, asks and asks[1])
        version = replace(version, who=wanted.who or running.login(), moves=wanted.said)
        try:
            answers = read_answers(wanted.said, program, to_be)
            made = plan(current, version, program, to_be, answers)
        except Refusal as wrong:
            raise click.UsageError(wrong.reason) from None
        yield Found(made, store, now, old, new, asks)


def begin(wanted: Wanted) -> Version:
    """Apply the first version.  Raises Unrunnable and ClickException."""
    if wanted.number is not None:
        raise click.ClickException(
            tr("there is no version {number}: nothing is applied yet", number=wanted.number)
        )
    folder = paths.one(wanted.path)
    now = storing.moment(wanted.given_now, folder.settings.config().timezone)
    with storing.opened(folder, wanted.url) as store:
        return running.begin(folder, store, now, wanted.who).version


def nothing(found: Found | None, output_format: str) -> None:
    """Say that nothing is to be looked at, or done."""
    if found is None:
        written(plan_data.first(None), output_format)
        terminal.talk(tr("nothing is applied yet: `flow apply` or `flow run` applies this folder"))
        return
    written(plan_data.data(found.plan, []), output_format)
    terminal.talk(tr("nothing to apply: {names} runs already", names=found.names))


def refused(refusal: Refusal) -> int:
    """Say why nothing is done; gives the exit code."""
    terminal.talk(terminal.printable(tr("refused: {refusal}", refusal=refusal.reason)))
    return FOUND


def written(data: plan_data.Data, output_format: str) -> None:
    """Data for programs, where it is asked for."""
    if output_format == "json":
        terminal.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def _unread(path: Path | None) -> Workspace:
    """The workspace of a path with its settings and nothing else: it names the store."""
    from flowlang import discovery
    from flowlang.config import Settings, read_settings
    from flowlang.source import Findings
    from flowlang.workspace import Workspace

    found = discovery.find([path or Path()])
    if len(found) != 1:
        raise paths.several(found) if found else paths.no_file([path or Path()])
    root, files = found[0]
    folder = root if root.is_dir() else root.parent
    settings = read_settings(folder / discovery.SETTINGS) if files is None else Settings()
    return Workspace(folder, settings, Findings())


def _compiled(
    version: Version, store: Store, folder: Workspace, asks: Asks | None
) -> tuple[Workspace, Program]:
    """A version that was applied, out of the store.  Raises ClickException."""
    from flowlang import versions

    try:
        return versions.program_of(
            version, store, folder.root, folder.settings, asks.expressions if asks else None
        )
    except versions.Unreadable as failure:
        raise click.ClickException(why(failure)) from None


def _version(
    wanted: Wanted, folder: Workspace, current: Version, store: Store, asks: Asks | None
) -> tuple[Version, Workspace, Program]:
    """The version that is to be, with its workspace."""
    from flowlang import versions
    from flowlang.engine.version import applied

    if wanted.number is not None:
        earlier = applied(store, wanted.number)
        if earlier is None:
            raise click.ClickException(versions.unknown(wanted.number, current))
        bare = replace(earlier, number=0, before=0, again=earlier.number, at=None, kept={})
        return bare, *_compiled(bare, store, folder, asks)
    if wanted.revision is not None:
        from flowlang.cli import revisions

        with revisions.checked_out(wanted.revision, folder.root) as root:
            found = paths.one(root, asks.expressions if asks else None)
    else:
        found = paths.one(wanted.path, asks.expressions) if asks else folder
    program = paths.runnable(found)
    return versions.version_of(found), found, program
