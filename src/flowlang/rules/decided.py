"""CAMPAIGN → CONDITIONS whose outcome is known before they are asked, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowlang.program.program import Campaign
from flowlang.rules.knowing import Knowledge
from flowlang.rules.paths import Paths
from flowlang.rules.reasoning import Reasoning
from flowlang.rules.rule import Look
from flowlang.rules.wording import shown
from flowlang.source import Span
from flowlang.steps.branch import ElseIf, If, Test
from flowlang.syntax import expressions as ex

_BECAUSE_OF = {
    ex.TimedOut: "only a wait with `at most` can time out",
    ex.Missed: "only a wait until a moment can be missed",
    ex.WasSent: "it speaks of a send before it",
    ex.Failed: "it speaks of a call before it",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """A condition with one outcome."""

    condition: ex.Expression
    text: str
    hint: str
    reasons: tuple[tuple[Span, str], ...]


def decided(campaign: Campaign, look: Look, *, holds: bool) -> Iterator[Decided]:
    """The conditions of branches that always hold where they stand, or never do."""
    paths = look.paths(campaign)
    for number, node in enumerate(campaign.nodes):
        if not isinstance(node, (If, ElseIf)):
            continue
        instruction = campaign.instructions[number]
        if not isinstance(instruction, Test) or instruction.fixed:
            continue
        known = paths.at(number)
        if known and _is_settled(paths, node.condition, known, holds):
            yield _explained(paths.reasoning, node.condition, known, holds)


def _is_settled(paths: Paths, condition: ex.Expression, known: Knowledge, holds: bool) -> bool:
    """Whether what is known decides it, and not the condition by itself."""
    reasoning = paths.reasoning
    asked = reasoning.subjects(condition)
    if not any(reasoning.subjects(one) & asked for one in known):
        return False
    if reasoning.possible([*known.items(), (condition, not holds)]):
        return False
    return reasoning.possible([(condition, not holds)])


def _explained(
    reasoning: Reasoning, condition: ex.Expression, known: Knowledge, holds: bool
) -> Decided:
    enough = [
        (one, so)
        for one, so in known.items()
        if not reasoning.possible([(one, so), (condition, not holds)])
    ]
    hint = next(
        (words for kind, words in _BECAUSE_OF.items() if isinstance(condition, kind)), ""
    )
    reasons = tuple(
        (one.span, f"`{shown(one)}` {'holds' if so else 'does not hold'} by then")
        for one, so in enough[:1]
        if not isinstance(one, ex.Flag)
    )
    return Decided(condition, shown(condition), hint, reasons)
