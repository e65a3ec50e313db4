"""CAMPAIGN → HITS: conditions whose outcome is known before they are asked, and why."""

from __future__ import annotations

from flowlang.program.program import Campaign
from flowlang.rules.paths import Knowledge, Paths
from flowlang.rules.reasoning import Reasoning
from flowlang.rules.rule import Hit, Hits, Look
from flowlang.rules.wording import shown
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.branch import ElseIf, If, Test
from flowlang.steps.call import Call
from flowlang.steps.race import Race, WaitAgain
from flowlang.steps.repeat import Repeat
from flowlang.steps.send import Send, SendTo
from flowlang.steps.step import Instruction
from flowlang.steps.wait_for import WaitFor
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import expressions as ex
from flowlang.syntax import facts
from flowlang.syntax.tree import Node

_BECAUSE_OF = {
    facts.TimedOut: tr("only a wait with `at most` can time out"),
    facts.Missed: tr("only a wait until a moment can be missed"),
    facts.WasSent: tr("it speaks of a send before it"),
    facts.Failed: tr("it speaks of a call before it"),
}


def decided(campaign: Campaign, look: Look, *, holds: bool) -> Hits:
    """The conditions of branches that always hold where they stand, or never do."""
    tests = [
        (number, node)
        for number, node in enumerate(campaign.nodes)
        if isinstance(node, (If, ElseIf)) and _asks(campaign.instructions[number])
    ]
    paths = look.paths(campaign)
    if not tests or not _may_be_known(tests, paths):
        return
    for number, node in tests:
        known = paths.at(number)
        if not known or not paths.settled(node.condition, known, holds):
            continue
        # What is settled by itself is found as such.
        if paths.reasoning.possible([(node.condition, not holds)]):
            walk = Walk(campaign.name, number, "yes" if holds else "no")
            yield _explained(paths.reasoning, node.condition, known, walk)


def _asks(instruction: Instruction) -> bool:
    """Whether an instruction asks something that is not written out."""
    return isinstance(instruction, Test) and not instruction.fixed


def _may_be_known(tests: list[tuple[int, If | ElseIf]], paths: Paths) -> bool:
    """Whether a walk over the paths could tell anything about one of these conditions.

    Mostly nothing before it speaks of what it asks, but for a flag of the step right above.
    """
    nodes = paths.campaign.nodes
    conditions = dict(tests)
    loops = any(isinstance(node, (Repeat, WaitAgain)) for node in nodes)
    said = set(paths.said_by_settings)
    if loops:
        said.update(*(paths.changes(node) for node in nodes))
    for number, node in enumerate(nodes):
        found = conditions.get(number)
        if found is None:
            said |= paths.changes(node)
            continue
        asked = paths.topics(found.condition)
        above = nodes[number - 1] if number else None
        if any(head == "flag" for head, _ in asked) and not _sets_a_flag(above):
            return True
        if ("anything", "") in asked or any(one in said for one in asked if one[0] != "flag"):
            return True
        said |= asked
    return False


def _sets_a_flag(node: Node | None) -> bool:
    """Whether what a flag says is open after a step."""
    return isinstance(node, _SETTING_FLAGS) and getattr(node, "at_most", True) is not None


_SETTING_FLAGS = (WaitUntil, WaitFor, Race, Send, SendTo, Call)


def _explained(reasoning: Reasoning, condition: ex.Expression, known: Knowledge, walk: Walk) -> Hit:
    holds = walk.outcome == "yes"
    pairs = sorted((fact.pair for fact in known), key=lambda one: one[0].span.start)
    enough = [pair for pair in pairs if not reasoning.possible([pair, (condition, not holds)])]
    hint = next((words for kind, words in _BECAUSE_OF.items() if isinstance(condition, kind)), "")
    reasons = tuple(
        (
            one.span,
            tr("`{text}` holds by then", text=shown(one))
            if so
            else tr("`{text}` does not hold by then", text=shown(one)),
        )
        for one, so in enough[:1]
        if not isinstance(one, facts.Flag)
    )
    return Hit(condition.span, {"text": shown(condition)}, hint, also=reasons, walk=walk)
