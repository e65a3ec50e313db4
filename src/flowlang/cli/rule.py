"""Say what a finding means."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

import click

from flowlang.cli import terminal

if TYPE_CHECKING:
    from flowlang.source import Diagnostic


@click.command(epilog="Example: flow rule unknown-message")
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List all there are.")
def rule(code: str | None, everything: bool) -> None:
    """Say what a finding means, by its code (FL101) or its name (unknown-message)."""
    known = {found.code: found for found in _diagnostics()}
    if everything or code is None:
        if not everything:
            raise click.UsageError("name a code or a name, or ask for --all")
        width = max(len(found.name) for found in known.values())
        for found in known.values():
            terminal.write(f"{found.code}  {found.name.ljust(width)}  {found.severity}\n")
        return
    names = {found.name: found for found in known.values()}
    chosen = known.get(code.upper()) or names.get(code.lower())
    if chosen is None:
        from flowlang.source import did_you_mean

        hint = did_you_mean(code, [*known, *names])
        raise click.UsageError(f"there is no rule `{terminal.printable(code)}`; {hint}")
    terminal.write(_page(chosen))


def _page(found: Diagnostic) -> str:
    lines = [f"{found.code} {found.name} ({found.severity})"]
    sentence = _sentence(found.text)
    if sentence.strip(" …"):
        lines += ["", f"  {sentence}"]
    if found.why:
        lines += ["", found.why]
    return "\n".join([*lines, ""])


def _sentence(text: str) -> str:
    """The sentence of a diagnostic, with dots where the words of the place stand."""
    return "".join(
        literal + ("…" if name is not None else "")
        for literal, name, _, _ in Formatter().parse(text)
    )


def _diagnostics() -> list[Diagnostic]:
    """All that can be found, in the order of their codes."""
    from flowlang.check import diagnostics as checking
    from flowlang.source import Diagnostic
    from flowlang.syntax import diagnostics as reading

    found = [
        value
        for module in (reading, checking)
        for value in vars(module).values()
        if isinstance(value, Diagnostic)
    ]
    return sorted(found, key=lambda one: one.code)
