"""Look for mistakes: syntax, names, types, templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang import reports
from flowlang.cli import FOUND, paths, terminal
from flowlang.speech import tr

if TYPE_CHECKING:
    from flowlang.cache import Outcome
    from flowlang.source import Finding


@click.command(epilog="Example: flow check campaigns --output-format json")
@click.argument("path", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format", type=click.Choice(reports.names()), default="text", show_default=True,
    help="How findings are written.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, and show the rest.")
@click.option(
    "--unsafe-fixes", is_flag=True,
    help="With --fix or --diff: also fixes after which a file may mean something else.",
)  # fmt: skip
@click.option("--diff", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option(
    "--write-baseline", is_flag=True,
    help="Forgive what the rules find now, in flow-baseline.json beside flow.toml.",
)  # fmt: skip
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
@click.option(
    "--no-cache", is_flag=True, envvar="FLOW_NO_CACHE",
    help="Check also what has not changed since it was checked last.",
)  # fmt: skip
def check(
    path: tuple[Path, ...],
    output_format: str,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    statistics: bool,
    write_baseline: bool,
    watch: bool,
    no_cache: bool,
) -> int:
    """Look for mistakes: syntax, names, types, templates.

    Takes the workspaces that each PATH belongs to and those below it; `-` is standard input.
    Exit code 1 where there is an error or a warning; remarks alone give 0. With --diff it is 1
    where --fix would change something.
    """
    given = list(path)
    _judge(
        given, output_format, fix=fix or diff, unsafe=unsafe_fixes, counted=statistics, watch=watch
    )
    cached = not no_cache
    if write_baseline:
        from flowlang.cli import forgiving

        forgiving.write(given)
    if watch:
        from flowlang.cli import watching

        return watching.watch(given, cached=cached)
    if diff:
        return _differences(given, unsafe=unsafe_fixes, cached=cached)
    if fix:
        _mend(given, unsafe=unsafe_fixes, cached=cached)
    return _show(_outcomes(given, cached=cached), output_format, counted=statistics)


def _outcomes(given: list[Path], *, cached: bool) -> list[Outcome]:
    from flowlang.collector import collector_at_rest

    # Of what is loaded for a check nothing is garbage, either.
    with collector_at_rest():
        from flowlang.cli import checking

        return checking.check(given, cached=cached)


def _judge(
    given: list[Path], output_format: str, *, fix: bool, unsafe: bool, counted: bool, watch: bool
) -> None:
    """Refuse options that have no meaning together."""
    if unsafe and not fix:
        raise click.UsageError(tr("--unsafe-fixes goes with --fix or --diff"))
    if watch and (fix or counted or output_format != "text"):
        raise click.UsageError(
            tr("--watch goes with none of --fix, --diff, --statistics and formats")
        )
    if counted and output_format not in ("text", "json"):
        raise click.UsageError(tr("--statistics are written as text or json"))
    if paths.STDIN in given and (fix or watch):
        raise click.UsageError(tr("standard input can be checked only, not mended or watched"))


def _mend(given: list[Path], *, unsafe: bool, cached: bool) -> None:
    from flowlang.cli import checking, mending

    done = mending.mended(checking.targets(given, cached=cached), unsafe=unsafe)
    written = [one for one in done if one.write()]
    if written:
        # A fix may have been the line that names the language.
        paths.speak(mending.languages(written) or {terminal.spoken()})
        terminal.talk(mending.told(written))


def _differences(given: list[Path], *, unsafe: bool, cached: bool) -> int:
    """Show what `_mend` would write."""
    from flowlang.cli import checking, differences, mending

    done = mending.mended(checking.targets(given, cached=cached), unsafe=unsafe)
    shown = [one for one in done if one.may_be_written()]
    paths.speak(mending.languages(shown) or {terminal.spoken()})
    for one in shown:
        terminal.write(differences.unified(str(one.path), one.before, one.after, tr("mended")))
    return FOUND if shown else 0


def _show(outcomes: list[Outcome], output_format: str, *, counted: bool) -> int:
    from flowlang.reports import text

    findings = [finding for outcome in outcomes for finding in outcome.findings]
    files = [name for outcome in outcomes for name in outcome.files]
    if counted:
        from flowlang.cli import statistics

        terminal.write(statistics.render(findings, output_format))
    elif output_format != "text":
        render = reports.named(output_format).render
        terminal.write(render(findings, files, color=terminal.colored()))
    elif findings:
        terminal.write(text.excerpts(findings, color=terminal.colored()) + "\n")
    terminal.talk(text.summary(findings, len(files)))
    return code_of(findings)


def code_of(findings: list[Finding]) -> int:
    """The exit code of a check that found this."""
    return FOUND if any(finding.severity != "info" for finding in findings) else 0
