"""Coupon codes in the store: import them, count them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from flowlang.cli import FOUND, storing, terminal


@click.group(epilog='Example: flow coupons import "early-bird" codes.txt')
def coupons() -> None:
    """Coupon codes in the store, by hand."""


@coupons.command("import", epilog='Example: flow coupons import "early-bird" codes.txt')
@click.argument("name", metavar="LIST")
@click.argument("file", type=click.Path(path_type=Path))
@storing.workspace_option
@storing.store_option
@storing.now_option
def import_(
    name: str, file: Path, path: Path | None, url: str | None, given_now: str | None
) -> int:
    """Add the codes in a FILE (one a line, or CSV) to a LIST; `-` is standard input.

    They go out in this order, behind those that are there. A code that is known, used or not, is
    counted and left out.
    """
    from flowlang.intake.coupons import read_codes
    from flowlang.source import did_you_mean

    workspace, program = storing.program_of(path)
    if name not in program.names.coupons:
        hint = did_you_mean(name, sorted(program.names.coupons), "coupon list")
        raise click.UsageError(f'there is no coupon list "{name}"; {hint}')
    now = storing.moment(given_now, program.config.timezone)
    found = read_codes(storing.label(file), storing.content(file))
    with storing.opened(workspace, url) as store:
        new = store.import_codes(name, found.codes, now)
        stock = store.shared().stock.get(name)
    for line in found.summary()[1:]:
        terminal.talk(line)
    known, twice = len(found.codes) - new, found.duplicates
    free = stock.free if stock else 0
    terminal.talk(
        f'"{name}": {found.read:,} read, {new:,} new, {known:,} known, {twice:,} twice in the file,'
        f" {found.left_out:,} left out; {free:,} are free now"
    )
    return FOUND if any(one.severity == "error" for one in found.problems) else 0


@coupons.command("list", epilog="Example: flow coupons list --output-format json")
@storing.workspace_option
@storing.store_option
@storing.format_option
def list_(path: Path | None, url: str | None, output_format: str) -> int:
    """List the coupon lists with their free and used codes."""
    workspace, program = storing.program_of(path)
    with storing.opened(workspace, url) as store:
        stock = store.shared().stock
    rows = [
        {
            "list": name,
            "left": stock[name].free if name in stock else 0,
            "used": stock[name].used if name in stock else 0,
        }
        for name in sorted({*program.names.coupons, *stock})
    ]
    if output_format == "json":
        terminal.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        for row in rows:
            terminal.write(
                terminal.printable(f"{row['list']}: {row['left']:,} left, {row['used']:,} used")
                + "\n"
            )
    return 0
