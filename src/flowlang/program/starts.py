"""Whether each campaign can be started, and by a step that brings what it needs."""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.check.declarations import Reader
from flowlang.program.program import Campaign, Program
from flowlang.speech import tr
from flowlang.steps.campaigns import StartCampaign
from flowlang.steps.step import Code
from flowlang.syntax.tree import Token, walk


def check_starts(program: Program, codes: list[tuple[Campaign, Code]], reader: Reader) -> None:
    """A campaign has a start, or another starts it, which brings no event."""
    started: dict[str, list[Token]] = {}
    for _, code in codes:
        for token in code.starts:
            started.setdefault(token.value, []).append(token)
    for item in program.names.automations.values():
        for node in walk(item):
            if isinstance(node, StartCampaign):
                started.setdefault(node.campaign.value, []).append(node.campaign)
    for campaign, code in codes:
        tokens = started.get(campaign.name, [])
        if not campaign.starts and not tokens and campaign.instructions:
            _nothing_starts(campaign, code, reader)
        why = ""
        if campaign.keys is not None:
            why = tr("its runs are keyed by an event")
        elif campaign.uses_event:
            why = tr("it uses `event`, which such a start does not bring")
        for token in tokens if why else ():
            what = tr(
                '"{campaign}" cannot be started by a step: {why}', campaign=campaign.name, why=why
            )
            code.report(d.CANNOT_START, token.span, what=what)


def _nothing_starts(campaign: Campaign, code: Code, reader: Reader) -> None:
    """Say so, but where a line of the campaign could not be read: that may have been the start."""
    if not reader.broken_below(campaign.item.span if campaign.item else campaign.span):
        code.report(
            d.NO_START, campaign.span, name=campaign.name,
            hint=tr("add `start when …` or `start on …`, or let another campaign start it"),
        )  # fmt: skip
