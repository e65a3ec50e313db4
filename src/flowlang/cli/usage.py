"""A call that is wrong, told in the language that is spoken; click itself knows English only."""

from __future__ import annotations

import click

from flowlang.cli.terminal import is_timed, spoken, talk, told
from flowlang.speech import ENGLISH, Retold, Text, tr


def show(wrong: click.ClickException) -> None:
    """Say on stderr what is wrong with a call, and how it would be right."""
    if spoken() == ENGLISH and not is_timed():
        wrong.show()
        return
    ctx = wrong.ctx if isinstance(wrong, click.UsageError) else None
    if ctx is not None:
        talk(tr("Usage: {usage}", usage=" ".join([ctx.command_path, *_pieces(ctx)])))
        if ctx.command.get_help_option(ctx) is not None:
            talk(
                tr("Try '{command} {option}' for help.", command=ctx.command_path, option="--help")
            )
        talk("")
    talk(tr("Error: {what}", what=_what(wrong)))


def _pieces(ctx: click.Context) -> list[str]:
    pieces = ctx.command.collect_usage_pieces(ctx)
    return [told(tr("[OPTIONS]")) if piece == "[OPTIONS]" else piece for piece in pieces]


def _what(wrong: click.ClickException) -> str:
    """The message, known again by its form where click has made it."""
    said = wrong.message
    if not isinstance(wrong, click.BadParameter) or isinstance(wrong, click.MissingParameter):
        return said if isinstance(said, Text) else _CLICK(wrong.format_message())
    # click puts a sentence of ours into one of its own.
    why = said if isinstance(said, Text) else _CLICK(said)
    return Retold(
        "Invalid value for {param}: {why}", "Invalid value: {why}", within={"why": lambda _: why}
    )(wrong.format_message())


_CLICK = Retold(
    "No such option {name}.", "No such option {name}. Did you mean {guess}?",
    "No such option {name}. (Possible options: {guesses})", "Missing argument {name}.",
    "Missing option {name}.", "Missing argument {name}. Choose from:\n\t{choices}",
    "Missing option {name}. Choose from:\n\t{choices}", "Missing command.",
    "Got unexpected extra argument {given}.", "Got unexpected extra arguments {given}.",
    "Got unexpected extra argument ({given})", "Got unexpected extra arguments ({given})",
    "Option {name} requires an argument.", "Option {name} requires {count} arguments.",
    "Option {name} does not take a value.", "{value} is not one of {choices}.",
    "{value} is not a valid integer.", "{value} is not a valid int.",
    "{value} is not a valid float.",
    "{value} is not a valid integer range.", "{value} is not a valid float range.",
    "{value} is not in the range {range}.", "Path {name} is a directory.",
    "Path {name} is a file.", "Path {name} does not exist.", "Path {name} is not readable.",
)  # fmt: skip
"""What click says of a call, as it stands in `click.exceptions`, `types`, `parser` and `core`."""
