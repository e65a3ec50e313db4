"""How long a written-out duration is, and what a wait says of what is past."""

from __future__ import annotations

from flowlang.check import literals
from flowlang.source import Findings
from flowlang.steps.wait import Wait, WaitDays
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax.expressions import Duration


def seconds(node: Duration) -> float:
    """About how many seconds; a month counts as 30 days."""
    return float(literals.duration(node, Findings()).approximate_seconds)


def stops_if_past(node: WaitUntil) -> bool:
    """Whether a wait ends the run where its moment has passed."""
    return any(tail.kind == "STOP_IF_PAST" for tail in node.tails)


def is_none(length: Duration) -> bool:
    """Whether a duration is no time at all."""
    return all(token.value == 0 for token in length.parts if token.kind != "UNIT")


def is_zero(node: Wait | WaitDays) -> bool:
    """Whether a wait lets no time pass."""
    return is_none(node.length) if isinstance(node, Wait) else bool(node.amount.value == 0)
