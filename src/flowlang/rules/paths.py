"""CAMPAIGN → WHAT IS KNOWN at each of its steps, on whatever path a contact came there.

A forward walk over the instructions carries conditions of which it is known whether they hold: what
started the run, which branch was taken, what a step has just changed.  Where paths meet, what all
of them know is left.  Time changes everything but the event that started the run, and where a
`stop when` stands, its condition does not hold: else the run would have ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowlang.program.program import Campaign, Program
from flowlang.rules.atoms import speaks_of_a_round
from flowlang.rules.knowing import (
    NO_FLAGS,
    Fact,
    Topic,
    changed_by,
    learnt_from,
    let_time_pass,
    topics,
)
from flowlang.rules.reasoning import Reasoning
from flowlang.steps.branch import ElseIf, If
from flowlang.steps.campaigns import StartCampaign
from flowlang.steps.goal import Goal
from flowlang.steps.jump import Jump
from flowlang.steps.race import WaitAgain
from flowlang.steps.repeat import Count, LeaveLoop
from flowlang.steps.split import TakeShare
from flowlang.syntax import campaigns, facts
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node, walk

Knowledge = frozenset[Fact]


class Beside:
    """What the campaigns of a workspace do to each other."""

    def __init__(self, program: Program) -> None:
        self.changers: dict[Topic, set[str]] = {}
        """By what is changed: the campaigns that change it."""
        self.started: set[str] = set()
        """Campaigns that a step starts."""
        self._changes: dict[int, frozenset[Topic]] = {}
        for campaign in program.by_name.values():
            for node in campaign.nodes:
                if isinstance(node, StartCampaign):
                    self.started.add(str(node.campaign.value))
                for topic in self.changes(node):
                    self.changers.setdefault(topic, set()).add(campaign.name)

    def changes(self, node: Node) -> frozenset[Topic]:
        """What a step changes at once."""
        found = self._changes.get(id(node))
        if found is None:
            found = self._changes[id(node)] = changed_by(node)
        return found


class Paths:
    """What is known at each instruction of a campaign."""

    def __init__(self, campaign: Campaign, program: Program, beside: Beside) -> None:
        self.campaign = campaign
        self._beside = beside
        self.program = program
        self.reasoning = Reasoning(program.names)
        lines = campaign.item.lines or () if campaign.item else ()
        self.settings = [line for line in lines if isinstance(line, tree.Line)]
        self._facts: dict[tuple[int, bool], Fact] = {}
        self._learnt: dict[int, list[Fact]] = {}
        self._event_changes = any(isinstance(node, WaitAgain) for node in campaign.nodes)
        self.always = self._permanent()
        self._known: dict[int, Knowledge] | None = None

    def at(self, number: int) -> Knowledge | None:
        """What is known when a run comes to an instruction; None where no path leads to it."""
        if self._known is None:
            self._known = self._walked()
        return self._known.get(number)

    def topics(self, condition: ex.Expression) -> frozenset[Topic]:
        """What a condition of this campaign hangs on."""
        return self._fact(condition, holds=True).topics

    def changes(self, node: Node) -> frozenset[Topic]:
        """What a step changes at once."""
        return self._beside.changes(node)

    @property
    def said_by_settings(self) -> Iterator[Topic]:
        """What its settings and goals speak of."""
        for line in self.settings:
            if isinstance(line, campaigns.ConditionSetting):
                yield from self.topics(line.where)
        for at, _ in self.campaign.goals:
            node = self.campaign.nodes[at]
            if isinstance(node, Goal):
                yield from self.topics(node.condition)

    def at_once(self, number: int) -> Iterator[int]:
        """The instructions that a run may come to from behind one, before any time has passed.

        The first that may let time pass is among them, and none behind it; nor is what lies in a
        branch that is not taken, as far as is known.
        """
        known = self.at(number)
        if known is not None:
            yield from self._spread(self._arriving(number, known), stops=self.takes_time)

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
        arriving: dict[int, Knowledge] = {0: self.start()}
        for at, _ in self.campaign.goals:
            if at + 1 < len(self.campaign.instructions):  # behind the last one the run is over
                arriving[at + 1] = self._at_goal(at)
        return self._spread(arriving)

    def _spread(
        self, arriving: dict[int, Knowledge], stops: Callable[[int], bool] = lambda _: False
    ) -> dict[int, Knowledge]:
        """What is known at each instruction that runs come to, from those that they arrive at;
        none goes on behind one that stops.
        """
        known: dict[int, Knowledge] = {}
        while arriving:
            # In the order of the text, so that all that leads to a step is known before it.
            number = min(arriving)
            now = arriving.pop(number)
            before = known.get(number)
            if before is not None:
                now &= before
                if len(now) == len(before):
                    continue
            known[number] = now
            for target, what in self._arriving(number, now).items() if not stops(number) else ():
                arriving[target] = arriving[target] & what if target in arriving else what
        return known

    def _arriving(self, number: int, known: Knowledge) -> dict[int, Knowledge]:
        """The instructions that come next behind one, and what is known at each."""
        found: dict[int, Knowledge] = {}
        for target, what in self._leaving(number, known):
            if 0 <= target < len(self.campaign.instructions):
                found[target] = found[target] & what if target in found else what
        return found

    def _leaving(self, number: int, known: Knowledge) -> list[tuple[int, Knowledge]]:
        """Where a run goes on from an instruction, and what is known then."""
        instruction, node = self.campaign.instructions[number], self.campaign.nodes[number]
        exits = [target for target, _ in instruction.exits(number)]
        if isinstance(node, (If, ElseIf)) and len(exits) == 2:
            both = zip(exits, (True, False), strict=True)
            return [
                (target, known | {self._fact(node.condition, holds)})
                for target, holds in both
                if self.reasoning.possible([(node.condition, holds)])
                and not self.settled(node.condition, known, not holds)
            ]
        if isinstance(node, Goal):
            return [(number + 1, self._behind_goal(node, known))]
        if isinstance(instruction, _JUST_GOES_ON):
            return [(target, known) for target in exits]
        after = self._after(number, node, known)
        return [(target, after) for target in dict.fromkeys(exits)]

    def settled(self, condition: ex.Expression, known: Knowledge, holds: bool) -> bool:
        """Whether what is known says that a condition holds, or that it does not."""
        asked = self._fact(condition, holds).topics
        about = sorted((fact for fact in known if fact.is_about(asked)), key=_place)[:_MOST]
        pairs = [fact.pair for fact in about]
        return bool(pairs) and not self.reasoning.possible([*pairs, (condition, not holds)])

    def _after(self, number: int, node: Node, known: Knowledge) -> Knowledge:
        changes = self._beside.changes(node)
        left = {fact for fact in known if fact.stands(changes)}
        if let_time_pass(node, self.campaign, self.program.names):
            steady = not self._event_changes
            left = {fact for fact in left if steady and fact.lasts}
        if number not in self._learnt:
            self._learnt[number] = list(learnt_from(node))
        left.update(self._learnt[number])
        return frozenset(left) | self.always

    def _behind_goal(self, node: Goal, known: Knowledge) -> Knowledge:
        if node.otherwise is None:
            return known
        met = self._fact(node.condition, holds=True)
        if node.otherwise.value == "stop":
            return known | {met}
        return self.always | {met} if _is_steady(node.condition) else self.always

    def _at_goal(self, at: int) -> Knowledge:
        """What is known of a contact that jumps to a goal."""
        node = self.campaign.nodes[at]
        assert isinstance(node, Goal)
        return self.always | {self._fact(node.condition, holds=True)}

    def _fact(self, condition: ex.Expression, holds: bool) -> Fact:
        """One and the same for each place where a condition is asked."""
        key = (id(condition), holds)
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = Fact(condition, holds)
        return found

    # ------------------------------------------------------------------ starts and stops

    def start(self) -> Knowledge:
        """What is known when a run starts."""
        found = set(NO_FLAGS)
        starts = [line for line in self.settings if isinstance(line, _STARTS)]
        if len(starts) == 1 and self.campaign.name not in self._beside.started:
            line = starts[0]
            if isinstance(line, campaigns.ConditionSetting) and self._is_left_alone(line.where):
                found.add(self._fact(line.where, holds=True))
        return frozenset(found) | self.always

    def _is_left_alone(self, condition: ex.Expression) -> bool:
        """Whether it still holds at the first step: what the same trigger sets off goes first."""
        if not _is_steady(condition) or speaks_of_a_round(condition):
            return False
        name = self.campaign.name
        return all(
            self._beside.changers.get(topic, {name}) <= {name} for topic in topics(condition)
        )

    def _permanent(self) -> Knowledge:
        """The conditions that end a run: while there is one, they do not hold."""
        return frozenset(
            self._fact(line.where, holds=False)
            for line in self.settings
            if isinstance(line, (campaigns.StopWhen, campaigns.RestartWhen))
            and _is_steady(line.where)
            and not any(isinstance(one, ex.Ref) for one in walk(line.where))
        )


_STARTS = (campaigns.StartWhen, campaigns.StartAsSoonAs, campaigns.StartOn, campaigns.StartOnChange)
_MOST = 30
"""Facts that are joined: beyond that nothing is claimed any more than without them."""


def _place(fact: Fact) -> int:
    return fact.condition.span.start


_JUST_GOES_ON = (Jump, Count, LeaveLoop, TakeShare)
"""Instructions that change nothing."""


_STEADY = (
    ex.And, ex.Or, ex.Not, ex.Compare, ex.Between, ex.InList, ex.NotInList, ex.IsSet, ex.IsNotSet,
    facts.Tagged, facts.InGroup, facts.MayGet, facts.MayNotGet, facts.IsBlocked, ex.FieldValue,
    ex.Ref, ex.Text, ex.Number, ex.Percent, ex.Yes, ex.No, ex.Contains, ex.StartsWith, ex.EndsWith,
    ex.Matches,
)  # fmt: skip


def _is_steady(condition: ex.Expression) -> bool:
    """Whether nothing but a change to the contact can change it: then every change is looked at."""
    return all(isinstance(one, _STEADY) for one in walk(condition))
