"""Let the folder run from now on, and move contacts under way to it."""

from __future__ import annotations

from dataclasses import replace

import click

from flowlang.cli import FOUND, plan_data, plan_lines, planning, storing, terminal
from flowlang.speech import tr


@click.command(epilog="Example: flow apply --move 'Welcome: wait 2 days=finish'")
@planning.asks
@click.option(
    "--base",
    type=click.IntRange(1),
    metavar="N",
    help="Refuse where another version than N runs: the one that `flow plan` was looked at for.",
)
@click.option(
    "--who", default="", metavar="NAME", help="Who does it; without it, the name you logged in by."
)
@storing.format_option
def apply(wanted: planning.Wanted, base: int | None, who: str, output_format: str) -> int:
    """Record the folder as the next version and move everyone under way, in one transaction.

    Contacts keep the step at which they stand. Where a step is gone, `--move` has to say what
    becomes of those who stand there: another step, `finish`, or `stay` on the version they are on;
    else nothing happens, and the exit code is 1. It is also 1 where someone else has applied a
    version meanwhile. To undo, apply the earlier version: `flow apply --version N`.
    """
    from flowlang.engine.planning import Refusal

    wanted = replace(wanted, who=who)
    try:
        with planning.planned(wanted, base=base) as found:
            if found is None:
                first = planning.begin(wanted)
                planning.written(plan_data.first(first), output_format)
                terminal.talk(tr("version {number} is applied, the first one", number=first.number))
                return 0
            if found.same_texts:
                planning.nothing(found, output_format)
                return 0
            told = found.look(0)
            zone = found.plan.new.config.timezone
            if not told["stranded"]:
                version, told = found.apply()
    except Refusal as refusal:
        return planning.refused(refusal)
    planning.written(told, output_format)
    if output_format == "text":
        plan_lines.write(plan_lines.text(told, zone)[2:])
    if told["stranded"]:
        terminal.talk(tr("refused: nothing was applied"))
        return FOUND
    terminal.talk(tr("version {number} is applied", number=version.number))
    return 0
