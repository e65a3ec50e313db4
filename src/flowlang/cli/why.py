"""Why something was decided about a contact of the store, or why something did not happen.

A command of `flow contacts`, which takes it in.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, running, storing, terminal
from flowlang.speech import tr, why

if TYPE_CHECKING:
    from flowlang.repl.stage import Loaded


@click.command("why", epilog='Example: flow contacts why c1 --message "Offer"')
@click.argument("contact")
@click.option(
    "--message", metavar="NAME", default="",
    help="Ask about this message, or this campaign; else about the last decision.",
)  # fmt: skip
@storing.workspace_option
@storing.store_option
def contacts_why(contact: str, message: str, path: Path | None, url: str | None) -> int:
    """Say why something was decided about a CONTACT (its id or e-mail address), or why not.

    The history says what was decided. What came from outside is replayed in memory with the program
    that runs now, to know the values that conditions had then. Where the program has changed since,
    which is said, only the history and the values of today can answer. Nothing is written.
    """
    from flowlang.repl import asked, told
    from flowlang.repl.script import Wrong

    loaded = _loaded(path, url)
    try:
        with storing.existing(loaded.workspace, url) as store:
            found = asked.why(store, loaded, contact, message, terminal.spoken())
    except asked.Nobody as none:
        terminal.talk(terminal.printable(why(none)))
        return FOUND
    except Wrong as wrong:
        terminal.talk(terminal.printable(asked.in_words(wrong)))
        return FOUND
    color = terminal.colored()
    width = shutil.get_terminal_size().columns if color else None
    spoken = terminal.spoken()
    terminal.write(told.shown(found.told, color=color, width=width, language=spoken))
    if found.waiting:
        terminal.talk(tr("more has arrived for it, which `flow run` applies"))
    return 0


def _loaded(path: Path | None, url: str | None) -> Loaded:
    """The workspace with the program that runs, which can be traced.  Raises Unrunnable where there
    is none.
    """
    from flowlang.engine.tracing import Asks
    from flowlang.repl.stage import Loaded

    asks = Asks()
    workspace, program = running.program_of(path, url, asks.expressions)
    return Loaded.of(workspace, program, asks, {})
