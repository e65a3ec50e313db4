"""Say what the folder would change for contacts under way; nothing is done."""

from __future__ import annotations

import click

from flowlang.cli import FOUND, plan_lines, planning, storing


@click.command(epilog="Example: flow plan --check")
@planning.asks
@click.option(
    "--check", is_flag=True,
    help="Exit code 1 where contacts under way would be stranded: for CI.",
)  # fmt: skip
@click.option(
    "--replay", "most", type=click.IntRange(0), default=100, show_default=True, metavar="N",
    help="Of how many contacts the past is replayed, to see whose path would have been another.",
)  # fmt: skip
@storing.format_option
def plan(wanted: planning.Wanted, check: bool, most: int, output_format: str) -> int:
    """Compare what runs with what the folder says: steps, waits, starts, and who stands where.

    For each campaign it says what changes in words, how many contacts stand at each step, which
    waits fall due at once, who would get a message again, and which stand at a step that is gone:
    `--move` says what becomes of those, here and in `flow apply`.
    """
    from flowlang.engine.planning import Refusal

    with planning.planned(wanted, traced=most > 0) as found:
        if found is None or found.same_texts:
            planning.nothing(found, output_format)
            return 0
        try:
            told = found.look(most)
        except Refusal as refusal:
            return planning.refused(refusal)
        zone = found.plan.new.config.timezone
    planning.written(told, output_format)
    if output_format == "text":
        plan_lines.write(plan_lines.text(told, zone))
    return FOUND if check and told["stranded"] else 0
