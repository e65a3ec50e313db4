"""Report what the store holds: sends, messages, campaigns, coupon lists, processes, histories."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from flowlang.cli import running, storing, terminal
from flowlang.cli.export import check_ending, put_out
from flowlang.speech import forms, tr, why

if TYPE_CHECKING:
    from flowlang.figures import Report

_ROWS = forms("{count:,} row", "{count:,} rows"), tr("no rows")
FORMATS = ("text", "csv", "jsonl", "json")


@click.command(epilog="Example: flow report messages --since 2026-11-01 --until 2026-12-01")
@click.argument("name", required=False)
@click.option(
    "--output-format", type=click.Choice(FORMATS),
    help="How it is written; else as the name of the file says, else as text.",
)  # fmt: skip
@click.option(
    "-o", "--output", metavar="FILE", default="-", type=click.Path(path_type=Path),
    help="Where it is written, in the place of what is there; else standard output.",
)  # fmt: skip
@click.option("--since", metavar="TIME", help="Only from this moment on, such as `2026-11-01`.")
@click.option("--until", metavar="TIME", help="Only what was before this moment.")
@storing.workspace_option
@storing.store_option
def report(
    name: str | None,
    output_format: str | None,
    output: Path,
    since: str | None,
    until: str | None,
    path: Path | None,
    url: str | None,
) -> int:
    """Write the report NAME; without one, list the reports there are.

    Text is a table for people, its moments in the workspace's time zone; csv opens in spreadsheet
    programs, and no cell is a formula there; json and jsonl (an object a line) are for programs.
    """
    from flowlang.figures import reports, summary
    from flowlang.figures.files import table
    from flowlang.figures.source import Source
    from flowlang.tables.formats import formats, of_file

    if name is None:
        width = max(map(len, reports()))
        for known in reports().values():
            told = terminal.template(summary(known))
            terminal.write(f"{known.NAME:<{width}}  {told}\n")
        return 0
    if name not in reports():
        from flowlang.source import did_you_mean

        hint = did_you_mean(name, sorted(reports()), tr("report"), all_at="flow report")
        raise click.UsageError(
            tr('there is no report "{name}"; {hint}', name=terminal.printable(name), hint=hint)
        )
    if not output_format:
        check_ending(output)
    workspace, program = running.program_of(path, url)
    zone = program.config.timezone
    begins, ends = _moment("--since", since, zone), _moment("--until", until, zone)
    _check_span(reports()[name], begins, ends)
    form = formats()[output_format] if output_format else of_file(output, "text")
    with storing.existing(workspace, url) as store:
        source = Source(store, program, begins, ends)
        put_out(table(source, name, terminal.spoken()), form, output, _ROWS)
    return 0


def _check_span(known: Report, since: datetime | None, until: datetime | None) -> None:
    if (since or until) and not known.TIMED:
        raise click.UsageError(
            tr(
                "the report `{name}` says how things stand: it takes no --since and no --until",
                name=known.NAME,
            )
        )
    if since and until and since >= until:
        raise click.UsageError(tr("--since is not before --until"))


def _moment(option: str, given: str | None, zone: ZoneInfo) -> datetime | None:
    from flowlang.kinds import DATETIME, BadValue, read

    try:
        found = read(given, DATETIME, zone)
    except BadValue as bad:
        raise click.BadParameter(why(bad), param_hint=option) from None
    return found if isinstance(found, datetime) else None
