"""Look for mistakes: syntax, names, types, templates."""

from __future__ import annotations

from pathlib import Path

import click

from flowlang.cli import FOUND, paths, terminal

_FORMATS = sorted(
    path.stem for path in (Path(__file__).parent.parent / "reports").glob("[a-z]*.py")
)


@click.command(epilog="Example: flow check campaigns --output-format json")
@click.argument("path", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output-format", type=click.Choice(_FORMATS), default="text", show_default=True,
    help="How findings are written.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, and show the rest.")
def check(path: tuple[Path, ...], output_format: str, fix: bool) -> int:
    """Look for mistakes: syntax, names, types, templates.

    Takes the workspaces that each PATH belongs to and those below it; `-` is standard input.
    Exit code 1 where there is an error or a warning; remarks alone give 0.
    """
    from flowlang import reports
    from flowlang.reports.text import summary

    loaded = list(paths.below(path))
    if fix:
        from flowlang.cli import mending

        mended = mending.mend(loaded)
        if mended:
            terminal.talk(mending.told(mended))
            loaded = list(paths.below(path))
    findings = [finding for workspace in loaded for finding in workspace.findings.found]
    files = sum(len(workspace.files) for workspace in loaded)
    text = reports.formats()[output_format].render(findings, files, color=terminal.colored())
    summed_up = summary(findings, files) + "\n"
    if output_format == "text":
        text = text.removesuffix(summed_up).rstrip("\n") + "\n" if findings else ""
    terminal.write(text)
    terminal.talk(summed_up.rstrip())
    return FOUND if any(finding.severity != "info" for finding in findings) else 0
