"""Say what the folder would change for contacts under way; nothing is done."""

from __future__ import annotations

from pathlib import Path

import click

from flowlang.cli import FOUND, planned, planning, storing


@click.command(epilog="Example: flow plan --check")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@storing.store_option
@planning.move_option
@planning.version_option
@planning.revision_option
@click.option(
    "--check", is_flag=True,
    help="Exit code 1 where contacts under way would be stranded: for CI.",
)  # fmt: skip
@click.option(
    "--replay", "most", type=click.IntRange(0), default=100, show_default=True, metavar="N",
    help="Of how many contacts the past is replayed, to see whose path would have been another.",
)  # fmt: skip
@storing.now_option
@storing.format_option
def plan(
    path: Path | None, url: str | None, said: tuple[str, ...], number: int | None,
    revision: str | None, check: bool, most: int, given_now: str | None, output_format: str,
) -> int:  # fmt: skip
    """Compare what runs with what the folder says: steps, waits, starts, and who stands where.

    For each campaign it says what changes in words, how many contacts stand at each step, which
    waits fall due at once, who would get a message again, and which stand at a step that is gone:
    `--move` says what becomes of those, here and in `flow apply`.
    """
    wanted = planning.Wanted(path, url, said, number, revision, given_now)
    with planning.planned(wanted, traced=most > 0) as found:
        if found is None or found.same_texts:
            planning.nothing(found, output_format)
            return 0
        told = found.look(most)
        zone = found.plan.new.config.timezone
    planning.written(told, output_format)
    if output_format == "text":
        planned.write(planned.text(told, zone))
    return FOUND if check and told["stranded"] else 0
