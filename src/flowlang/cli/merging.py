"""`flow contacts merge`: two contacts turn out to be one."""

from __future__ import annotations

from pathlib import Path

import click

from flowlang.cli import FOUND, running, storing, terminal
from flowlang.speech import tr


@click.command(epilog="Example: flow contacts merge c17 c4")
@click.argument("contact")
@click.argument("into")
@storing.workspace_option
@storing.store_option
@storing.now_option
def merge(
    contact: str, into: str, path: Path | None, url: str | None, given_now: str | None
) -> int:
    """Merge a CONTACT into another one (INTO), both by their ids.

    INTO keeps its own fields and takes those that it lacks, with all tags, groups, records, history
    and codes. Of two runs in one campaign the older one is kept, and nothing starts. A consent that
    either has withdrawn is withdrawn. From then on what comes for CONTACT goes to INTO; its rows in
    imports are left out. `flow run` applies it.
    """
    from flowlang.engine.admission import as_text
    from flowlang.engine.state import merged_into
    from flowlang.stores.rows import ArrivalRow

    workspace, program = running.program_of(path, url)
    now = storing.moment(given_now, program.config.timezone)
    with storing.existing(workspace, url) as store, store.transaction():
        rows = {row.id: row for row in store.contacts({contact, into})}
        coming = store.waiting_arrivals({contact, into} - rows.keys())
        why = tr("a contact cannot be merged into itself") if contact == into else ""
        for one in (contact, into):
            row = rows.get(one)
            if row is None and coming.get(one) is None:
                why = why or tr('there is no contact "{name}"', name=one)
            elif row is not None and row.deleted:
                other = merged_into(row)
                done = tr('merged into "{name}"', name=other) if other else tr("deleted")
                why = why or tr('the contact "{name}" was {done}', name=one, done=done)
        if not why:
            store.append([ArrivalRow(now, contact, "merge", as_text({"into": into}))])
    if why:
        terminal.talk(terminal.printable(tr("refused: {why}", why=why)))
        return FOUND
    terminal.talk(
        terminal.printable(tr('"{contact}" becomes part of "{into}"', contact=contact, into=into))
    )
    terminal.talk(tr("`flow run` applies it"))
    return 0
