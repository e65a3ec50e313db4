"""How long a written-out duration is."""

from __future__ import annotations

from flowlang.check import literals
from flowlang.source import Findings
from flowlang.syntax.expressions import Duration


def seconds(node: Duration) -> float:
    """About how many seconds; a month counts as 30 days."""
    return float(literals.duration(node, Findings()).approximate_seconds)
