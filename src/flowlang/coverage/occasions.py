"""A WAY → WHAT MAY LEAD TO IT: changes to try on drafts that come near it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowlang.calendar import instant
from flowlang.check.names import SYSTEM_EVENTS, Audience, Message, Names
from flowlang.coverage.drafts import (
    NOW,
    Act,
    Begins,
    Change,
    Data,
    Fact,
    Happens,
    Later,
    Named,
    RowIs,
    Stock,
)
from flowlang.coverage.facts import PLENTY, field_is, in_group, reachable, unreachable
from flowlang.coverage.rows import over_rows
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.trying import variables
from flowlang.coverage.values import Constants, domain, quoted, written
from flowlang.coverage.ways import BY_A_STEP, BY_HAND, BY_SCHEDULE, Key
from flowlang.coverage.wishes import wishes
from flowlang.kinds import Fields
from flowlang.program.program import Automation, Campaign, Program
from flowlang.steps import jobs
from flowlang.steps.branch import ElseIf, If
from flowlang.steps.call import Call as CallStep
from flowlang.steps.goal import MET, Goal
from flowlang.steps.race import ForBranch, Race, UntilBranch
from flowlang.steps.set import Set
from flowlang.steps.send import HALTED, NOT_SENT, SENT, TEXT_INSTEAD, SendTo
from flowlang.steps.split import Split, SplitBest
from flowlang.steps.wait_for import WaitFor
from flowlang.steps.wait_until import IN_TIME, WaitUntil
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node, Token, walk

NAMES = (
    "anna", "ben", "cleo", "dora", "emil", "frida", "gustav", "hanna", "ida", "jonas", "karla",
    "lena", "max", "nora", "otto", "paula", "quinn", "rosa", "selma", "theo", "uwe", "vera",
    "willi", "xenia", "yuki", "zoe", "alma", "bruno", "clara", "david", "ella", "felix", "greta",
    "hugo", "irma", "jakob", "kira", "leon", "mia", "nils",
)  # fmt: skip
"""What a contact may be called: by that a split chooses."""
_MOMENTS = 60
"""Values of a date that a wait is tried with."""
_LATER = (1, 2, 3, 4, 5, 6, 30, 60, 120, 180, 270)
"""Days by which the clock starts later, where a condition asks for the day."""
_A_WHILE = timedelta(days=10)
LONG = timedelta(days=400)


@dataclass(slots=True)
class Occasions:
    """Knows the statements of a program by campaign and line."""

    program: Program
    _statements: dict[tuple[str, int], list[Node]] = field(default_factory=dict)
    _owners: dict[str, Campaign] = field(default_factory=dict)

    def __post_init__(self) -> None:
        items = {
            one.campaign.name: one.campaign for one in self.program.automations if one.campaign
        }
        for campaign in self.program.by_name.values():
            by = f'automation "{campaign.group_send}"' if campaign.group_send else ""
            owner = self._owners[campaign.name] = items.get(by, campaign)
            for node in walk(owner.item) if owner.item else ():
                self._statements.setdefault((campaign.name, node.span.line), []).append(node)

    @property
    def names(self) -> Names:
        return self.program.names

    # ------------------------------------------------------------------ scenes

    def scene(self, campaign: str, base: Scene) -> Scene:
        """The scene within a campaign: what its conditions may speak of."""
        owner = self._owners[campaign]
        names = self.names
        found = replace(base, sends=tuple(names.messages[one] for one in sorted(owner.sends)))
        for node in walk(owner.item) if owner.item else ():
            match node:
                case tree.StartOn(event=ref):
                    found.events[str(ref.event.value)] = names.fields_of_event(ref.event.value)
                case tree.OnSystem(event=event):
                    found.events[str(event.value)] = SYSTEM_EVENTS[str(event.value)]
                case WaitFor(event=ref) | ForBranch(event=ref):
                    found.replies[str(ref.event.value)] = names.fields_of_event(ref.event.value)
                case CallStep(url=url):
                    found = replace(found, urls=(*found.urls, str(url.value)))
                case jobs.SendAll(message=message) if message.value in names.messages:
                    found = replace(found, sends=(*found.sends, names.messages[message.value]))
        return found

    # ------------------------------------------------------------------ what leads to a way

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
        if key.kind == "start":
            automation = self._automation(owner)
            if automation is not None:
                yield from self._occasion(automation, key.label, scene)
            else:
                yield from self._start(owner, key.at, scene)
        elif key.kind == "ending":
            rules = (tree.StopWhen, tree.StopOn, tree.RestartWhen, tree.RestartOn)
            yield from self._setting(owner, rules, key.at, scene)
        else:
            yield from self._step(key, scene)

    def _automation(self, campaign: Campaign) -> Automation | None:
        return next((one for one in self.program.automations if one.campaign is campaign), None)

    def _setting(
        self, campaign: Campaign, rules: tuple[type, ...], number: int, scene: Scene
    ) -> Iterator[Wish]:
        """What makes a start or an ending act: its condition, or its event."""
        lines = campaign.item.lines or () if campaign.item else ()
        line = [one for one in lines if isinstance(one, rules)][number]
        if isinstance(line, tree.ConditionSetting):
            yield from wishes(line.where, True, scene)
        elif isinstance(line, tree.EventSetting):
            yield from self.event(line.event, line.where, scene)
        elif isinstance(line, tree.StartOnChange):
            name = str(line.field.value)
            for value in self._domain(name, scene):
                yield (Act(NOW, field_is(name, value, self.names).act),)

    def _domain(self, name: str, scene: Scene) -> list[object]:
        known = Constants.of(self._every_condition(), self.names)
        return domain(self.names.fields[name], known, scene.now, self.names)[:12]

    def _every_condition(self) -> list[Node]:
        names = self.names
        found: list[Node] = [*names.campaigns.values(), *names.automations.values()]
        return found

    def _start(self, campaign: Campaign, number: int, scene: Scene) -> Iterator[Wish]:
        if number == BY_A_STEP:
            if campaign.keys is None and not campaign.uses_event:
                yield (Act(NOW, f"start campaign {quoted(campaign.name)}"),)
            return
        rules = (tree.StartWhen, tree.StartAsSoonAs, tree.StartOn, tree.StartOnChange)
        yield from self._setting(campaign, rules, number, scene)

    def event(
        self, ref: ex.EventRef, where: ex.Expression | None, scene: Scene
    ) -> Iterator[Wish]:
        """What makes an event happen that fits a `where`."""
        name = str(ref.event.value)
        event = self.names.events.get(name)
        fields = self.names.fields_of_event(name)
        inner = replace(scene, row=fields)
        for wish in wishes(where, True, inner) if where is not None else [()]:
            data = scene.filled(
                fields if event is not None else {},
                {one.name: one.value for one in wish if isinstance(one, RowIs)},
            )
            others = tuple(one for one in wish if not isinstance(one, RowIs))
            if event is None:
                yield from ((*others, act) for act in self._reaction(ref, data, scene))
            elif event.schedules:
                yield from ((*others, *found) for found in self._scheduled(name, scene))
            elif event.audience is not None:
                for found in self._concerned(event.audience, scene, fields, name):
                    yield (*others, *found)
            else:
                yield (*others, Act(NOW, Happens(name, data)))

    def _reaction(
        self, ref: ex.EventRef, data: tuple[tuple[str, str], ...], scene: Scene
    ) -> Iterator[Act]:
        """A report of delivery about some message."""
        kind = str(ref.event.value)
        if kind == "unsubscribed":
            yield Act(NOW, kind)
            return
        said = dict(data).get("message")
        about = [quoted(str(ref.message.value))] if ref.message else [said] if said else []
        own = [one.name for one in scene.sends] + list(self.names.messages)
        for message in about or [quoted(name) for name in dict.fromkeys(own)]:
            yield Act(NOW, f"{kind} {message}")

    def _scheduled(self, name: str, scene: Scene) -> Iterator[Wish]:
        """The clock a while before a schedule, someone whom it concerns, and time that passes."""
        event = self.names.events[name]
        zone = self.names.config.timezone
        for schedule, _ in event.schedules:
            at = schedule.next_after(scene.now, zone) or schedule.next_after(_long_ago(zone), zone)
            if at is None:
                continue
            then = replace(scene, now=at, row=None)
            begins = () if at - scene.now < LONG and at > scene.now else (Begins(_before(at)),)
            move = Act("tick") if not begins else Act(timedelta(days=1))
            audience = event.audience
            found: Iterator[Wish] = iter([()])
            if audience is not None:
                found = self._concerned(audience, then, {}, "")
            yield from ((*begins, *wish, move) for wish in found)

    def _concerned(
        self, audience: Audience, scene: Scene, fields: Fields, event: str
    ) -> Iterator[Wish]:
        """Someone whom an event concerns that no one sends to a contact; and the event, if any."""
        inner = replace(scene, events={event: fields} if event else {})
        if audience.kind == "contacts":
            found = wishes(audience.where, True, inner) if audience.where is not None else [()]
        else:
            where, span = audience.where, audience.span
            some = ex.AnyRow(span, Token(span, "NAME", audience.records), where)
            found = list(over_rows(some, True, inner, wishes))
        for wish in found:
            data = tuple(
                (one.field, one.value) for one in wish if isinstance(one, Data) and one.value
            )
            others = tuple(one for one in wish if not isinstance(one, Data))
            yield (*others, Act(NOW, Happens(event, data))) if event else others

    # ------------------------------------------------------------------ automations

    def _occasion(self, automation: Automation, label: str, scene: Scene) -> Iterator[Wish]:
        item = automation.campaign.item if automation.campaign else None
        zone = automation.zone or self.names.config.timezone
        if label == BY_HAND:
            yield (self.by_hand(automation),)
        elif label == BY_SCHEDULE:
            for schedule in automation.schedules:
                at = schedule.next_after(_long_ago(zone), zone)
                soon = schedule.next_after(scene.now, zone)
                if soon is not None and soon - scene.now < LONG:
                    yield (Act(soon - scene.now),)
                elif at is not None:
                    yield (Begins(_before(at)), Act(timedelta(days=1)))
        else:
            for line in item.lines or () if item else ():
                if isinstance(line, tree.OnSystem) and line.event.value == label:
                    yield from self._system_event(line, scene)

    def by_hand(self, automation: Automation) -> Act:
        """Running an automation."""
        return Act(NOW, f"run automation {quoted(automation.name)}", about=False)

    def _system_event(self, line: tree.OnSystem, scene: Scene) -> Iterator[Wish]:
        event = str(line.event.value)
        if event == "import finished":
            inner = replace(scene, row=SYSTEM_EVENTS[event])
            for wish in wishes(line.where, True, inner) if line.where is not None else [()]:
                data = {"source": quoted("shop"), "taken": "5", "left_out": "0"}
                data |= {
                    one.name: written(one.value, self.names)
                    for one in wish
                    if isinstance(one, RowIs) and one.name in data and one.value is not None
                }
                said = ", ".join(f"{name} {value}" for name, value in data.items())
                yield (Act(NOW, f"{event} {said}", about=False),)
            return
        # The rest follows from sends: with the right number of codes, or too few of them.
        about = str(line.name.value) if line.name else ""
        lists = [about] if about in self.names.coupons else list(self.names.coupons)
        for name in lists:
            limit = self.names.coupons[name].warn_below
            for amount in dict.fromkeys((limit, 1, 0, PLENTY)):
                yield (Stock(name, amount),)
        yield ()

    # ------------------------------------------------------------------ steps

    def statement(self, key: Key) -> Node | None:
        """The statement of a step."""
        found = self._statements.get((key.campaign, self._line(key)), [])
        return next((one for one in found if one.rule not in _NOT_STEPS), None)

    def _line(self, key: Key) -> int:
        return self.program.by_name[key.campaign].instructions[key.at].where.line

    def _step(self, key: Key, scene: Scene) -> Iterator[Wish]:
        instruction = self.program.by_name[key.campaign].instructions[key.at]
        message = getattr(instruction, "message", None)
        if message is not None:
            yield from self._send(key, scene)
            return
        node = self.statement(key)
        match node:
            case If(condition=condition) | ElseIf(condition=condition):
                yield from wishes(condition, key.label == "yes", scene)
                for one in walk(condition):
                    yield from self._flag(one, key, scene)
                if any(isinstance(one, (ex.Today, ex.Now, ex.InCalendar)) for one in walk(condition)):
                    yield from ((Later(timedelta(days=days)),) for days in _LATER)
            case Goal(condition=condition):
                yield from wishes(condition, key.label == MET, scene)
            case WaitUntil():
                yield from self._wait_until(node, key, scene)
            case WaitFor(event=ref, where=where) if key.label == IN_TIME:
                yield from self.event(ref, where, scene)
            case Race():
                yield from self._race(node, key, scene)
            case Split() | SplitBest():
                yield from ((Named(name),) for name in NAMES)
                yield from ((Named(name), Act("due")) for name in NAMES[:8])
            case jobs.SendAll():
                yield from self._audience(node, scene, key)

    def _send(self, key: Key, scene: Scene) -> Iterator[Wish]:
        campaign = self.program.by_name[key.campaign]
        message = campaign.instructions[key.at].message  # type: ignore[attr-defined] # a send
        ready = list(reachable(message, scene))
        node = self.statement(key)
        if isinstance(node, SendTo):
            read = [one for one in variables(node.address, scene) if scene.kind(*one).name in ("email", "text", "any")]
            found = tuple(self._moved(space, name, "someone@example.com", scene) for space, name in read)
            ready = [(*wish, *found) for wish in ready]
            if key.label == NOT_SENT:
                yield tuple(self._moved(space, name, None, scene) for space, name in read)
        if campaign.group_send:
            node = self.statement(key)
            assert isinstance(node, jobs.SendAll)
            automation = self._automation(self._owners[key.campaign])
            assert automation is not None
            for member in self._members(node, scene):
                for wish in self._sending(key.label, ready, message):
                    yield (*member, *wish)
                    yield (*member, *wish, self.by_hand(automation))
            return
        yield from self._sending(key.label, ready, message)

    def _sending(self, label: str, ready: list[Wish], message: Message) -> Iterator[Wish]:
        empty = tuple(Stock(name, 0) for name in sorted(message.lists))
        if label == SENT:
            yield from reversed(ready)
        elif label == NOT_SENT:
            yield from unreachable(message)
            yield empty
        else:
            assert label in (TEXT_INSTEAD, HALTED)
            yield empty
            yield (*ready[0], *empty)
            for template in message.ready.values():
                for head, name in template.needs or ():
                    if head == "contact":
                        yield (Fact(f"field {name}", "", f"clear {name}"),)

    def _members(self, node: jobs.SendAll, scene: Scene) -> Iterator[Wish]:
        """Someone who belongs to the audience."""
        match node.recipients:
            case jobs.ToGroup(name=group):
                yield (in_group(str(group.value), so=True),)
            case jobs.ToSegment(name=segment):
                where = self.names.segments[str(segment.value)].where
                yield from wishes(where, True, replace(scene, row=None)) if where else [()]
            case _:
                yield ()

    def _audience(self, node: jobs.SendAll, scene: Scene, key: Key) -> Iterator[Wish]:
        message = self.names.messages[str(node.message.value)]
        amount = 0 if key.label == "refused" else PLENTY
        stock = tuple(Stock(name, amount) for name in sorted(message.lists))
        for member in self._members(node, scene):
            for ready in reachable(message, scene):
                yield (*member, *ready, *stock)

    def _flag(self, node: Node, key: Key, scene: Scene) -> Iterator[Wish]:
        """`missed` speaks of the waits before, whatever they wait for."""
        if isinstance(node, ex.Missed):
            campaign = self._owners[key.campaign]
            for one in walk(campaign.item) if campaign.item else ():
                if isinstance(one, WaitUntil):
                    yield from self._moments(one, scene)

    def _wait_until(self, node: WaitUntil, key: Key, scene: Scene) -> Iterator[Wish]:
        if key.label == IN_TIME and not isinstance(
            node.until, (ex.Before, ex.After, ex.NextDay, ex.Literal, ex.Sum)
        ):
            yield from wishes(node.until, True, scene)
        yield from self._moments(node, scene)

    def _moments(self, node: WaitUntil, scene: Scene) -> Iterator[Wish]:
        """The dates that a wait reads, in all positions; and the clock around those it names."""
        yield from ((Begins(at),) for at in self._around_days(node))
        read = list(dict.fromkeys(variables(node.until, scene)))
        known = Constants.of([node], self.names)
        for space, name in read:
            kind = scene.kind(space, name)
            if kind.name in ("date", "datetime"):
                values = domain(kind, known, scene.now, self.names)
                for value in (None, *values[:_MOMENTS]):
                    yield (self._moved(space, name, value, scene),)

    def _around_days(self, node: WaitUntil) -> Iterator[datetime]:
        """Before and after the days that are written in a wait, or in the calendar it names."""
        zone = self.names.config.timezone
        known = Constants.of([node], self.names)
        days = [*known.dates, *(at.astimezone(zone).date() for at in known.moments)]
        if isinstance(node.until, ex.NextDay):
            found = self.names.calendars.get(str(node.until.calendar.value))
            days += [last for _, last in (found.ranges if found else ())][-1:]
        for day in days:
            for distance in (_A_WHILE, -_A_WHILE):
                yield instant(day, time(10), zone) + distance

    def _moved(self, space: str, name: str, value: object, scene: Scene) -> Fact | Data:
        if space == "contact":
            return field_is(name, value, self.names)
        return Data(scene.carrier(space, name), name, written(value, self.names))

    def _race(self, node: Race, key: Key, scene: Scene) -> Iterator[Wish]:
        """What each branch waits for: which of them it is, shows in a run."""
        for branch in node.branches or ():
            if isinstance(branch, ForBranch):
                yield from self.event(branch.event, branch.where, scene)
            elif isinstance(branch, UntilBranch):
                yield from wishes(branch.condition, True, scene)


_NOT_STEPS = ("campaign", "automation")


def _before(at: datetime) -> datetime:
    """A moment on the day before."""
    return at - timedelta(days=1)


def _long_ago(zone: ZoneInfo) -> datetime:
    return datetime(2020, 1, 1, tzinfo=zone)
