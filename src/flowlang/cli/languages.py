"""Languages as options name them."""

from __future__ import annotations

import click

from flowlang.cli import terminal
from flowlang.speech import tr


def known(code: str, option: str) -> str:
    """A language that an option names.  Raises BadParameter for one that there is not."""
    from flowlang.syntax import keywords

    there = keywords.languages()
    if code not in there:
        given, listed = terminal.printable(code), ", ".join(there)
        raise click.BadParameter(
            tr("there is no language `{to}`; there is {known}", to=given, known=listed),
            param_hint=option,
        )
    return code
