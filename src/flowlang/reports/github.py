"""For GitHub Actions: one workflow command a finding, which shows it at its line of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flowlang.reports import by_severity
from flowlang.source import Finding
from flowlang.speech import tr

SHOWN = 10
"""Annotations of each kind that GitHub shows of one step."""

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(findings: Sequence[Finding], files: Sequence[str], *, color: bool = False) -> str:
    """The worst first, for of many only the first are shown; how many are not is said."""
    lines = [_command(finding) for finding in by_severity(findings)]
    counts = Counter(_COMMANDS[finding.severity] for finding in findings)
    hidden = sum(max(0, count - SHOWN) for count in counts.values())
    if hidden:
        more = tr(
            "GitHub shows {shown} annotations of a kind; {count} more stand in this log only",
            shown=SHOWN,
            count=hidden,
        )
        lines.append(more.in_(findings[0].language))
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding) -> str:
    source, start, end = finding.span
    line, column = source.position(start)
    end_line, end_column = source.position(end)
    place = {"file": source.name, "line": line, "endLine": end_line}
    if line == end_line:  # columns of a place of several lines are not understood
        # The last column belongs to the place here.
        place |= {"col": column, "endColumn": max(column, end_column - 1)}
    place["title"] = f"{finding.diagnostic.code} {finding.diagnostic.name}"
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
    hint = tr("hint: {hint}", hint=finding.hint).in_(finding.language)
    told = f"{finding.message}\n{hint}" if finding.hint else finding.message
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
