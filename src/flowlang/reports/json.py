"""For programs: one JSON object with every finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flowlang.source import Finding, Span


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """`findings` in order, each with all keys, and how many `files` were looked at."""
    ordered = sorted(findings, key=lambda one: one.order)
    data = {"findings": [as_data(finding) for finding in ordered], "files": len(files)}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_data(finding: Finding) -> dict[str, Any]:
    """One finding; lines and columns count from 1, columns in characters."""
    fix = finding.fix
    return {
        "code": finding.diagnostic.code,
        "name": finding.diagnostic.name,
        "severity": finding.severity,
        "file": finding.span.source.name,
        **_place(finding.span),
        "message": finding.message,
        "hint": finding.hint,
        "fix": None
        if fix is None
        else {
            "safe": fix.safe,
            "edits": [{**_place(edit.span), "text": edit.text} for edit in fix.edits],
        },
        "also": [
            {"file": span.source.name, **_place(span), "message": sentence}
            for span, sentence in finding.also
        ],
        "test": finding.test,
    }


def _place(span: Span) -> dict[str, int]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
