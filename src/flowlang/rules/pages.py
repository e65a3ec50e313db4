"""RULES, MISTAKES → PAGES: what they say of themselves, as Markdown; docs/rules is made of it."""

from __future__ import annotations

from importlib import import_module
from textwrap import fill
from typing import NamedTuple

from flowlang.rules import mistakes, registry
from flowlang.rules.rule import Rule
from flowlang.source import Diagnostic, Findings, Source
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


def text_of(found: Rule | Diagnostic) -> str:
    """What something that is found is about: a sentence, an empty line, and the rest."""
    if isinstance(found, Rule):
        return (import_module(found.module).__doc__ or "").strip()
    mistake = mistakes.pages()[found.name]
    return f"{mistake.lead}\n\n{fill(mistake.rest, 100, break_on_hyphens=False)}"


def about(name: str, language: str = ENGLISH) -> str:
    """The same by the name of what was found, in a language."""
    found = registry.rules().get(name) or registry.diagnostic(name)
    return paragraphs(text_of(found), language) if found is not None else ""


def title(name: str, language: str = ENGLISH) -> str:
    """What says in few words what was found: the sentence that its page begins with."""
    told = about(name, language).partition("\n\n")[0]
    return " ".join(told.split()) or name.replace("-", " ")


def lead_of(found: Rule | Diagnostic) -> str:
    """The first sentence of that, which says what it is."""
    return " ".join(text_of(found).partition("\n\n")[0].split())


def examples(found: Rule | Diagnostic) -> Examples:
    """The examples of something that is found."""
    if isinstance(found, Rule):
        module = import_module(found.module)
        fixed, settings = getattr(module, "FIXED", ""), getattr(module, "SETTINGS", "")
        return Examples(module.BAD, module.GOOD, fixed, settings)
    mistake = mistakes.pages()[found.name]
    return Examples(mistake.bad, mistake.good, "", "")


def written_in(found: Rule | Diagnostic, language: str) -> Examples:
    """The examples with the keywords of a language."""
    shown = examples(found)
    bad, good, fixed = (one and _translated(one, language) for one in shown[:3])
    if isinstance(found, Diagnostic):
        # What does not parse cannot be translated: it is there in other languages as well.
        bad = mistakes.pages()[found.name].translations.get(language, bad)
    return Examples(bad, good, fixed, shown.settings)


def page(found: Rule | Diagnostic, language: str = ENGLISH) -> str:
    """The page of something that is found in a language, its examples with it."""
    shown = written_in(found, language)

    def said(text: str) -> str:
        return in_language(text, language)

    parts = [f"# {found.name}", said(_facts(found)), paragraphs(text_of(found), language)]
    if shown.settings:
        parts += [said(tr("With this `flow.toml`:")), _fenced("toml", shown.settings)]
    if shown.bad:
        parts += [said(tr("Found:")), _fenced("flow", shown.bad)]
        parts += [said(tr("Not found:")), _fenced("flow", shown.good)]
    if shown.fixed:
        parts += [
            said(tr("`flow check --fix` makes of the first:")),
            _fenced("flow", shown.fixed),
        ]
    return "\n\n".join(parts) + "\n"


def _facts(found: Rule | Diagnostic) -> Text:
    """Code, family and severity."""
    said = {
        "off": tr("off, unless `flow.toml` says otherwise"),
        "info": tr("info: shown, and no reason to fail"),
        "warning": tr("warning"),
        "error": tr("error"),
    }[found.severity]
    if isinstance(found, Rule) and found.legal:
        said = tr("{severity} · guards a law", severity=said)
    family = registry.family_of(found)
    if not family:
        return tr("{code} · {severity}", code=found.code, severity=said)
    return tr(
        "{code} · family `{family}` · {severity}", code=found.code, family=family, severity=said
    )


def _translated(text: str, language: str) -> str:
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
        rows = [_row(rule) for rule in registry.rules().values() if rule.family == family]
        rows += [_row(found) for found, own in registry.OTHERS.values() if own == family]
        parts += [f"## {family}\n\n{about}.", _table(rows)]
    always = [one for one in registry.diagnostics() if one.name not in registry.OTHERS]
    parts += [_MISTAKES, _table([_row(one) for one in always])]
    return "\n\n".join(parts) + "\n"


def _table(rows: list[str]) -> str:
    return "\n".join(["| rule | code | severity | |", "|---|---|---|---|", *rows])


def _row(found: Rule | Diagnostic) -> str:
    link = f"[{found.name}]({found.name}.md)"
    return f"| {link} | {found.code} | {found.severity} | {lead_of(found)} |"


_MISTAKES = """\
## mistakes

What makes a program unusable. It is always found: no setting and no comment allows it."""


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
