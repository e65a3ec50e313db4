"""`start campaign "X"` and `stop campaign "X"`; an automation does it for a segment."""

from __future__ import annotations

from typing import ClassVar

from flowlang.check import diagnostics as d
from flowlang.effects import Effects, Next
from flowlang.speech import tr
from flowlang.steps.jobs import Task
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("start_campaign")
class StartCampaign(Step):
    """Starts a campaign; asks no start condition, but `runs`, stops and `settle` hold."""

    campaign: Token
    segment: Token | None
    acts_on: ClassVar[str] = "KS"

    def compile(self, code: Code) -> bool:
        _known(code, self.campaign)
        code.starts.append(self.campaign)
        if self.segment is None and code.kind == "S":
            code.report(
                d.OUT_OF_PLACE, self.span, what=tr("an automation starts a campaign for someone"),
                hint=tr('add `for segment "…"`'),
            )  # fmt: skip
        if self.segment is None:
            code.emit(Start(self.campaign.value), self)
            return False
        member = code.expressions.segment(self.segment)
        if code.kind == "K":
            code.report(
                d.OUT_OF_PLACE,
                self.segment.span,
                what=tr("a campaign acts on its own contact only"),
            )
        code.emit(Task("start campaign", member=member, campaign=self.campaign.value), self)
        return False


@node("stop_campaign")
class StopCampaign(Step):
    """Stops the runs of a campaign; one that waits for restart is not touched."""

    campaign: Token

    def compile(self, code: Code) -> bool:
        _known(code, self.campaign)
        code.emit(StopOther(self.campaign.value), self)
        return False


def _known(code: Code, token: Token) -> None:
    if token.value not in code.names.campaigns:
        code.expressions.unknown(d.UNKNOWN_CAMPAIGN, token, code.names.campaigns)


class Start(Instruction):
    """Start a campaign for this contact."""

    __slots__ = ("campaign",)

    def __init__(self, campaign: str) -> None:
        self.campaign = campaign

    def run(self, do: Effects, pc: int) -> Next:
        do.start_campaign(self.campaign)
        return pc + 1


class StopOther(Instruction):
    """Stop this contact's runs of a campaign."""

    __slots__ = ("campaign",)

    def __init__(self, campaign: str) -> None:
        self.campaign = campaign

    def run(self, do: Effects, pc: int) -> Next:
        do.stop_campaign(self.campaign)
        return pc + 1
