"""For code scanning: SARIF 2.1.0 (OASIS standard), as GitHub, GitLab and editors read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import quote

from flowlang.reports import by_severity, fingerprints
from flowlang.rules import pages
from flowlang.source import Diagnostic, Edit, Finding, Fix, Source, Span
from flowlang.speech import ENGLISH, template, tr

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
MAX_RESULTS = 25_000
"""GitHub refuses a run with more."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """One run with every finding, the worst first; paths as seen from the current folder."""
    from importlib.metadata import version

    ordered = by_severity(findings)[:MAX_RESULTS]
    rules = sorted({one.diagnostic for one in ordered}, key=lambda rule: rule.code)
    # A rule stands there once: in the language of most files, which people read.
    languages = Counter(one.language for one in ordered)
    language = languages.most_common(1)[0][0] if languages else ENGLISH
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if len(findings) > MAX_RESULTS:
        more = len(findings) - MAX_RESULTS
        left = tr("{count:,} more findings are left out", count=more).in_(findings[0].language)
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": left}}]
    driver = {
        "name": "flowlang",
        "version": version("flowlang"),
        "rules": [_rule(rule, language) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(one, numbers[one.diagnostic.code], known_by)
            for one, known_by in zip(ordered, fingerprints(ordered), strict=True)
        ],
    }
    data = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Diagnostic, language: str) -> dict[str, Any]:
    parts = Formatter().parse(template(rule.text, language))
    sentence = "".join(literal + ("…" if name is not None else "") for literal, name, _, _ in parts)
    told = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": pages.title(rule.name, language)},
        "fullDescription": {"text": sentence},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    about = pages.about(rule.name, language)
    return told | {"help": {"text": about}} if about else told


def _result(one: Finding, rule: int, known_by: str) -> dict[str, Any]:
    hint = "\n" + tr("Hint: {hint}", hint=one.hint).in_(one.language) if one.hint else ""
    result = {
        "ruleId": one.diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[one.severity],
        "message": {"text": one.message + hint},
        "locations": [_location(one.span)],
        # Of our own: one that counts lines would change with every line that comes in above.
        "partialFingerprints": {"flowlang/v1": known_by},
    }
    if one.also:
        result["relatedLocations"] = [
            {**_location(span), "message": {"text": sentence}} for span, sentence in one.also
        ]
    if one.fix and one.fix.edits:
        result["fixes"] = [_fix(one.fix)]
    return result


def _location(span: Span) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(span.source), "region": _region(span)}
    return {"physicalLocation": place}


def _artifact(source: Source) -> dict[str, str]:
    path = Path(source.name)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}


def _region(span: Span) -> dict[str, int]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _fix(fix: Fix) -> dict[str, Any]:
    by_source: dict[int, list[Edit]] = {}
    for edit in fix.edits:
        by_source.setdefault(id(edit.span.source), []).append(edit)
    changes = [
        {
            "artifactLocation": _artifact(edits[0].span.source),
            "replacements": [
                {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                for edit in edits
            ],
        }
        for edits in by_source.values()
    ]
    return {"artifactChanges": changes, "properties": {"safe": fix.safe}}
