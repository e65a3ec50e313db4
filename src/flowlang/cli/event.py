"""Send events to the store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from flowlang.cli import FOUND, intake, running, storing, terminal
from flowlang.speech import tr


@click.group(epilog="Example: flow event send events.jsonl")
def event() -> None:
    """Events, by hand."""


@event.command(
    epilog="""Example: flow event send '{"contact": "c1", "type": "tag", "tag": "webinar"}'"""
)
@click.argument("events")
@storing.workspace_option
@storing.store_option
@storing.now_option
@storing.format_option
def send(
    events: str, path: Path | None, url: str | None, given_now: str | None, output_format: str
) -> int:
    """Send EVENTS: a file of JSON objects, one a line; or one such object; `-` is standard input.

    They wait in the store until `flow run` applies them, in the order of their time; one without
    `at` happens now, one in the future when its time has come. An event whose `id` was seen before
    changes nothing. What cannot be read or meets nobody is told and left out, and the exit code is
    1.

    JSON is one object: how many events were read, taken, known and left out, and all that is wrong.
    """
    from flowlang.engine.receiving import receive_events
    from flowlang.intake import schemas
    from flowlang.intake.events import read_events
    from flowlang.intake.problem import Problem

    workspace, program = running.program_of(path, url)
    zone = program.config.timezone
    now = storing.moment(given_now, zone)
    inline = events.lstrip().startswith("{")
    name = "<event>" if inline else storing.label(Path(events))
    data = events.encode("utf-8", "surrogateescape") if inline else storing.content(Path(events))
    found = read_events(data, schemas.event_schema(program), zone, name=name, now=now)
    with storing.opened(workspace, url) as store:
        fates = receive_events(store, found.arrivals)
    refused = [
        Problem("error", one.line, None, "", one.reason, left_out=True)
        for one in fates
        if one.status == "refused"
    ]
    problems = sorted([*found.problems, *refused], key=lambda one: one.line)
    statuses = Counter(one.status for one in fates)
    counts = {
        "read": found.read, "taken": statuses["taken"], "known": statuses["known"],
        "left_out": found.left_out + len(refused),
    }  # fmt: skip
    if output_format == "json":
        intake.write(name, counts, problems)
    else:
        intake.tell(name, problems)
        terminal.talk(
            tr(
                "{name}: {read:,} read, {taken:,} taken, {known:,} known by their id, "
                "{left_out:,} left out",
                name=name,
                **counts,
            )
        )
    return FOUND if problems else 0
