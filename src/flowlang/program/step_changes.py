"""What has become of a step, in words, and whom that touches."""

from __future__ import annotations

from typing import Literal

from flowlang.program.difference import Difference, StepChange
from flowlang.program.program import Campaign
from flowlang.speech import Text, tr
from flowlang.syntax.format import first_line

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


def step_text(campaign: Campaign, pc: int, other: Campaign | None) -> str:
    """The first line of a step, in the language in which another version of its campaign is."""
    own = campaign.instructions[pc].where.text
    if other is None or other.item is None or not campaign.nodes:
        return own
    found = first_line(campaign.nodes[pc].span, other.item.span.source.language)
    return found if campaign.nodes[pc].span.text.startswith(own) else own


def step_in_words(found: Difference, change: StepChange) -> Text:
    """What has become of a step."""
    old = "" if change.old is None else step_text(found.old, change.old, found.new)
    new = "" if change.new is None else found.new.instructions[change.new].where.text
    if change.what == "added":
        return tr("added `{text}`", text=new)
    if change.what == "removed":
        return tr("removed `{text}`", text=old)
    if change.what == "moved":
        return tr("moved `{text}`", text=new)
    if old == new:
        return tr("changed below `{text}`", text=new)
    if change.moved:
        return tr("`{old}` is now `{new}`, at another place", old=old, new=new)
    return tr("`{old}` is now `{new}`", old=old, new=new)


def effect_in_words(effect: str) -> Text:
    """Whom a change touches."""
    known = {
        "cosmetic": tr("cosmetic"), "forward only": tr("forward only"),
        "in flight": tr("in flight"), "policy": tr("policy"),
    }  # fmt: skip
    return known[effect]


def about_in_words(about: str) -> Text:
    """Which part of policy a change is about."""
    known = {
        "audience": tr("audience"), "consent": tr("consent"), "caps": tr("caps"),
        "goals": tr("goals"), "exits": tr("exits"),
    }  # fmt: skip
    return known[about]


def declared_in_words(kind: str, name: str) -> Text:
    """What is declared, by its kind and name."""
    known = {
        "campaign": tr('campaign "{name}"', name=name),
        "automation": tr('automation "{name}"', name=name),
        "message": tr('message "{name}"', name=name), "policy": tr('policy "{name}"', name=name),
        "segment": tr('segment "{name}"', name=name), "group": tr('group "{name}"', name=name),
        "coupons": tr('coupons "{name}"', name=name), "event": tr('event "{name}"', name=name),
        "calendar": tr('calendar "{name}"', name=name),
    }  # fmt: skip
    return known[kind]


def _side(found: Difference, change: StepChange) -> tuple[Campaign, int]:
    if change.new is not None:
        return found.new, change.new
    assert change.old is not None
    return found.old, change.old
