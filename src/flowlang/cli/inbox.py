"""What the engine tells people: notices, refused arrivals, letters that did not arrive."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from flowlang.cli import storing, terminal
from flowlang.speech import tr


@click.command(epilog="Example: flow inbox --clear")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="How many of each kind.",
)
@click.option("--all", "everything", is_flag=True, help="Also what was cleared away.")
@click.option("--clear", is_flag=True, help="Show it, and not again.")
@storing.workspace_option
@storing.store_option
@storing.format_option
def inbox(
    limit: int, everything: bool, clear: bool, path: Path | None, url: str | None,
    output_format: str,
) -> int:  # fmt: skip
    """Show what the engine has to tell: the latest notices, and every arrival that was refused."""
    from flowlang.cli import paths
    from flowlang.engine import retelling
    from flowlang.engine.inbox import NAME, Seen, cleared, look
    from flowlang.stores.rows import Changes

    workspace = paths.one(path)
    zone = workspace.settings.config().timezone
    with storing.existing(workspace, url) as store, store.transaction():
        before = cleared(store)
        notices, refused = look(store, Seen() if everything else before, limit)
        told: list[tuple[datetime, str, str]] = [(one.at, one.who, one.text) for one in notices]
        for row in refused:
            refusal = tr(
                "refused: `{type}`{whom}: {why}",
                type=row.type,
                whom=tr(" for {contact}", contact=row.contact) if row.contact else "",
                why=retelling.refusal(row.reason),
            )
            told.append((row.at, "inbox", refusal))
        if clear:
            latest = Seen(
                max([before.notices, *(one.number for one in notices)]),
                max([before.arrivals, *(one.seq for one in refused)]),
            )
            store.save(Changes(values={NAME: json.dumps(latest._asdict())}))
    told.sort(key=lambda one: one[0])
    if output_format == "json":
        rows = [{"at": at.isoformat(), "who": who, "text": text} for at, who, text in told]
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    for at, who, text in told:
        said = text if who == "inbox" else tr("to {who}: {text}", who=who, text=text)
        line = f"{terminal.clock(at, zone)}  {terminal.told(said)}"
        terminal.write(terminal.printable(line) + "\n")
    if not told:
        terminal.talk(tr("the inbox is empty"))
    return 0
