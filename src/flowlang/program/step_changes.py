"""What has become of a step, in words, and whom that touches."""

from __future__ import annotations

from typing import Literal

from flowlang.program.difference import Difference, StepChange
from flowlang.program.program import Campaign

Effect = Literal["cosmetic", "forward only", "in flight", "policy"]
"""Nobody; who comes later; who is under way; or who is let in, kept out, and how often."""

_STEPS: dict[str, tuple[Effect, str]] = {
    "goal": ("policy", "goals"), "stop": ("policy", "exits"), "restart": ("policy", "exits"),
    "stop_campaign": ("policy", "exits"), "grant": ("policy", "consent"),
    "withdraw": ("policy", "consent"), "block_contact": ("policy", "consent"),
    "unblock": ("policy", "consent"), "send_all": ("policy", "audience"),
    "add_segment": ("policy", "audience"),
    "measure": ("forward only", ""),
}  # fmt: skip
"""The same of steps; all others touch who is under way."""


def step_effect(found: Difference, change: StepChange) -> tuple[Effect, str]:
    """Whom the change of a step touches."""
    campaign, pc = _side(found, change)
    return _STEPS.get(campaign.nodes[pc].rule, ("in flight", ""))


def step_in_words(found: Difference, change: StepChange) -> str:
    """What has become of a step."""
    old = "" if change.old is None else found.old.instructions[change.old].where.text
    new = "" if change.new is None else found.new.instructions[change.new].where.text
    if change.what == "added":
        return f"added `{new}`"
    if change.what == "removed":
        return f"removed `{old}`"
    if change.what == "moved":
        return f"moved `{new}`"
    if old == new:
        return f"changed below `{new}`"
    return f"`{old}` is now `{new}`" + (", at another place" if change.moved else "")


def _side(found: Difference, change: StepChange) -> tuple[Campaign, int]:
    if change.new is not None:
        return found.new, change.new
    assert change.old is not None
    return found.old, change.old
