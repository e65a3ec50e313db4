"""For GitLab: a Code Quality report, the artifact `reports: codequality` of a job.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flowlang.reports import by_severity, fingerprints
from flowlang.source import Finding

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """A list of findings, the worst first; GitLab takes paths from the top of the repository."""
    ordered = by_severity(findings)
    data = [
        _entry(finding, known_by)
        for finding, known_by in zip(ordered, fingerprints(ordered), strict=True)
    ]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _entry(finding: Finding, known_by: str) -> dict[str, Any]:
    source, start, end = finding.span
    hint = f" ({finding.hint})" if finding.hint else ""
    return {
        # GitLab does not show `check_name`, so the code stands in the sentence, too.
        "description": f"{finding.diagnostic.code}: {finding.message}{hint}",
        "check_name": finding.diagnostic.name,
        "fingerprint": known_by,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": source.name,
            "lines": {"begin": source.position(start)[0], "end": source.position(end)[0]},
        },
    }
