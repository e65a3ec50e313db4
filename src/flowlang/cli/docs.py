"""Write one page about a workspace: campaigns, pictures, messages, who sends what when."""

from __future__ import annotations

from pathlib import Path

import click

from flowlang.cli import paths, terminal
from flowlang.speech import tr

NAME = "index.html"
"""Of the page, in the folder that is named."""


@click.command(epilog="Example: flow docs examples/webinar --output pages")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="DIR", default="-", type=click.Path(path_type=Path),
    help="The folder where index.html is written, or the name of a file that ends in .html;"
    " else standard output.",
)  # fmt: skip
@click.option(
    "--language", metavar="CODE",
    help="The language of the page, `de` or `en`; else that of the workspace.",
)  # fmt: skip
def docs(path: Path | None, output: Path, language: str | None) -> int:
    """Write one page about a workspace, for people who read no code.

    The page is a single HTML file that opens from the disk and asks nothing from outside: each
    campaign with its picture, each message with a preview, who sends what when, automations,
    coupon lists, groups and segments, policies, tests. What is written in another language is
    translated, but for names and texts.
    """
    from flowlang.documentation.page import page
    from flowlang.documentation.words import WORDS

    if language is not None and language not in WORDS:
        known = " or ".join(f"`{code}`" for code in WORDS)
        given = terminal.printable(language)
        raise click.BadParameter(
            tr("there is {known}, not `{given}`", known=known, given=given), param_hint="--language"
        )
    file = output if output.suffix.lower() in (".html", ".htm") else output / NAME
    if output != paths.STDIN:
        _check_place(file)
    workspace = paths.standard_input() if path == paths.STDIN else paths.one(path)
    paths.runnable(workspace)
    title = workspace.root.resolve().name or "flow"
    written = page(workspace, language or workspace.language, title)
    if output == paths.STDIN:
        terminal.write(written)
        return 0
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(written, encoding="utf-8")
    terminal.talk(terminal.printable(tr("the page is {file}", file=file)))
    return 0


def _check_place(file: Path) -> None:
    """Raises BadParameter where a page cannot be written, for something else is there."""
    if file.is_dir():
        told = tr("{path} is a folder: name a file in it", path=terminal.printable(str(file)))
        raise click.BadParameter(told, param_hint="--output")
    there = next((one for one in file.parents if one.exists()), None)
    if there is not None and not there.is_dir():
        told = tr(
            "{path} is a file: name a folder, or a file that ends in .html",
            path=terminal.printable(str(there)),
        )
        raise click.BadParameter(told, param_hint="--output")
