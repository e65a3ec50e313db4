"""What the verbs that open a store share: which workspace, which store, what time it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from flowlang import speech
from flowlang.cli import WRONG, delivering, paths, terminal
from flowlang.speech import Text, joined, tr

if TYPE_CHECKING:
    from flowlang.cli.signals import Signals
    from flowlang.config import Settings
    from flowlang.engine.absence import Absence
    from flowlang.figures.source import Where
    from flowlang.program.program import Program
    from flowlang.stores.store import Store, StoreError
    from flowlang.workspace import Workspace

Verb = TypeVar("Verb", bound=Callable[..., Any])

workspace_option = click.option(
    "-w", "--workspace", "path", metavar="PATH", type=click.Path(path_type=Path),
    help="The workspace; without it, that of the current folder.",
)  # fmt: skip


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """An empty one is a mistake, and must not lead to another store."""
    if value == "":
        raise click.BadParameter(
            tr("it is empty; leave it away for the store that flow.toml names"), context, parameter
        )
    return value


store_option = click.option(
    "--store", "url", metavar="URL", envvar="FLOW_STORE", show_envvar=True, callback=_address,
    help="The store, such as sqlite:///state.db (from the workspace on); else as flow.toml says,"
    " else .flow/state.db in the workspace.",
)  # fmt: skip
now_option = click.option(
    "--now", "given_now", metavar="TIME", envvar="FLOW_NOW", show_envvar=True,
    help="Take this for the time of day, for examples and tests that come out the same every day.",
)  # fmt: skip
format_option = click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How it is written.",
)  # fmt: skip


CLOCKS_APART = timedelta(minutes=1)
"""So far the clocks of two machines may differ, and nothing is told of it."""
PAUSE_AFTER_FAILURE = 5.0
"""Seconds after which a store that failed is tried again."""


def refusals(settings: Settings, url: str | None, channels: Mapping[str, str]) -> list[str]:
    """What `flow.toml` asks for and cannot be, so that `flow run` refuses it; `url` is the store
    that is taken in place of the one it names, `channels` what `delivering.refusals` takes.
    """
    found = delivering.refusals(settings, channels)
    if not url and not settings.store_url.startswith("sqlite:"):
        from flowlang.stores import StoreError, check_scheme

        try:
            check_scheme(settings.store_url)
        except StoreError as failure:
            found.append(joined(("flow.toml: [store] url = ", speech.why(failure)), ""))
    return found


@contextmanager
def opened(
    workspace: Workspace, url: str | None, *, signals: Signals | None = None, make: bool = True
) -> Iterator[Store]:
    """The workspace's store, or the one that was named; what fails in it is told in one line.

    That it was made just now is told as well: its address may be mistyped.  Who runs for long gives
    `signals`, and waits for a server that is not there until one asks it to end; without `make`
    none is made.  Raises ClickException, and Exit where it was asked to end.
    """
    from flowlang.stores.store import StoreError, StoreUnsure

    try:
        store = _open(workspace, url, signals, make=make)
        try:
            place = _file(workspace, url) or store.shown
            if store.made:
                terminal.talk(terminal.printable(tr("made a new store at {place}", place=place)))
            yield store
        finally:
            store.close()
    except StoreUnsure as failure:
        told = tr(
            "{failure}. Look before you repeat it; what counts once however often it comes, such as"
            " an import or an event with an `id`, may be repeated",
            failure=speech.why(failure),
        )
        raise click.ClickException(told) from failure
    except StoreError as failure:
        raise click.ClickException(speech.why(failure)) from failure


def _open(workspace: Workspace, url: str | None, signals: Signals | None, *, make: bool) -> Store:
    from flowlang.stores import StoreAway, open_store

    away: Absence | None = None
    while True:
        try:
            address = url or workspace.settings.store_url
            store = open_store(address, workspace.root.resolve(), make=make)
        except StoreAway as failure:
            if signals is None:
                raise
            away = away or absence()
            away.failed(failure)
            signals.wait(PAUSE_AFTER_FAILURE)
        else:
            if away is not None:
                away.over()
            return store
        if signals.asked:
            terminal.talk(tr("stopped"))
            raise click.exceptions.Exit(0)


def check_tables(workspace: Workspace, url: str | None) -> None:
    """End a program whose store has failed, where a newer program has brought its tables up to date
    meanwhile: who starts it again starts the newer one.  Raises StoreNewer.
    """
    from flowlang.stores.store import StoreError, StoreNewer

    try:
        _open(workspace, url, None, make=False).close()
    except StoreNewer:
        raise
    except StoreError:
        pass  # whoever tries it again says what it is


def absence() -> Absence:
    """How a store that is away is told of by whoever tries it again."""
    from flowlang.engine.absence import Absence

    return Absence(_talk, time.monotonic, _trying_again)


def _talk(line: str) -> None:
    terminal.talk(terminal.printable(line))


def _trying_again(failure: StoreError) -> Text:
    from flowlang.stores.store import StoreUnsure

    if isinstance(failure, StoreUnsure):
        return tr(
            "{failure}. The engine looks how things stand and goes on from there, and nothing is"
            " done twice; where a person has to act, `flow inbox` says so",
            failure=speech.why(failure),
        )
    return tr("{failure}; trying again", failure=speech.why(failure))


def is_there(workspace: Workspace, url: str | None) -> bool:
    """Whether the store may hold something already: not where it is a file that is not there, or
    an empty one.
    """
    path = _file(workspace, url)
    if path is None:
        return True
    try:
        return path.stat().st_size > 0 or not path.is_file()
    except FileNotFoundError:
        return path.is_symlink()
    except (OSError, ValueError):
        return True  # it is told when it is opened


@contextmanager
def existing(workspace: Workspace, url: str | None) -> Iterator[Store]:
    """The same for who only looks: where there is no store yet, that is told, and none is made."""
    if not is_there(workspace, url):
        from flowlang.stores.store import no_store

        raise click.ClickException(no_store(_file(workspace, url)))
    with opened(workspace, url, make=False) as store:
        yield store


def _file(workspace: Workspace, url: str | None) -> Path | None:
    """The file of the store; None for one that is in no file."""
    kind, _, name = (url or workspace.settings.store_url).partition(":///")
    return workspace.root / name if kind == "sqlite" and name != ":memory:" else None


@contextmanager
def opened_below(path: Path | None, url: str | None) -> Iterator[Store]:
    """The store of a workspace whose program is not asked."""
    with opened(paths.one(path), url) as store:
        yield store


def tell_clock(given: str | None, zone: ZoneInfo) -> None:
    """Tell whoever runs for long that no time passes, where one was given.

    Raises UsageError for what is no time.
    """
    now = moment(given, zone)
    if given is not None:
        shown = terminal.clock(now, zone)
        terminal.talk(
            tr("the clock stands still at {moment}, as --now or FLOW_NOW says", moment=shown)
        )


def compare_clocks(given: str | None, store: Store) -> None:
    """Tell whoever hands letters over that this machine's clock is not that of the store's server:
    those of two machines that do it must agree.  One that was given is compared with none.
    """
    theirs = store.clock() if given is None else None
    if theirs is None:
        return
    apart = abs(datetime.now(UTC) - theirs)
    if apart > CLOCKS_APART:
        told = tr(
            "the clock of this machine and that of the store's server are {seconds:,} seconds"
            " apart; where those of two engines are two minutes apart, messages may go out twice",
            seconds=round(apart.total_seconds()),
        )
        terminal.talk(told)


def moment(given: str | None, zone: ZoneInfo) -> datetime:
    """The time: what was given for it, else what the machine's clock says."""
    from flowlang.calendar import CLOCK_YEARS, OFF_THE_CLOCK
    from flowlang.kinds import DATETIME, BadValue, read

    try:
        found = read(given, DATETIME, zone)
    except BadValue as bad:
        raise click.UsageError(tr("--now or FLOW_NOW: {why}", why=speech.why(bad))) from None
    if isinstance(found, datetime) and found.year not in CLOCK_YEARS:
        raise click.UsageError(tr("--now or FLOW_NOW: {why}", why=OFF_THE_CLOCK))
    return found if isinstance(found, datetime) else datetime.now(UTC)


def where(text: str | None, program: Program, given_now: str | None) -> Where | None:
    """The contacts that `--where` asks for, at the time of `--now`; None for all of them.

    Raises Exit where the text is no condition, after telling why, and UsageError.
    """
    from flowlang.figures.source import Where
    from flowlang.figures.where import WrongCondition, condition

    now = moment(given_now, program.config.timezone)
    if text is None:
        return None
    try:
        return Where(condition(text, program.names, "--where"), now)
    except WrongCondition as wrong:
        paths.show_findings([wrong.finding], 1)
        raise click.exceptions.Exit(WRONG) from None


def content(file: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`.  Raises OSError."""
    return sys.stdin.buffer.read() if file == paths.STDIN else file.read_bytes()


def label(file: Path) -> str:
    """How a file is called in messages."""
    return "<stdin>" if file == paths.STDIN else str(file)
