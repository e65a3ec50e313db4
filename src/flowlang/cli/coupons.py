"""Coupon codes in the store: import them, count them."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang.cli import FOUND, intake, running, storing, terminal
from flowlang.speech import tr

if TYPE_CHECKING:
    from flowlang.engine.receiving import CodesTaken
    from flowlang.intake.coupons import CodeRows
    from flowlang.program.program import Program


@click.group(epilog='Example: flow coupons import "early-bird" codes.txt')
def coupons() -> None:
    """Coupon codes in the store, by hand."""


def _delimiter(ctx: click.Context, parameter: click.Parameter, given: str) -> str:
    found = {"tab": "\t", "\\t": "\t"}.get(given, given)
    if found and (len(found) != 1 or found in '"\r\n'):
        raise click.BadParameter(tr('one character, such as ";", or "tab"'))
    return found


def _encoding(ctx: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    try:
        return codecs.lookup(given).name if given else None
    except (LookupError, ValueError):
        raise click.BadParameter(tr("there is no such encoding; try utf-8, cp1252")) from None


@coupons.command("import", epilog='Example: flow coupons import "early-bird" codes.csv --column 2')
@click.argument("name", metavar="LIST")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--column", default="", metavar="NAME|N", help="The column of a table with the codes."
)
@click.option("--delimiter", default="", metavar="C", callback=_delimiter, help="Between columns.")
@click.option("--encoding", metavar="NAME", callback=_encoding, help="Such as utf-8 or cp1252.")
@click.option("--header/--no-header", default=None, help="The first row is, or is not, a code.")
@storing.workspace_option
@storing.store_option
@storing.now_option
@storing.format_option
def import_(
    name: str, file: Path, column: str, delimiter: str, encoding: str | None, header: bool | None,
    path: Path | None, url: str | None, given_now: str | None, output_format: str,
) -> int:  # fmt: skip
    """Add the codes in a FILE (one a line, or CSV) to a LIST; `-` is standard input.

    They go out in this order, behind those that are there. A code that is known, used or not, is
    counted and left out. Column, delimiter, encoding and header are found where they are not said.

    JSON is one object: how many codes were read, new and left out, and all that is wrong.
    """
    from flowlang.engine.receiving import codes_counts, halted_for, receive_codes
    from flowlang.intake.coupons import read_codes
    from flowlang.intake.layout import Layout

    workspace, program = running.program_of(path, url)
    _check_list(program, name)
    now = storing.moment(given_now, program.config.timezone)
    layout = Layout(column, delimiter, encoding, header)
    found = read_codes(storing.label(file), storing.content(file), layout)
    done, halted = None, {}
    if found.read:
        with storing.opened(workspace, url) as store:
            done = receive_codes(store, name, found, now, program.language)
            halted = halted_for(store, program, name, now)
    if output_format == "json":
        intake.write(found.name, codes_counts(name, found, done, halted), found.problems)
    else:
        _tell(found, done, halted)
    return FOUND if not found.read or found.has_errors else 0


def _tell(found: CodeRows, done: CodesTaken | None, halted: Mapping[str, str]) -> None:
    """What became of a file, and which of the halted messages can go on now."""
    intake.tell(found.name, found.problems)
    if done is not None:
        terminal.talk(terminal.printable(done.told))
    elif not found.problems:
        terminal.talk(
            terminal.printable(tr("{file}: there is no code in this file", file=found.name))
        )
    for message, why in halted.items():
        terminal.talk(terminal.printable(_go_on(message, why)))


def _check_list(program: Program, name: str) -> None:
    """Raises UsageError where there is no such coupon list."""
    from flowlang.source import did_you_mean

    if name not in program.names.coupons:
        hint = did_you_mean(
            name, sorted(program.names.coupons), tr("coupon list"), all_at="flow coupons list"
        )
        raise click.UsageError(tr('there is no coupon list "{name}"; {hint}', name=name, hint=hint))


def _go_on(message: str, why: str) -> str:
    """Whether a halted message can go on now, in a line."""
    if why:
        return tr('"{message}" is still halted: {why}', message=message, why=why)
    return tr(
        '"{message}" is halted; `flow process resume "{message}"` can go on now', message=message
    )


@coupons.command("list", epilog="Example: flow coupons list --output-format json")
@storing.workspace_option
@storing.store_option
@storing.format_option
def list_(path: Path | None, url: str | None, output_format: str) -> int:
    """List the coupon lists with their free and used codes."""
    from flowlang.engine.receiving import coupon_lists

    workspace, program = running.program_of(path, url)
    with storing.existing(workspace, url) as store:
        rows = coupon_lists(store, program)
    if output_format == "json":
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        for row in rows:
            counts = tr("{left:,} left, {used:,} used", left=row["left"], used=row["used"])
            line = f"{row['list']}: {terminal.told(counts)}"
            terminal.write(terminal.printable(line) + "\n")
    return 0
