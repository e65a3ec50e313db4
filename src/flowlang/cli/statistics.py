"""FINDINGS → COUNTS: how often each rule has found something."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flowlang.cli import terminal
from flowlang.reports.text import SEVERITIES
from flowlang.source import Finding
from flowlang.speech import tr


def render(findings: Sequence[Finding], output_format: str) -> str:
    """A line or an object for each rule, the most frequent first; as `text` or `json`.

    `fixable` counts what `flow check --fix` mends.
    """
    by_rule: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        rule = (finding.diagnostic.code, finding.diagnostic.name, finding.severity)
        by_rule.setdefault(rule, []).append(finding)
    ordered = sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [
        {
            "code": code,
            "name": name,
            "severity": severity,
            "count": len(found),
            "fixable": sum(one.fix is not None and one.fix.safe for one in found),
        }
        for (code, name, severity), found in ordered
    ]
    if output_format == "json":
        return json.dumps(rows, indent=2) + "\n"
    names = max((len(str(row["name"])) for row in rows), default=0)
    digits = max((len(str(row["count"])) for row in rows), default=0)
    severities: dict[object, str] = {name: terminal.told(said) for name, said in SEVERITIES.items()}
    widest = max(map(len, severities.values()))
    lines = [
        f"{row['count']:>{digits}}  {row['code']}  {row['name']:<{names}}"
        f"  {severities[row['severity']]:<{widest}}"
        + (
            "  " + terminal.told(tr("{count} can be fixed", count=row["fixable"]))
            if row["fixable"]
            else ""
        )
        for row in rows
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)
