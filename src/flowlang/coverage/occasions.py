"""A WAY → WHAT MAY LEAD TO IT: changes to try on drafts that come near it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flowlang.check.names import SYSTEM_EVENTS, Message
from flowlang.coverage.drafts import NOW, Act, Change, Data, Fact, Later, Named
from flowlang.coverage.events import clock_at, event, system_event
from flowlang.coverage.facts import field_is
from flowlang.coverage.moments import moments
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.sends import audience, members, sending
from flowlang.coverage.values import Constants, domain, quoted
from flowlang.coverage.ways import BY_A_STEP, BY_HAND, BY_SCHEDULE, Key
from flowlang.coverage.wishes import wishes
from flowlang.program.program import Automation, Campaign, Program
from flowlang.steps import jobs
from flowlang.steps.branch import ElseIf, If
from flowlang.steps.call import Call as CallStep
from flowlang.steps.goal import MET, Goal
from flowlang.steps.race import ForBranch, Race, UntilBranch
from flowlang.steps.set import Set
from flowlang.steps.split import Split, SplitBest
from flowlang.steps.until import IN_TIME
from flowlang.steps.wait_for import WaitFor
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import campaigns as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax import facts
from flowlang.syntax.moments import After, Before, InCalendar, NextDay, Now, Today
from flowlang.syntax.tree import Node, walk

NAMES = (
    "anna", "ben", "cleo", "dora", "emil", "frida", "gustav", "hanna", "ida", "jonas", "karla",
    "lena", "max", "nora", "otto", "paula", "quinn", "rosa", "selma", "theo", "uwe", "vera",
    "willi", "xenia", "yuki", "zoe", "alma", "bruno", "clara", "david", "ella", "felix", "greta",
    "hugo", "irma", "jakob", "kira", "leon", "mia", "nils",
)  # fmt: skip
"""What a contact may be called: by that a split chooses."""
_LATER = (1, 2, 3, 4, 5, 6, 30, 60, 120, 180, 270)
"""Days by which the clock starts later, where a condition asks for the day."""
_CHANGES = 12
"""Values that a field is changed to, where its change starts something."""
_STARTS = (tree.StartWhen, tree.StartAsSoonAs, tree.StartOn, tree.StartOnChange)
_ENDINGS = (tree.StopWhen, tree.StopOn, tree.RestartWhen, tree.RestartOn)


@dataclass(slots=True)
class Occasions:
    """Knows the statements of a program by campaign and line."""

    program: Program
    _statements: dict[tuple[str, int], Node] = field(default_factory=dict)
    _owners: dict[str, Campaign] = field(default_factory=dict)
    """By campaign: itself, or the automation's whose group send it is."""

    def __post_init__(self) -> None:
        program = self.program
        items = {one.name: one.campaign for one in program.automations if one.campaign is not None}
        for campaign in program.by_name.values():
            owner = items.get(campaign.group_send, campaign)
            self._owners[campaign.name] = owner
            for line in owner.item.lines or () if owner.item else ():
                for node in walk(line):
                    self._statements.setdefault((campaign.name, node.span.line), node)

    def scene(self, campaign: str, base: Scene) -> Scene:
        """The scene within a campaign: what its conditions may speak of."""
        names, owner = self.program.names, self._owners[campaign]
        sends = [names.messages[one] for one in sorted(owner.sends)]
        urls: list[str] = []
        events, replies = dict(base.events), dict(base.replies)
        for node in walk(owner.item) if owner.item else ():
            match node:
                case tree.StartOn(event=ref):
                    events[str(ref.event.value)] = names.fields_of_event(ref.event.value)
                case tree.OnSystem(event=name):
                    events[str(name.value)] = SYSTEM_EVENTS[str(name.value)]
                case WaitFor(event=ref) | ForBranch(event=ref):
                    replies[str(ref.event.value)] = names.fields_of_event(ref.event.value)
                case CallStep(url=url):
                    urls.append(str(url.value))
                case jobs.SendAll(message=message):
                    sends.append(names.messages[str(message.value)])
        return replace(base, events=events, replies=replies, urls=tuple(urls), sends=tuple(sends))

    def leading_to(self, key: Key, scene: Scene) -> Iterator[Wish]:
        """Changes that may let a run take a way, from where it comes near it."""
        for wish in self._leading_to(key, scene):
            yield wish
            copied = tuple(self._at_its_source(one, key.campaign, scene) for one in wish)
            if copied != wish:
                yield copied

    def _at_its_source(self, change: Change, campaign: str, scene: Scene) -> Change:
        """A value of a field that a step takes from the event, as the event's."""
        item = self._owners[campaign].item
        if not isinstance(change, Fact) or item is None:
            return change
        for node in walk(item):
            if isinstance(node, Set) and f"field {node.field.value}" == change.about:
                space, _, name = str(getattr(node.value, "name", "")).partition(".")
                if space in ("event", "reply") and scene.carrier(space, name):
                    value = change.given.partition(" ")[2]
                    return Data(scene.carrier(space, name), name, value)
        return change

    def _leading_to(self, key: Key, scene: Scene) -> Iterator[Wish]:
        owner = self._owners[key.campaign]
        automation = self._automation(owner)
        if key.kind == "start" and automation is not None:
            yield from self._occasion(automation, key.label, scene)
        elif key.kind == "start" and key.at == BY_A_STEP:
            if owner.keys is None and not owner.uses_event:
                yield (Act(NOW, f"start campaign {quoted(owner.name)}"),)
        elif key.kind == "start":
            yield from self._setting(owner, _STARTS, key.at, scene)
        elif key.kind == "ending":
            yield from self._setting(owner, _ENDINGS, key.at, scene)
        else:
            yield from self._step(key, scene)

    def _automation(self, campaign: Campaign) -> Automation | None:
        return next((one for one in self.program.automations if one.campaign is campaign), None)

    # ------------------------------------------------------------------ settings

    def _setting(
        self, campaign: Campaign, rules: tuple[type, ...], number: int, scene: Scene
    ) -> Iterator[Wish]:
        """What makes a start or an ending act: its condition, or its event."""
        lines = campaign.item.lines or () if campaign.item else ()
        line = [one for one in lines if isinstance(one, rules)][number]
        if isinstance(line, tree.ConditionSetting):
            yield from wishes(line.where, True, scene)
        elif isinstance(line, tree.EventSetting):
            yield from event(line.event, line.where, scene)
        elif isinstance(line, tree.StartOnChange):
            names, name = self.program.names, str(line.field.value)
            known = Constants.of([*names.campaigns.values()], names)
            values = domain(names.fields[name], known, scene.now, names)[:_CHANGES]
            yield from ((Act(NOW, field_is(name, value, names).act),) for value in values)

    def _occasion(self, automation: Automation, label: str, scene: Scene) -> Iterator[Wish]:
        """What an automation runs at."""
        if label == BY_HAND:
            yield (_by_hand(automation),)
        elif label == BY_SCHEDULE:
            for schedule in automation.schedules:
                zone = automation.zone or self.program.config.timezone
                clock = clock_at(schedule, scene, zone)
                if clock is not None:
                    at, begins = clock
                    yield (*begins, Act(timedelta(days=1) if begins else at - scene.now))
        else:
            item = automation.campaign.item if automation.campaign else None
            for line in item.lines or () if item else ():
                if isinstance(line, tree.OnSystem) and line.event.value == label:
                    yield from system_event(line, scene)

    # ------------------------------------------------------------------ steps

    def _step(self, key: Key, scene: Scene) -> Iterator[Wish]:
        campaign = self.program.by_name[key.campaign]
        instruction = campaign.instructions[key.at]
        node = self._statements.get((key.campaign, instruction.where.line))
        message = getattr(instruction, "message", None)
        match node:
            case jobs.SendAll() if isinstance(message, Message):
                yield from self._sent_to_many(key, node, message, scene)
            case jobs.SendAll():
                yield from audience(node, scene, codes=key.label != "refused")
            case _ if isinstance(message, Message):
                yield from sending(key.label, message, node, scene)
            case If(condition=condition) | ElseIf(condition=condition):
                yield from self._asked(condition, key, scene)
            case Goal(condition=condition):
                yield from wishes(condition, key.label == MET, scene)
            case WaitUntil():
                if key.label == IN_TIME and not isinstance(node.until, _OF_WAITS):
                    yield from wishes(node.until, True, scene)
                yield from moments(node, scene)
            case WaitFor(event=ref, where=where) if key.label == IN_TIME:
                yield from event(ref, where, scene)
            case Race():
                yield from _race(node, scene)
            case Split() | SplitBest():
                yield from ((Named(name),) for name in NAMES)

    def _sent_to_many(
        self, key: Key, node: jobs.SendAll, message: Message, scene: Scene
    ) -> Iterator[Wish]:
        """What comes of the message of a group send for one of its audience."""
        automation = self._automation(self._owners[key.campaign])
        for member in members(node, scene):
            for wish in sending(key.label, message, node, scene):
                yield (*member, *wish)
                if automation is not None:
                    yield (*member, *wish, _by_hand(automation))

    def _asked(self, condition: ex.Expression, key: Key, scene: Scene) -> Iterator[Wish]:
        """What decides a branch; `missed` speaks of the waits before, whatever they wait for."""
        yield from wishes(condition, key.label == "yes", scene)
        parts = list(walk(condition))
        item = self._owners[key.campaign].item
        if item is not None and any(isinstance(one, facts.Missed) for one in parts):
            for one in walk(item):
                if isinstance(one, WaitUntil):
                    yield from moments(one, scene)
        if any(isinstance(one, (Today, Now, InCalendar)) for one in parts):
            yield from ((Later(timedelta(days=days)),) for days in _LATER)


_OF_WAITS = (Before, After, NextDay, ex.Literal, ex.Sum)
"""What stands behind `wait until` and is no condition."""


def _by_hand(automation: Automation) -> Act:
    """Running an automation."""
    return Act(NOW, f"run automation {quoted(automation.name)}", about=False)


def _race(node: Race, scene: Scene) -> Iterator[Wish]:
    """What each branch waits for: which of them it is, shows in a run."""
    for branch in node.branches or ():
        if isinstance(branch, ForBranch):
            yield from event(branch.event, branch.where, scene)
        elif isinstance(branch, UntilBranch):
            yield from wishes(branch.condition, True, scene)
