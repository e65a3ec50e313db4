"""`flow contacts export`, and how any table goes to a file or to standard output."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import paths, running, storing, terminal
from flowlang.speech import forms, joined, tr, tr_n

if TYPE_CHECKING:
    from flowlang.tables.formats import Format
    from flowlang.tables.table import Table


@click.command(epilog="Example: flow contacts export hot.csv --where 'score >= 50'")
@click.argument("file", default="-", type=click.Path(path_type=Path))
@click.option(
    "--where", "text", metavar="CONDITION",
    help="""Only contacts for whom it holds, such as 'score >= 50 and tagged "hot"'.""",
)  # fmt: skip
@click.option(
    "--output-format", type=click.Choice(["csv", "jsonl"]),
    help="How it is written; else as the name of the file says, else csv.",
)  # fmt: skip
@storing.workspace_option
@storing.store_option
@storing.now_option
def export_contacts(
    file: Path,
    text: str | None,
    output_format: str | None,
    path: Path | None,
    url: str | None,
    given_now: str | None,
) -> int:
    """Write the contacts to a FILE that `flow contacts import` reads back; `-` is standard output.

    What the engine alone knows stays in the store: histories, runs, when a tag ends. Records stand
    in JSON Lines only. No cell of CSV is a formula to a spreadsheet.
    """
    from flowlang.figures import contacts
    from flowlang.figures.source import Source
    from flowlang.tables.contacts import format_of
    from flowlang.tables.formats import formats
    from flowlang.tables.table import Table

    if not output_format:
        check_ending(file)
    workspace, program = running.program_of(path, url)
    where = storing.where(text, program, given_now)
    form = formats()[output_format] if output_format else format_of(file)
    with storing.existing(workspace, url) as store:
        source = Source(store, program)
        rows = contacts.rows(source, where)
        table = Table(contacts.NAME, contacts.columns(source), rows, source.zone)
        put_out(table, form, file, _CONTACTS)
    return 0


def check_ending(file: Path) -> None:
    """Refuse a file whose name asks for a format that there is not.  Raises UsageError."""
    from flowlang.tables.formats import endings

    if file.suffix and file.suffix.lower() not in endings():
        raise click.UsageError(
            terminal.printable(
                tr(
                    "{file}: nothing is written as {suffix}; name it {endings},"
                    " or say --output-format",
                    file=file,
                    suffix=file.suffix,
                    endings=_any(endings()),
                )
            )
        )


def _any(endings: list[str]) -> str:
    return joined((", ".join(endings[:-1]), endings[-1]), tr(" or "))


Rows = tuple[tuple[str, str], str]
"""So many rows, in both forms, and what is said where there are none."""
_CONTACTS: Rows = forms("{count:,} contact", "{count:,} contacts"), tr("no contacts")


def put_out(table: Table, form: Format, file: Path, rows: Rows) -> None:
    """Write a table to a file, or to standard output for `-`; say how much it was.

    `rows` is what they are called.  Raises OSError.
    """
    from flowlang.figures.files import write

    said, none = rows
    nested = [column.name for column in table.columns if column.nested]
    if nested and form.NAME in ("csv", "text"):
        listed = ", ".join(f"`{name}`" for name in nested)
        terminal.talk(tr("left out, for JSON alone has room for it: {names}", names=listed))
    if file == paths.STDIN:
        if not form.write(table, sys.stdout):
            terminal.talk(none)
    else:
        told = tr_n(*said, write(file, table, form))
        terminal.talk(terminal.printable(tr("{rows} to {file}", rows=told, file=file)))
