"""What takes long: list it, resume what is halted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from flowlang.cli import FOUND, storing, terminal

STATUSES = ("waiting", "running", "halted", "paused", "finished", "failed", "cancelled")


@click.group(epilog="Example: flow process list --status halted")
def process() -> None:
    """Sends and whatever else takes long."""


@process.command("list", epilog="Example: flow process list --status halted")
@click.option(
    "--type", "kind", metavar="TYPE", help='Only those of a type, such as "message send".'
)
@click.option("--status", type=click.Choice(STATUSES), help="Only those in a status.")
@storing.workspace_option
@storing.store_option
@storing.format_option
def list_(
    kind: str | None, status: str | None, path: Path | None, url: str | None, output_format: str
) -> int:
    """List the processes with their status and progress.

    The sends of one message by one campaign are one process, which is running while the campaign
    can still send. Exit code 1 where it was asked for `--status halted` and there are some.
    """
    with storing.opened_below(path, url) as store, store.transaction():
        waiting = Counter((row.message, row.campaign) for row in store.halted())
        processes = store.processes()
    rows: list[dict[str, Any]] = []
    for one in processes:
        waits = waiting[one.name, one.by]
        # A send is halted only while someone waits for it.
        state = "halted" if waits else "running" if one.status == "halted" else one.status
        if (kind and one.type != kind) or (status and state != status):
            continue
        skipped = sum(one.skipped.values())
        rows.append(
            {
                "type": one.type, "message": one.name, "campaign": one.by, "status": state,
                "done": one.done, "skipped": skipped, "failed": one.failed,
                "of": one.done + skipped + one.failed + waits, "waiting": waits,
                "because": one.because if waits else "", "reasons": one.skipped,
            }
        )  # fmt: skip
    if output_format == "json":
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        for row in rows:
            terminal.write(terminal.printable(_line(row)) + "\n")
        if not rows:
            terminal.talk("there is no such process" if kind or status else "there is no process")
    return FOUND if status == "halted" and rows else 0


def _line(row: dict[str, Any]) -> str:
    text = (
        f'{row["type"]} "{row["message"]}" of "{row["campaign"]}": {row["status"]},'
        f" done {row['done']:,} of {row['of']:,},"
        f" skipped {row['skipped']:,}, failed {row['failed']:,}"
    )
    waiting = row["waiting"]
    if waiting:
        text += f"; {waiting:,} {'waits' if waiting == 1 else 'wait'}: {row['because']}"
    return text


@process.command(epilog='Example: flow process resume "Offer"')
@click.argument("message")
@storing.workspace_option
@storing.store_option
@storing.now_option
def resume(message: str, path: Path | None, url: str | None, given_now: str | None) -> int:
    """Let the halted send of a MESSAGE go on, with the next `flow run`.

    It is refused, with exit code 1, while a list it uses has fewer codes than people wait.
    """
    from flowlang.engine.admission import as_text
    from flowlang.engine.arrivals import Refused
    from flowlang.engine.worker import Worker
    from flowlang.source import did_you_mean
    from flowlang.stores.rows import ArrivalRow

    workspace, program = storing.program_of(path)
    if message not in program.messages:
        hint = did_you_mean(message, sorted(program.messages), "message")
        raise click.UsageError(f'there is no message "{message}"; {hint}')
    now = storing.moment(given_now, program.config.timezone)
    with storing.opened(workspace, url) as store:
        try:
            waiting = Worker(program, store).may_resume(message, now)
        except Refused as refused:
            terminal.talk(terminal.printable(f"refused: {refused}"))
            return FOUND
        store.append([ArrivalRow(now, None, "resume", as_text({"message": message}))])
    go = "goes" if waiting == 1 else "go"
    terminal.talk(terminal.printable(f'"{message}": {waiting:,} {go} on with the next `flow run`'))
    return 0
