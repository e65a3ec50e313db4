"""What the engine tells people: notices, arrivals that were refused, letters that did not
arrive.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from flowlang.cli import storing, terminal


@click.command(epilog="Example: flow inbox --limit 20")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="How many of each kind.",
)
@storing.workspace_option
@storing.store_option
@storing.format_option
def inbox(limit: int, path: Path | None, url: str | None, output_format: str) -> int:
    """Show what the engine has to tell: the latest notices, and every arrival that was refused."""
    from flowlang.cli import paths

    workspace = paths.one(path)
    zone = workspace.settings.config().timezone
    with storing.opened(workspace, url) as store, store.transaction():
        told = [(one.at, one.who, one.text) for one in store.notices(limit)]
        for row in store.arrivals("refused", limit):
            whom = f" for {row.contact}" if row.contact else ""
            told.append((row.at, "inbox", f"refused: `{row.type}`{whom}: {row.reason}"))
    told.sort(key=lambda one: one[0])
    if output_format == "json":
        rows = [{"at": at.isoformat(), "who": who, "text": text} for at, who, text in told]
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    for at, who, text in told:
        to = "" if who == "inbox" else f"to {who}: "
        terminal.write(
            terminal.printable(f"{at.astimezone(zone):%Y-%m-%d %H:%M}  {to}{text}") + "\n"
        )
    if not told:
        terminal.talk("the inbox is empty")
    return 0
