"""Make a small workspace that checks, tests and runs."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from flowlang.cli import terminal
from flowlang.speech import tr

_TOML = """\
timezone = "Europe/Berlin"

[sender]
from = "Shop <news@example.com>"
unsubscribe_url = "https://example.com/unsubscribe"
"""

_CAMPAIGN = """\
# Greets who is new, and comes back with tips for those who want them.
contact
  first_name  text

message "Welcome"
  kind service
  channel email
  subject "Welcome, {{ first_name | default('friend') }}!"
  body \"\"\"
    It is good to have you here.
    \"\"\"

message "Tips"
  kind marketing
  channel email
  subject "Three tips for a start"
  body \"\"\"
    One a day, and you know it all by Sunday.
    \"\"\"

campaign "Welcome"
  start when tagged "new"
  send "Welcome"
  wait 3 days
  if may get marketing by email
    send "Tips"
  tag "greeted"

test "who agreed gets the tips"
  given contact
    first_name "Anna"
    marketing by email
  at 2026-03-02 10:00 tag "new"
  expect sent "Welcome" at 2026-03-02 10:00
  expect sent "Tips" at 2026-03-05 10:00
  expect tagged "greeted"

test "who did not gets none"
  given contact
  at 2026-03-02 10:00 tag "new"
  after 3 days
  expect not sent "Tips"
  expect finished in "Welcome"
"""

_CONTACTS = """\
id,email,first_name,consent
c1,anna@example.com,Anna,marketing by email
c2,ben@example.com,Ben,
"""

_EVENTS = """\
{"at": "2026-03-02T10:00:00Z", "contact": "c1", "type": "tag", "tag": "new"}
{"at": "2026-03-02T11:00:00Z", "contact": "c2", "type": "tag", "tag": "new"}
"""

_FILES = {
    "flow.toml": _TOML,
    "welcome.flow": _CAMPAIGN,
    "contacts.csv": _CONTACTS,
    "events.jsonl": _EVENTS,
}


@click.command(epilog="Example: flow new spring && flow test spring")
@click.argument("dir", type=click.Path(path_type=Path))
def new(dir: Path) -> None:  # noqa: A002 - the argument's name is what the help shows
    """Make a small workspace that checks, tests and runs; the folder must be new or empty."""
    if dir.exists() and (not dir.is_dir() or any(dir.iterdir())):
        raise click.UsageError(
            tr("{path} is there already; name a new or an empty folder", path=dir)
        )
    dir.mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        (dir / name).write_text(text, encoding="utf-8")
        terminal.talk(tr("made {path}", path=dir / name))
    terminal.talk("\nNow try:  " + "\n          ".join(_next(dir)))


def _next(folder: Path) -> list[str]:
    """What can be done with a new workspace, as it is typed into a shell."""
    at, people, events = (
        quote(str(path)) for path in (folder, folder / "contacts.csv", folder / "events.jsonl")
    )
    return [
        f"flow check {at}",
        f"flow test {at}",
        f"flow simulate {at} --contacts {people} --events {events}",
        f"flow contacts import {people} -w {at}",
        f"flow event send {events} -w {at}",
        f"flow run {at} --once",
    ]
