"""RULES → PAGES: what a rule says of itself, as Markdown; docs/rules is made of these."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from flowlang.rules import registry
from flowlang.rules.rule import Rule
from flowlang.source import Findings, Source
from flowlang.speech import ENGLISH, Text, in_language, paragraphs, tr
from flowlang.syntax.format import FormatError, format_source
from flowlang.syntax.parser import parse


class Examples(NamedTuple):
    """What a rule shows: a file in which it finds one thing, and one in which it finds none."""

    bad: str
    good: str
    fixed: str
    """What the fix makes of the bad one; empty where it offers none that is safe."""
    settings: str
    """The `flow.toml` that they need, mostly none."""


def text_of(rule: Rule) -> str:
    """What a rule is about: a sentence, an empty line, and the rest."""
    return (import_module(rule.module).__doc__ or "").strip()


def examples(rule: Rule) -> Examples:
    """The examples of a rule."""
    module = import_module(rule.module)
    fixed, settings = getattr(module, "FIXED", ""), getattr(module, "SETTINGS", "")
    return Examples(module.BAD, module.GOOD, fixed, settings)


def page(rule: Rule, language: str = ENGLISH) -> str:
    """The page of a rule in a language, its examples with them."""
    shown = examples(rule)

    def said(text: str) -> str:
        return in_language(text, language)

    def example(text: str) -> str:
        return _fenced("flow", _written_in(text, language))

    facts = tr(
        "{code} · family `{family}` · {severity}",
        code=rule.code,
        family=rule.family,
        severity=_severity(rule),
    )
    parts = [f"# {rule.name}", said(facts), paragraphs(text_of(rule), language)]
    if shown.settings:
        parts += [said(tr("With this `flow.toml`:")), _fenced("toml", shown.settings)]
    parts += [said(tr("Found:")), example(shown.bad), said(tr("Not found:")), example(shown.good)]
    if shown.fixed:
        parts += [
            said(tr("`flow check --fix` makes of the first:")),
            example(shown.fixed),
        ]
    return "\n\n".join(parts) + "\n"


def _severity(rule: Rule) -> Text:
    said = {
        "off": tr("off, unless `flow.toml` says otherwise"),
        "info": tr("info: shown, and no reason to fail"),
        "warning": tr("warning"),
        "error": tr("error"),
    }[rule.severity]
    return tr("{severity} · guards a law", severity=said) if rule.legal else said


def _written_in(text: str, language: str) -> str:
    """An example with the keywords of a language; as it stands where it cannot be said so."""
    if language == ENGLISH:
        return text
    try:
        return format_source(parse(Source("", text), Findings()), language)
    except FormatError:
        return text


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}```"


def overview() -> str:
    """The first page: all rules by family."""
    parts = [_HEAD]
    for family, about in registry.FAMILIES.items():
        rows = [
            f"| [{rule.name}]({rule.name}.md) | {rule.code} | {rule.severity} | {_lead(rule)} |"
            for rule in registry.rules().values()
            if rule.family == family
        ]
        rows += [
            f"| {found.name} | {found.code} | {found.severity} | {_sentence(found.why)} |"
            for found, own in registry.OTHERS.values()
            if own == family
        ]
        head = ["| rule | code | severity | |", "|---|---|---|---|"]
        parts += [f"## {family}\n\n{about}.", "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


def _lead(rule: Rule) -> str:
    return _sentence(text_of(rule))


def _sentence(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


_HEAD = """\
# Rules

What `flow check` finds beyond mistakes: what is allowed, and yet most likely an accident. `flow
rule NAME` shows a page, `flow rule --all` lists all. These pages are made of the rules themselves
(`python tests/rules/pages.py`), and a test keeps them so.

A finding is an `error`, a `warning` or an `info`; an `info` is shown and does not make `flow
check` fail.

**For the workspace** `flow.toml` says how severe a rule is, by its name or code, or by its family;
a table for a folder stands before what is said above it, and a rule's own line before its
family's:

```toml
[rules]
preset = "2026"              # which rules are on, and how severe, is frozen for each edition
wait-without-end = "error"   # error, warning, info, off
style = "off"                # a family
locked = ["consent"]         # no comment in a file can allow these

[rules."campaigns/old"]      # for the files of a folder
timing = "info"
```

A folder that is not there is an error. A rule that guards a law is switched off with a reason only:
`send-after-withdrawal = { severity = "off", because = "the shop asks at each order" }`.

**In a file** a comment allows what a rule finds. The reason is required, and an allowance that is
no longer needed is found, and taken out by `flow check --fix`:

```flow
campaign "Survey"
  start when tagged "asked"
  wait until tagged "answered"  # flow: allow wait-without-end because support closes them by hand
  tag "done"
```

Behind a statement it holds for that line, behind the `subject` or the `body` of a message for that
text, also where it is in a file; on a line of its own for the statement below it and all that
stands in it; at the head of the file, before an empty line, for the whole file.

**For an old workspace** `flow check --write-baseline` writes `flow-baseline.json` beside
`flow.toml`: what is found now is forgiven, and only what comes new is shown. It names findings by
campaign and step, not by line, so it holds while other lines come and go. Commit the file, and let
it shrink.

A file with an error in it is not looked at by the rules: one mistake stays one finding."""
