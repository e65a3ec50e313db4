"""Say what a finding means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flowlang.cli import languages, terminal
from flowlang.speech import tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowlang.rules.rule import Rule
    from flowlang.source import Diagnostic


@click.command(epilog="Example: flow rule unknown-message")
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List all there are.")
@click.option(
    "--language", metavar="CODE", help="Such as `de` or `en`; else that of the workspace."
)
def rule(code: str | None, everything: bool, language: str | None) -> None:
    """Say what a finding means, by its code (FL101) or its name (unknown-message).

    The name of a family, such as timing, lists its rules.
    """
    if language is not None:
        terminal.speak(languages.known(language, "--language"))
    if everything or code is None:
        if not everything:
            raise click.UsageError(tr("name a code or a name, or ask for --all"))
        _list()
        return
    if not _list_family(code.lower()):
        terminal.write(_page_of(code))


def _list() -> None:
    from flowlang.rules import registry

    _write([*registry.diagnostics(), *registry.rules().values()])


def _list_family(family: str) -> bool:
    """List the rules of a family, and what else belongs to it; False where it is none."""
    from flowlang.rules import registry

    if family not in registry.FAMILIES:
        return False
    found = [one for one in registry.rules().values() if one.family == family]
    _write([*found, *(one for one, own in registry.OTHERS.values() if own == family)])
    return True


def _write(found: Iterable[Diagnostic | Rule]) -> None:
    """A line for each, in the order of the codes."""
    rows = sorted((one.code, one.name, str(one.severity)) for one in found)
    width = max(len(name) for _, name, _ in rows)
    for code, name, severity in rows:
        terminal.write(f"{code}  {name.ljust(width)}  {severity}\n")


def _page_of(word: str) -> str:
    """The page of what a word names: a rule, or a mistake that is always found."""
    from flowlang.rules import pages, registry

    name = registry.name_of(word)
    if name is not None and name in registry.rules():
        return pages.page(registry.rules()[name], terminal.spoken())
    chosen = registry.diagnostic(word)
    if chosen is None:
        from flowlang.source import did_you_mean

        known: list[Diagnostic | Rule] = [*registry.diagnostics(), *registry.rules().values()]
        codes, names = [one.code for one in known], [one.name for one in known]
        # A code is only like another code, and mostly by chance.
        near = codes if word[:2].upper() == "FL" and word[2:].isdigit() else []
        hint = did_you_mean(word, near or [*names, *registry.FAMILIES], all_at="flow rule --all")
        raise click.UsageError(
            tr("there is no rule `{name}`; {hint}", name=terminal.printable(word), hint=hint)
        )
    return pages.page(chosen, terminal.spoken())
