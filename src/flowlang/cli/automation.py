"""Automations: list them, run one by hand, read what they did."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowlang.cli import FOUND, decisions, running, storing, terminal
from flowlang.speech import joined, tr

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flowlang.program.program import Automation, Program
    from flowlang.stores.store import Store


@click.group(epilog='Example: flow automation run "Monday figures"')
def automation() -> None:
    """Automations, by hand."""


@automation.command("list", epilog="Example: flow automation list")
@storing.workspace_option
@storing.store_option
@storing.format_option
def list_(path: Path | None, url: str | None, output_format: str) -> int:
    """List the automations: when each ran last, when it runs next, how many runs are under way."""
    workspace, program = running.program_of(path, url)
    with storing.existing(workspace, url) as store, store.transaction():
        rows = _rows(program, store)
    if output_format == "json":
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    for row in rows:
        terminal.write(terminal.printable(_line(row, program.config.timezone)) + "\n")
    if not rows:
        terminal.talk(tr("there is no automation"))
    return 0


def _rows(program: Program, store: Store) -> list[dict[str, Any]]:
    from flowlang.contact import Contact
    from flowlang.engine.automations import SYSTEM
    from flowlang.engine.position import NAME, Position
    from flowlang.engine.state import States

    found = store.contacts([SYSTEM])
    system = States(program).read(found[0].state)[0] if found else Contact(SYSTEM)
    position = Position.read(store.value(NAME))
    return [
        {
            "automation": one.name,
            "last run": system.scheduled.get(one.name),
            "next run": _text(position.next_run(program, one)),
            "under way": sum(
                run.under_way
                for run in system.runs.values()
                if one.campaign is not None and run.campaign == one.campaign.name
            ),
        }
        for one in program.automations
    ]


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _line(row: dict[str, Any], zone: ZoneInfo) -> str:
    said: list[str] = []
    if row["last run"]:
        said.append(tr("last run {moment}", moment=terminal.clock(row["last run"], zone)))
    if row["next run"]:
        said.append(tr("next run {moment}", moment=terminal.clock(row["next run"], zone)))
    if row["under way"]:
        said.append(tr("{count:,} under way", count=row["under way"]))
    return joined(filter(None, (row["automation"], joined(said))), ": ")


@automation.command(epilog='Example: flow automation run "Monday figures"')
@click.argument("name", metavar="AUTOMATION")
@storing.workspace_option
@storing.store_option
@storing.now_option
def run(name: str, path: Path | None, url: str | None, given_now: str | None) -> int:
    """Run an AUTOMATION, as soon as `flow run` applies it."""
    from flowlang.engine.admission import as_text
    from flowlang.stores.rows import ArrivalRow

    workspace, program = running.program_of(path, url)
    found = _named(name, program)
    now = storing.moment(given_now, program.config.timezone)
    with storing.opened(workspace, url) as store:
        data = as_text({"automation": found.name})
        store.append([ArrivalRow(now, None, "run automation", data)])
    terminal.talk(
        terminal.printable(tr('"{name}" runs as soon as `flow run` applies it', name=name))
    )
    return 0


def _named(name: str, program: Program) -> Automation:
    """An automation by its name.  Raises UsageError where there is none."""
    from flowlang.source import did_you_mean

    for one in program.automations:
        if one.name == name:
            return one
    known = sorted(one.name for one in program.automations)
    hint = did_you_mean(name, known, tr("automation"), all_at="flow automation list")
    raise click.UsageError(tr('there is no automation "{name}"; {hint}', name=name, hint=hint))


@automation.command(epilog='Example: flow automation history "Monday figures"')
@click.argument("name", metavar="[AUTOMATION]", required=False)
@storing.workspace_option
@storing.store_option
@storing.format_option
def history(name: str | None, path: Path | None, url: str | None, output_format: str) -> int:
    """Show what the automations did, or one AUTOMATION, each step with its reason.

    JSON is one object a line, as `flow simulate --timeline` writes it.
    """
    from flowlang.engine.automations import SYSTEM

    workspace, program = running.program_of(path, url)
    campaign = _named(name, program).campaign if name is not None else None
    with storing.existing(workspace, url) as store:
        entries = [row.entry for row in store.history(SYSTEM)]
    if campaign is not None:
        entries = [one for one in entries if one.campaign == campaign.name]
    decisions.write(entries, program.config.timezone, output_format)
    if not entries:
        terminal.talk(tr("no automation has run yet") if name is None else tr("it has not run yet"))
        return FOUND
    return 0
