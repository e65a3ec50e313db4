"""A condition that a person writes beside the files of a workspace: `--where 'score >= 50'`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.source import Finding, Findings, Source, Span
from flowlang.syntax import declarations as tree
from flowlang.syntax import diagnostics as d
from flowlang.syntax import keywords
from flowlang.syntax.expressions import Expression
from flowlang.syntax.parser import parse

Condition = Callable[[View], Any]
_BREAK = re.compile(r"\s*[\r\n]\s*")


class WrongCondition(Exception):
    """The text is no condition here; `finding` says what is wrong, at its place in the text."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def condition(text: str, names: Names, label: str) -> Condition:
    """What a text says about a contact, in the workspace's language or in another one of flow.

    `label` is what the text is called in findings.  Raises WrongCondition.
    """
    written = Source(label, _BREAK.sub(" ", text).strip())
    first = names.config.language
    wrong: Finding | None = None
    for language in (first, *(one for one in keywords.languages() if one != first)):
        findings = Findings()
        node = _read(written, language, findings)
        if node is not None and not findings.has_errors:
            return _checked(node, written, replace(names, findings=findings))
        wrong = wrong or _at_home(findings, written)
    assert wrong is not None
    raise WrongCondition(wrong)


def _read(written: Source, language: str, findings: Findings) -> Expression | None:
    """The tree of a condition, as it would stand in a segment; its places are in that text."""
    words = keywords.load(language)
    source = Source(written.name, f'{words.word("_SEGMENT")} "-"\n  {written.text}\n')
    items = parse(source, findings, language).tree.items
    lines = items[0].lines if len(items) == 1 and isinstance(items[0], tree.Segment) else None
    if not lines and not written.text.partition("#")[0]:
        findings.found.clear()
        what = words.say("ends-early", expected=words.things["CONDITION"])
        findings.report(d.UNEXPECTED, Span(source, 0, len(source.text)), what=what)
    return lines[0] if lines else None


def _checked(node: Expression, written: Source, names: Names) -> Condition:
    compiled: Condition = Expressions(names).condition(node, Place())
    if names.findings.has_errors:
        raise WrongCondition(_at_home(names.findings, written))
    return compiled


def _at_home(findings: Findings, written: Source) -> Finding:
    """The first error, at its place in what the person wrote."""
    first = next(one for one in findings.in_order() if one.severity == "error")
    written.language = first.span.source.language
    before = len(first.span.source.text) - len(written.text) - 1
    start, end = (min(max(place - before, 0), len(written.text)) for place in first.span[1:])
    return replace(first, span=Span(written, start, end), fix=None, also=())
