"""CAMPAIGN → WHAT IS KNOWN at each of its steps, on whatever path a contact came there.

A forward walk over the instructions carries conditions of which it is known whether they hold: what
started the run, which branch was taken, what a step has just changed.  Where paths meet, what all
of them know is left.  Time changes everything but the event that started the run, and where a
`stop when` stands, its condition does not hold: else the run would have ended.
"""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.program.program import Campaign, Program
from flowlang.rules.knowing import (
    Knowledge,
    Topic,
    changed_by,
    lasts,
    learnt_from,
    let_time_pass,
    stands,
    topics,
)
from flowlang.rules.reasoning import Reasoning
from flowlang.rules.atoms import speaks_of_a_round
from flowlang.source import Span
from flowlang.steps.branch import ElseIf, If
from flowlang.steps.campaigns import StartCampaign
from flowlang.steps.goal import Goal
from flowlang.steps.jump import Jump
from flowlang.steps.race import WaitAgain
from flowlang.steps.repeat import Count, LeaveLoop
from flowlang.steps.split import TakeShare
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node, walk


class Beside:
    """What the campaigns of a workspace do to each other."""

    def __init__(self, program: Program) -> None:
        self.changers: dict[Topic, set[str]] = {}
        """By what is changed: the campaigns that change it."""
        self.started: set[str] = set()
        """Campaigns that a step starts."""
        for campaign in program.by_name.values():
            for node in campaign.nodes:
                if isinstance(node, StartCampaign):
                    self.started.add(str(node.campaign.value))
                for topic in changed_by(node):
                    self.changers.setdefault(topic, set()).add(campaign.name)


