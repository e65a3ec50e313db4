"""Send events to the store."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from flowlang.cli import FOUND, running, storing, terminal
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
def send(events: str, path: Path | None, url: str | None, given_now: str | None) -> int:
    """Send EVENTS: a file of JSON objects, one a line; or one such object; `-` is standard input.

    They wait in the store until `flow run` applies them, in the order of their time; one without
    `at` happens now, one in the future when its time has come. An event whose `id` was seen before
    changes nothing. What cannot be read or meets nobody is told and left out, and the exit code is
    1.
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
    data = events.encode("utf-8", "replace") if inline else storing.content(Path(events))
    found = read_events(data, schemas.event_schema(program), zone, name=name, now=now)
    with storing.opened(workspace, url) as store:
        fates = receive_events(store, found.arrivals)
    refused = [one for one in fates if one.status == "refused"]
    problems = [
        *found.problems,
        *(Problem("error", one.line, None, "", one.reason, left_out=True) for one in refused),
    ]
    counts = Counter(one.status for one in fates)
    left_out = sum(one.left_out for one in problems)
    problems.sort(key=lambda one: one.line)
    terminal.talk_first([problem.told(name) for problem in problems])
    terminal.talk(
        tr(
            "{name}: {read:,} read, {taken:,} taken, {known:,} known by their id, "
            "{left_out:,} left out",
            name=name,
            read=found.read,
            taken=counts["taken"],
            known=counts["known"],
            left_out=left_out,
        )
    )
    return FOUND if problems else 0
