"""Say what a finding means."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING

import click

from flowlang.cli import terminal
from flowlang.speech import in_language, paragraphs, template, tr

if TYPE_CHECKING:
    from flowlang.source import Diagnostic


@click.command(epilog="Example: flow rule unknown-message")
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List all there are.")
@click.option(
    "--language", metavar="CODE", help="Such as `de` or `en`; else that of the workspace."
)
def rule(code: str | None, everything: bool, language: str | None) -> None:
    """Say what a finding means, by its code (FL101) or its name (unknown-message)."""
    if language is not None:
        _speak(language)
    if everything or code is None:
        if not everything:
            raise click.UsageError(tr("name a code or a name, or ask for --all"))
        _list()
        return
    terminal.write(_page_of(code))


def _speak(language: str) -> None:
    from flowlang.syntax import keywords

    known = keywords.languages()
    if language not in known:
        given, listed = terminal.printable(language), ", ".join(known)
        raise click.BadParameter(
            tr("there is no language `{to}`; there is {known}", to=given, known=listed),
            param_hint="--language",
        )
    terminal.speak(language)


def _list() -> None:
    from flowlang.rules import registry

    rows = [(found.code, found.name, str(found.severity)) for found in _diagnostics()]
    rows += [(found.code, found.name, found.severity) for found in registry.rules().values()]
    width = max(len(name) for _, name, _ in rows)
    for code, name, severity in sorted(rows):
        terminal.write(f"{code}  {name.ljust(width)}  {severity}\n")


def _page_of(word: str) -> str:
    """The page of what a word names: a rule, or a mistake that is always found."""
    from flowlang.rules import pages, registry

    name = registry.name_of(word)
    if name is not None and name in registry.rules():
        return pages.page(registry.rules()[name], terminal.spoken())
    known = {found.code: found for found in _diagnostics()}
    names = {found.name: found for found in known.values()}
    chosen = known.get(word.upper()) or names.get(word.lower())
    if chosen is None:
        from flowlang.source import did_you_mean

        rules = registry.rules().values()
        codes = [*known, *(one.code for one in rules)]
        # A code is only like another code, and mostly by chance.
        near = codes if word[:2].upper() == "FL" and word[2:].isdigit() else []
        hint = did_you_mean(word, near or [*names, *registry.names()])
        raise click.UsageError(
            tr("there is no rule `{name}`; {hint}", name=terminal.printable(word), hint=hint)
        )
    return _page(chosen)


def _page(found: Diagnostic) -> str:
    from flowlang.reports.text import SEVERITIES

    language = terminal.spoken()
    severity = in_language(SEVERITIES[found.severity], language)
    lines = [f"{found.code} {found.name} ({severity})"]
    sentence = _sentence(template(found.text, language))
    if sentence.strip(" …"):
        lines += ["", f"  {sentence}"]
    if found.why:
        lines += ["", paragraphs(found.why, language)]
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
    from flowlang.rules import diagnostics as allowing
    from flowlang.source import Diagnostic
    from flowlang.syntax import diagnostics as reading

    found = [
        value
        for module in (reading, checking, allowing)
        for value in vars(module).values()
        if isinstance(value, Diagnostic)
    ]
    return sorted(found, key=lambda one: one.code)