class Paths:
    """What is known at each instruction of a campaign."""

    def __init__(self, campaign: Campaign, program: Program, beside: Beside) -> None:
        self.campaign = campaign
        self._beside = beside
        self.program = program
        self.reasoning = Reasoning(program.names)
        lines = campaign.item.lines or () if campaign.item else ()
        self.settings = [line for line in lines if isinstance(line, tree.Line)]
        self._event_changes = any(isinstance(node, WaitAgain) for node in campaign.nodes)
        self.always = self._permanent()
        self._known: dict[int, Knowledge] | None = None

    def at(self, number: int) -> Knowledge | None:
        """What is known when a run comes to an instruction; None where no path leads to it."""
        if self._known is None:
            self._known = self._walked()
        return self._known.get(number)

    def number_of(self, node: Node) -> int | None:
        """The first instruction that a node was made into."""
        for number, one in enumerate(self.campaign.nodes):
            if one is node:
                return number
        return None

    def at_once(self, number: int) -> Iterator[int]:
        """The instructions that a run may come to from behind one, before any time has passed.

        The first that may let time pass is among them, and none behind it.
        """
        campaign = self.campaign
        todo = [target for target, _ in campaign.instructions[number].exits(number)]
        seen: set[int] = set()
        while todo:
            at = todo.pop()
            if at in seen or not 0 <= at < len(campaign.instructions):
                continue
            seen.add(at)
            yield at
            if not self.takes_time(at):
                todo += [target for target, _ in campaign.instructions[at].exits(at)]

    def takes_time(self, number: int) -> bool:
        """Whether a run may stand at an instruction."""
        node = self.campaign.nodes[number]
        if isinstance(self.campaign.instructions[number], _JUST_GOES_ON):
            return False
        if isinstance(node, (If, ElseIf, Goal)):
            return isinstance(node, Goal) and node.otherwise is not None
        return let_time_pass(node, self.campaign, self.program.names)

    # ------------------------------------------------------------------ the walk

    def _walked(self) -> dict[int, Knowledge]:
        known: dict[int, Knowledge] = {}
        todo: list[tuple[int, Knowledge]] = [(0, self.start())]
        todo += [(at + 1, self._at_goal(at)) for at, _ in self.campaign.goals]
        count = len(self.campaign.instructions)
        while todo:
            number, arriving = todo.pop()
            if not 0 <= number < count:
                continue
            before = known.get(number)
            now = arriving if before is None else _met(before, arriving)
            if before is not None and len(now) == len(before):
                continue
            known[number] = now
            todo += self._leaving(number, now)
        return known

    def _leaving(self, number: int, known: Knowledge) -> list[tuple[int, Knowledge]]:
        """Where a run goes on from an instruction, and what is known then."""
        campaign = self.campaign
        instruction, node = campaign.instructions[number], campaign.nodes[number]
        exits = [target for target, _ in instruction.exits(number)]
        if isinstance(node, (If, ElseIf)) and len(exits) == 2:
            yes = _with(known, node.condition, holds=True)
            no = _with(known, node.condition, holds=False)
            return [
                (target, what)
                for target, what in ((exits[0], yes), (exits[1], no))
                if self.reasoning.possible(what.items())
            ]
        if isinstance(node, Goal):
            return [(number + 1, self._behind_goal(node, known))]
        if isinstance(instruction, _JUST_GOES_ON):
            return [(target, known) for target in exits]
        after = self._after(node, known)
        return [(target, after) for target in dict.fromkeys(exits)]

    def _after(self, node: Node, known: Knowledge) -> Knowledge:
        campaign = self.campaign
        changes = changed_by(node)
        left = {one: holds for one, holds in known.items() if stands(one, changes)}
        if let_time_pass(node, campaign, self.program.names):
            left = {one: holds for one, holds in left.items() if lasts(one, self._event_changes)}
        for condition, holds in learnt_from(node):
            left[condition] = holds
        return {**left, **self.always}

    def _behind_goal(self, node: Goal, known: Knowledge) -> Knowledge:
        if node.otherwise is None:
            return known
        met = _with(known, node.condition, holds=True)
        if node.otherwise.value == "stop":
            return met
        return (
            {node.condition: True, **self.always} if _is_steady(node.condition) else self.always
        )

    def _at_goal(self, at: int) -> Knowledge:
        """What is known of a contact that jumps to a goal."""
        node = self.campaign.nodes[at]
        assert isinstance(node, Goal)
        return _with(self.always, node.condition, holds=True)

    # ------------------------------------------------------------------ starts and stops

    def start(self) -> Knowledge:
        """What is known when a run starts."""
        found = {**dict.fromkeys(_no_flags(self.campaign.span), False), **self.always}
        starts = [
            line for line in self.settings
            if isinstance(line, (tree.StartWhen, tree.StartAsSoonAs, tree.StartOn,
                                 tree.StartOnChange))
        ]  # fmt: skip
        if len(starts) == 1 and self.campaign.name not in self._beside.started:
            line = starts[0]
            if isinstance(line, tree.ConditionSetting) and self._is_left_alone(line.where):
                found[line.where] = True
        return found

    def _is_left_alone(self, condition: ex.Expression) -> bool:
        """Whether it still holds at the first step: what the same trigger sets off goes first."""
        if not _is_steady(condition) or speaks_of_a_round(condition):
            return False
        name = self.campaign.name
        return all(self._beside.changers.get(topic, {name}) <= {name} for topic in topics(condition))

    def _permanent(self) -> Knowledge:
        """The conditions that end a run: while there is one, they do not hold."""
        return {
            line.where: False
            for line in self.settings
            if isinstance(line, (tree.StopWhen, tree.RestartWhen))
            and _is_steady(line.where)
            and not any(isinstance(one, ex.Ref) for one in walk(line.where))
        }


_JUST_GOES_ON = (Jump, Count, LeaveLoop, TakeShare)
"""Instructions that change nothing."""


def _no_flags(span: Span) -> list[ex.Expression]:
    """What no step has said yet when a run starts."""
    return [ex.TimedOut(span), ex.Missed(span), ex.WasSent(span), ex.Failed(span)]


_STEADY = (
    ex.And, ex.Or, ex.Not, ex.Compare, ex.Between, ex.InList, ex.NotInList, ex.IsSet, ex.IsNotSet,
    ex.Tagged, ex.InGroup, ex.MayGet, ex.MayNotGet, ex.IsBlocked, ex.FieldValue, ex.Ref, ex.Text,
    ex.Number, ex.Percent, ex.Yes, ex.No, ex.Contains, ex.StartsWith, ex.EndsWith, ex.Matches,
)  # fmt: skip


def _is_steady(condition: ex.Expression) -> bool:
    """Whether nothing but a change to the contact can change it: then every change is looked at."""
    return all(isinstance(one, _STEADY) for one in walk(condition))


def _with(known: Knowledge, condition: ex.Expression, *, holds: bool) -> Knowledge:
    return {**known, condition: holds}


def _met(first: Knowledge, second: Knowledge) -> Knowledge:
    """What two paths both know."""
    return {one: holds for one, holds in first.items() if second.get(one) is holds}
