"""What takes long: list it, look at it, pause it, let it go on, cancel it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import click

from flowlang import speech
from flowlang.cli import FOUND, paths, process_lines, progress, running, storing, terminal
from flowlang.engine.processes import ProcessStatus, ProcessType
from flowlang.speech import Text, tr, tr_n

if TYPE_CHECKING:
    from flowlang.engine.controls import Verb
    from flowlang.engine.overview import View
    from flowlang.engine.wishes import Heard, Wish
    from flowlang.stores.store import Store


_BAD = ("halted", "failed")
"""Statuses of a process that someone has to see to."""


@click.group(epilog="Example: flow process list --status halted")
def process() -> None:
    """Campaigns, sends, imports and whatever else takes long."""


# ---------------------------------------------------------------------- looking


@process.command("list", epilog="Example: flow process list --status halted")
@click.option("--type", "kind", type=click.Choice(get_args(ProcessType)), help="Only those of it.")
@click.option("--status", type=click.Choice(get_args(ProcessStatus)), help="Only those in it.")
@storing.workspace_option
@storing.store_option
@storing.format_option
def list_(
    kind: str | None, status: str | None, path: Path | None, url: str | None, output_format: str
) -> int:
    """List the processes: number, type, name, of whom, status, how many are done of how many, why.

    The sends of one message by one campaign are one process; each group send, import, export and
    report is one of its own. Exit code 1 where it was asked for `--status halted` or `failed` and
    there is some.
    """
    from flowlang.engine.overview import overview

    workspace = paths.one(path)
    with storing.existing(workspace, url) as store:
        views = [
            view
            for view in overview(store)
            if (not kind or view.process.identity.type == kind)
            and (not status or view.process.status == status)
        ]
        version = running.which(workspace, store)
    if output_format == "json":
        rows = [view.data() for view in views]
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    elif views:
        progress.table(views, workspace.settings.config().timezone)
        terminal.talk(version)
    else:
        terminal.talk(
            tr("there is no such process") if kind or status else tr("there is no process")
        )
    return FOUND if status in _BAD and views else 0


@process.command(epilog='Example: flow process show "Offer" --watch')
@click.argument("which", metavar="N|NAME")
@click.option("--watch", is_flag=True, help="Show how it moves, until it is over or Ctrl-C.")
@storing.workspace_option
@storing.store_option
@storing.now_option
@storing.format_option
def show(
    which: str, watch: bool, path: Path | None, url: str | None, given_now: str | None,
    output_format: str,
) -> int:  # fmt: skip
    """Show all of one process: by its number, or by its name where one alone has it.

    Sends are also told apart as `CAMPAIGN: MESSAGE`. What the program has and nobody has come to
    yet is shown as it will begin, without a number. Exit code 1 where it is halted or has failed.
    """
    from flowlang.engine.choosing import NotYet, Unclear, only
    from flowlang.engine.overview import overview

    workspace = paths.one(path)
    zone = workspace.settings.config().timezone
    with storing.existing(workspace, url) as store:
        found = running.in_force(workspace, store)
        program = found.program if found is not None else workspace.runnable
        try:
            view = only(which, overview(store), program)
        except Unclear as unclear:
            raise click.UsageError(speech.why(unclear)) from None
        except NotYet as not_yet:
            if output_format == "json":
                terminal.write("null\n")
            terminal.talk(terminal.printable(speech.why(not_yet)))
            return 0
        if watch:
            return _watch(store, view, zone)
        if output_format == "json":
            terminal.write(json.dumps(view.data(), ensure_ascii=False, indent=2) + "\n")
            return _verdict(view)
        now = storing.moment(given_now, zone)
        version = found.version if found is not None else None
        lines = process_lines.told(view, zone, version)
        lines += process_lines.next_(view, program, store, now)
    terminal.write("".join(f"{terminal.printable(line)}\n" for line in lines))
    return _verdict(view)


def _verdict(view: View) -> int:
    return FOUND if view.process.status in _BAD else 0


def _watch(store: Store, view: View, zone: ZoneInfo) -> int:
    """Follow one process; lines on a pipe, a bar on a terminal."""
    from flowlang.engine.overview import views

    identity, last = view.process.identity, ""
    drawn = progress.draws(sys.stderr)
    try:
        with progress.bars(store, identity) as look:
            while True:
                look()
                now = (one for one in views(store) if one.process.identity == identity)
                view = next(now, view)
                line = process_lines.line(view, zone)
                over = view.process.ended is not None
                if line != last and (over or not drawn):
                    terminal.write(line + "\n")
                    sys.stdout.flush()
                last = line
                if over:
                    return _verdict(view)
                time.sleep(progress.LOOK)
    except KeyboardInterrupt:
        return 0


# ---------------------------------------------------------------------- doing


def _doing(verb: Callable[..., int]) -> Callable[..., int]:
    """The arguments of what a person does to a process, as `_do` takes them."""
    for option in reversed((
        click.argument("which", metavar="N|NAME"),
        click.option("--because", default="", metavar="TEXT", help="Why, for those who ask."),
        click.option(
            "--who", default="", metavar="NAME",
            help="Who does it; without it, the name you logged in by.",
        ),
        storing.workspace_option,
        storing.store_option,
        storing.now_option,
    )):  # fmt: skip
        verb = option(verb)
    return verb


@process.command(epilog='Example: flow process pause "Offer" --because "the price is wrong"')
@_doing
def pause(**given: Any) -> int:
    """Hold a campaign, the sends of a message, or a group send, by its number or name.

    Whatever comes due meanwhile is held until it is resumed.
    """
    return _do("pause", **given)


@process.command(epilog='Example: flow process resume "Offer"')
@click.option("--skip-overdue", is_flag=True, help="Pass over what came due in the pause.")
@_doing
def resume(**given: Any) -> int:
    """Let go on what is halted, paused or cancelled, by its number or name.

    A halted message is refused, with exit code 1, while a list it uses has fewer codes than people
    wait.
    """
    return _do("resume", **given)


@process.command(epilog='Example: flow process cancel 7 --because "sent by mistake"')
@_doing
def cancel(**given: Any) -> int:
    """End a group send, or let everyone pass over the sends of a message, by its number or name."""
    return _do("cancel", **given)


def _do(
    verb: Verb, which: str, because: str, who: str, path: Path | None, url: str | None,
    given_now: str | None, *, skip_overdue: bool = False,
) -> int:  # fmt: skip
    """What a person does becomes an arrival, which the engine applies in the order of time."""
    from flowlang.engine.arrivals import Refused
    from flowlang.engine.choosing import Unclear
    from flowlang.engine.wishes import Wish, hear

    workspace, program = running.program_of(path, url)
    now = storing.moment(given_now, program.config.timezone)
    wish = Wish(verb, which, who or running.login(), because, skip_overdue)
    with storing.opened(workspace, url) as store:
        try:
            heard = hear(store, program, wish, now)
        except Unclear as unclear:
            raise click.UsageError(speech.why(unclear)) from None
        except Refused as refused:
            terminal.talk(terminal.printable(tr("refused: {refused}", refused=speech.why(refused))))
            return FOUND
    if heard.already:
        return _asked_already(wish, heard)
    told = _DOES[verb]
    if heard.going_on is not None:
        told = tr_n("{count:,} goes on", "{count:,} go on", heard.going_on)
    terminal.talk(
        terminal.printable(
            tr(
                '"{process}": {told} as soon as `flow run` applies it',
                process=heard.name,
                told=told,
            )
        )
    )
    return 0


def _asked_already(wish: Wish, heard: Heard) -> int:
    """Say that the engine has yet to do it; another wish about what is overdue comes too late."""
    told = tr(
        '"{process}": {verb} is asked for already; `flow run` applies it',
        process=heard.name,
        verb=progress.VERBS[wish.verb],
    )
    if heard.otherwise and wish.skip_overdue:
        told = tr("refused: {told}, without --skip-overdue", told=told)
    elif heard.otherwise:
        told = tr("refused: {told}, with --skip-overdue", told=told)
    terminal.talk(terminal.printable(told))
    return FOUND if heard.otherwise else 0


_DOES: dict[Verb, Text] = {
    "pause": tr("paused"),
    "resume": tr("goes on"),
    "cancel": tr("cancelled"),
}
