"""What a campaign means: the one interpreter behind `test`, `repl`, `simulate` and `run`.

It works on one contact at a time and knows no clock: it is handed a moment and what happens at it.
Everything a contact goes through is an answer to one of three calls: `arrive` (something from outside),
`fire` (the next thing that is due), `resume` (a halted send goes on).

At a change it is decided first, with the contact as it stands then, which runs stop, jump to a goal, go on
from a wait, and start; only then does each go on until it waits or ends.  The changes that they make are
looked at in turn, first in, first out, all before the call returns.  (Language reference: triggers.)
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.check.names import EmptyAction, Message
from flowlang.check.templates import Template
from flowlang.check.view import View
from flowlang.contact import Contact, Entry, Happening, Measure, Run, RunKey, resolve_zone
from flowlang.effects import END, STAY, CallOutcome, Next, SendOutcome
from flowlang.engine.changes import NONE, Change
from flowlang.engine.sending import Sending
from flowlang.engine.world import Experiment, World
from flowlang.kinds import encode
from flowlang.program.program import Campaign, Ending, Program, ScheduledEvent, Start

MAX_STEPS = 100_000
"""Of one run within one instant: nothing can spin for ever."""
MAX_CHANGES = 100_000
"""That follow from one arrival."""
CALL_RETRIES = (600, 1800, 3600)
"""Seconds after the first try of a call at which it is tried again."""


class Interpreter:
    """Runs contacts through a program.  Implements `effects.Effects` for the run at hand."""

    contact: Contact
    run: Run
    now: datetime
    zone: ZoneInfo
    view: View
    campaign: Campaign
    _home: ZoneInfo
    """The contact's own zone."""

    def __init__(self, program: Program, world: World) -> None:
        self.program = program
        self.world = world
        self.campaigns = program.campaigns
        self.by_name = program.by_name
        self.default_zone = program.config.timezone
        self.sending = Sending(program, world)
        self.changes: deque[Change] = deque()
        self.ancestry: frozenset[str] = NONE
        self.as_soon = [
            (campaign.name, index, start.condition)
            for campaign in program.campaigns
            for index, start in enumerate(campaign.starts)
            if start.as_soon and start.condition is not None
        ]
        self.measures = any(campaign.measures for campaign in program.campaigns)
        self.experiments = any(campaign.experiments for campaign in program.campaigns)
        self._zones: dict[str, ZoneInfo] = {}

    # ------------------------------------------------------------------ the front doors

    def arrive(self, contact: Contact, now: datetime, change: Callable[[Interpreter], None]) -> None:
        """Something happens to a contact from outside: `change` makes it, through the same effects
        that steps have; then everything that follows from it happens."""
        self._enter(contact, now, NONE)
        change(self)
        self._drain()

    def fire(self, contact: Contact, now: datetime) -> bool:
        """Do the one thing that is due next for a contact, at or before `now`; False if nothing is."""
        found = next_due(contact)
        if found is None or found[0] > now:
            return False
        self.come_due(contact, found[2], now)
        return True

    def come_due(self, contact: Contact, what: RunKey | str, now: datetime) -> None:
        """The moment of a run that waits, or of the end of a tag, has come."""
        if isinstance(what, str):
            self._enter(contact, now, NONE)
            self._end_tag(what)
        else:
            self._enter(contact, now, NONE, contact.runs[what])
            self._wake(contact.runs[what])
        self._drain()

    def scheduled(self, contact: Contact, event: ScheduledEvent, now: datetime) -> None:
        """Make a scheduled event for a contact, where it concerns it."""
        self._enter(contact, now, NONE)
        for data in self._concerned(event, contact):
            self.happen(event.event.name, data)
        self._drain()

    def about(self, contact: Contact, name: str, data: dict[str, Any], now: datetime) -> int:
        """An event about a thing: it goes to the contact where it concerns it.  Gives how often."""
        self._enter(contact, now, NONE)
        event = self.program.names.events[name]
        holds = self.program.concerns[name]
        view = View(contact, now, self.zone, self, event=data)
        made = 0
        audience = event.audience
        rows: list[dict[str, Any]] = [{}]
        if audience is not None and audience.kind != "contacts":
            rows = [row for row in contact.records.get(audience.records, ()) if holds(view, row)]
        elif not holds(view, {}):
            rows = []
        if audience is not None and audience.kind == "with" and rows:
            rows = [{audience.records: rows}]
        for row in rows:
            self.happen(name, {**row, **data})
            made += 1
        self._drain()
        return made

    def resume(self, contact: Contact, key: RunKey, now: datetime) -> None:
        """A halted send goes on: it is checked anew."""
        run = contact.runs.get(key)
        if run is None or run.status != "halted":
            return
        self._enter(contact, now, NONE)
        self.ancestry = frozenset((run.campaign,))
        self._go(run, run.pc)
        self._drain()

    def existing(self, contact: Contact, now: datetime) -> None:
        """Look once at a contact for campaigns that include those who are there."""
        self._enter(contact, now, NONE)
        change = Change("the campaign was applied", now, contact.seq)
        chosen = [campaign for campaign in self.campaigns if campaign.include_existing]
        self._start_all(contact, change, chosen, set())
        self._drain()

    # ------------------------------------------------------------------ one contact, one moment

    def _enter(
        self, contact: Contact, now: datetime, ancestry: frozenset[str], run: Run | None = None
    ) -> None:
        self.contact = contact
        self.now = now
        self._home = self._zone(contact, None)
        self.ancestry = ancestry
        if run is not None:
            self._take(run)
            return
        self.zone = self._home
        self.view = View(contact, now, self.zone, self)
        self.run = _NO_RUN
        self.campaign = _NO_CAMPAIGN

    def _zone(self, contact: Contact, campaign: Campaign | None) -> ZoneInfo:
        if campaign is not None and campaign.zone is not None:
            return campaign.zone
        name = contact.fields.get("timezone")
        if not name:
            return self.default_zone
        found = self._zones.get(name)
        if found is None:
            found = self._zones[name] = resolve_zone(contact, self.default_zone)
        return found

    def _drain(self) -> None:
        changes, contact = self.changes, self.contact
        budget = MAX_CHANGES
        while changes:
            budget -= 1
            if contact.deleted or budget < 0:
                changes.clear()
                break
            change = changes.popleft()
            if change.starts:
                self._start_by_step(contact, change)
            else:
                self._decide(contact, change)

    def _take(self, run: Run) -> Campaign:
        """Make a run the one at hand."""
        if run is self.run:
            view = self.view
            same_event = view.event is run.event or not (view.event or run.event)
            if view.run is run and view.now is self.now and same_event:
                return self.campaign
        campaign = self.by_name[run.campaign]
        self.run = run
        self.campaign = campaign
        self.zone = campaign.zone or self._home
        self.view = View(self.contact, self.now, self.zone, self, run)
        return campaign

    # ------------------------------------------------------------------ deciding

    def _decide(self, contact: Contact, change: Change) -> None:
        """One change against every campaign."""
        if change.event:
            self._count(contact, change)
        ended: set[RunKey] = set()
        going: list[tuple[int, int, Run, Next, int]] = []
        for run in list(contact.runs.values()):
            if not run.under_way:
                continue
            campaign = self._take(run)
            ending = self._ending(campaign, change) if campaign.endings else None
            if ending is not None:
                ended.add((run.campaign, run.key))
                self._end_by(run, ending, change)
                continue
            if campaign.goals:
                target = self._goal(campaign, run)
                if target is not None:
                    going.append((0, campaign.index, run, target, run.began))
                    continue
            if run.status == "waiting":
                target = campaign.instructions[run.pc].look(self, run.pc, change)
                if target is not None:
                    going.append((1, campaign.index, run, target, run.began))
        starts = self._starts(contact, change, self.campaigns, ended)
        if len(going) > 1:
            going.sort(key=lambda one: one[:2])
        ancestry = change.ancestry
        for _, _, run, target, began in going:
            if run.under_way and run.began == began:
                self.ancestry = ancestry | {run.campaign}
                self._go(run, target)
        for run in starts:
            if run.status == "running":
                self.ancestry = ancestry | {run.campaign}
                self._go(run, 0)

    def _ending(self, campaign: Campaign, change: Change) -> Ending | None:
        """The first stop or restart setting that acts on the run at hand now."""
        for ending in campaign.endings:
            if ending.condition is not None:
                if ending.condition(self.view):
                    return ending
            elif ending.event is not None and change.event and ending.event.fits(change, self.view):
                return ending
        return None

    def _end_by(self, run: Run, ending: Ending, change: Change | None) -> None:
        if ending.restarts:
            self.note("waiting for restart", ending.text)
            self._back(run)
            return
        self._over(run, "stopped", ending.text if change is None else f"{ending.text} ({change.text})")

    def _goal(self, campaign: Campaign, run: Run) -> Next | None:
        """The furthest goal ahead whose condition has come to hold; keeps what holds in mind."""
        target = None
        mask = 0
        for bit, (at, goal) in enumerate(campaign.goals):
            if goal.condition(self.view):
                mask |= 1 << bit
                comes = not run.goals >> bit & 1
                waits_there = at == run.pc and goal.otherwise == "wait" and run.status == "waiting"
                if (comes and at > run.pc) or waits_there:
                    target = (at, goal)
        run.goals = mask
        if target is None:
            return None
        self.note("goal met", target[1].name)
        return target[0] + 1

    # ------------------------------------------------------------------ starting

    def _start_all(
        self, contact: Contact, change: Change, campaigns: list[Campaign], ended: set[RunKey]
    ) -> None:
        for run in self._starts(contact, change, campaigns, ended):
            if run.status == "running":
                self.ancestry = change.ancestry | {run.campaign}
                self._go(run, 0)

    def _starts(
        self, contact: Contact, change: Change, campaigns: list[Campaign], ended: set[RunKey]
    ) -> list[Run]:
        """The runs that a change starts."""
        found: list[Run] = []
        runs = contact.runs
        view = self.view if self.run is _NO_RUN else None
        for campaign in campaigns:
            if not campaign.starts or campaign.name in change.ancestry:
                continue
            if campaign.keys is None and not campaign.again:
                run_key = (campaign.name, "")
                run = runs.get(run_key)
                if run is not None and run.status in _OVER and run_key not in ended:
                    continue
                if run is not None and run.under_way and not campaign.newest_wins and self.world.history is None:
                    continue
            zone = campaign.zone or self._home
            if view is None or view.zone is not zone:
                view = View(contact, self.now, zone, self)
            event = self._matches(campaign, change, view)
            if event is None:
                continue
            started = self._start(contact, campaign, event[0], event[1], change, ended)
            if started is not None:
                found.append(started)
        return found

    def _matches(
        self, campaign: Campaign, change: Change, view: View
    ) -> tuple[dict[str, Any] | None, Start] | None:
        """The first start of a campaign that a change meets, with the event it brings."""
        for index, start in enumerate(campaign.starts):
            if start.condition is not None:
                if start.as_soon and (campaign.name, index) in change.held:
                    continue
                if start.condition(view):
                    return None, start
            elif start.event is not None:
                if change.event:
                    view.event = change.data
                    fits = start.event.fits(change, view)
                    view.event = {}
                    if fits:
                        return change.data, start
            elif start.field in change.fields:
                old, new = change.fields[start.field]
                return {"at": change.at, "old": old, "new": new}, start
        return None

    def _start(
        self,
        contact: Contact,
        campaign: Campaign,
        event: dict[str, Any] | None,
        start: Start | None,
        change: Change,
        ended: set[RunKey],
    ) -> Run | None:
        """Start a run, if what went before allows it; a start that is not allowed is noted."""
        key = ""
        if campaign.keys is not None:
            parts = [encode(part(event or {})) for part in campaign.keys]
            key = json.dumps(parts, ensure_ascii=False, sort_keys=True)
        name = (campaign.name, key)
        run = contact.runs.get(name)
        if name in ended and not campaign.newest_wins:
            return None
        if run is not None and not self._may_start_again(campaign, run, change, name in ended):
            return None
        if self._stopped_before(contact, campaign, event):
            return None
        return self._begin(contact, campaign, name, run, event, start, change)

    def _may_start_again(
        self, campaign: Campaign, run: Run, change: Change, just_ended: bool
    ) -> bool:
        if run.status == "waiting for restart":
            earliest = calendar.add(run.since, campaign.settle, self._zone(self.contact, campaign))
            if self.now < earliest:
                self._note_for(campaign, run, "too early", f"{change.text}, {campaign.settle.words()} must pass after the restart")
                return False
        elif run.under_way:
            if not campaign.newest_wins:
                self._note_for(campaign, run, "start ignored", f"{change.text}: a run is under way")
                return False
        elif not campaign.again and not (just_ended and campaign.newest_wins):
            return False
        if campaign.at_most_once is not None:
            zone = self._zone(self.contact, campaign)
            if self.now < calendar.add(run.started, campaign.at_most_once, zone):
                words = campaign.at_most_once.words()
                self._note_for(campaign, run, "start ignored", f"{change.text}: at most once per {words}")
                return False
        return True

    def _stopped_before(
        self, contact: Contact, campaign: Campaign, event: dict[str, Any] | None
    ) -> bool:
        """While a `stop when` or `restart when` holds, nothing starts."""
        if not campaign.endings:
            return False
        view = View(contact, self.now, self._zone(contact, campaign), self, event=event)
        return any(
            ending.condition is not None and ending.condition(view) for ending in campaign.endings
        )

    def _begin(
        self,
        contact: Contact,
        campaign: Campaign,
        name: RunKey,
        run: Run | None,
        event: dict[str, Any] | None,
        start: Start | None,
        change: Change,
    ) -> Run:
        """The next round begins."""
        counted = run is None or run.status != "waiting for restart"
        if run is None:
            run = contact.runs[name] = Run(name[0], name[1], "")
        else:
            if run.under_way:
                self._take(run)
                self._over(run, "stopped", f"{change.text}: newest wins")
            run.round += 1
            run.number += counted
        if counted:
            self.world.started[campaign.name] += 1
        run.status = "running"
        run.pc = 0
        run.due = None
        run.wait = {}
        run.since = run.started = self.now
        run.began = self.world.tick()
        run.start_seq = change.seq
        run.event = event
        run.reply = run.answer = None
        run.reply_event = ""
        run.timed_out = run.missed = run.sent = run.failed = False
        run.counters = {}
        run.goals = 0
        self._take(run)
        for bit, (_, goal) in enumerate(campaign.goals):
            if goal.condition(self.view):
                run.goals |= 1 << bit
        if self.world.history is not None:
            why = change.text if start is None or not start.text else f"{change.text}: {start.text}"
            what = "started" if run.round == 1 else f"started round {run.round}"
            self._note_for(campaign, run, what, why)
        return run

    def _start_by_step(self, contact: Contact, change: Change) -> None:
        """`start campaign`: asks no start condition, but all else."""
        campaign = self.by_name.get(change.starts)
        if campaign is None or campaign.name in change.ancestry:
            return
        run = self._start(contact, campaign, None, None, change, set())
        if run is not None:
            self.ancestry = change.ancestry | {campaign.name}
            self._go(run, 0)

    # ------------------------------------------------------------------ walking

    def _wake(self, run: Run) -> None:
        campaign = self.campaign
        self.ancestry = frozenset((run.campaign,))
        run.status = "running"
        run.due = None
        target = campaign.instructions[run.pc].wake(self, run.pc)
        self._after(campaign, run, target)

    def _go(self, run: Run, target: Next) -> None:
        """Let a run go on at a step until it waits or ends."""
        campaign = self._take(run)
        run.status = "running"
        run.due = None
        self._after(campaign, run, target)

    def _after(self, campaign: Campaign, run: Run, target: Next) -> None:
        instructions = campaign.instructions
        last = len(instructions)
        budget = MAX_STEPS
        while True:
            if run.status != "running":
                return
            if target == STAY:
                return
            if target == END:
                self._over(run, "finished")
                return
            if campaign.endings or campaign.goals:
                jump = self._own(campaign, run, target)
                if jump is None:
                    return
                target = jump
            if target >= last:
                self._over(run, "finished")
                return
            run.pc = target
            if run.wait:
                run.wait = {}
            budget -= 1
            if budget < 0:
                self._over(run, "stopped", f"more than {MAX_STEPS:,} steps in one instant")
                return
            before = len(self.changes)
            target = instructions[target].run(self, target)
            if campaign.endings and run.under_way and len(self.changes) > before:
                self._own_events(campaign, run, before)

    def _own(self, campaign: Campaign, run: Run, target: Next) -> Next | None:
        """After each step a run's own stops and goals are looked at: where it goes on, None if it ended."""
        for ending in campaign.endings:
            if ending.condition is not None and ending.condition(self.view):
                self._end_by(run, ending, None)
                return None
        if campaign.goals:
            reached = self._goal_ahead(campaign, run, target)
            if reached is not None:
                return reached
        return target

    def _goal_ahead(self, campaign: Campaign, run: Run, target: Next) -> Next | None:
        """A goal at or behind the next step whose condition has just come to hold."""
        found = None
        mask = 0
        for bit, (at, goal) in enumerate(campaign.goals):
            if goal.condition(self.view):
                mask |= 1 << bit
                if not run.goals >> bit & 1 and at >= target:
                    found = (at, goal)
        run.goals = mask
        if found is None:
            return None
        self.note("goal met", found[1].name)
        return found[0] + 1

    def _own_events(self, campaign: Campaign, run: Run, since: int) -> None:
        """An event that a step made may be what stops its own run."""
        for change in list(self.changes)[since:]:
            if not change.event:
                continue
            for ending in campaign.endings:
                if ending.event is not None and ending.event.fits(change, self.view):
                    self._end_by(run, ending, change)
                    return

    def _over(self, run: Run, status: str, because: str = "") -> None:
        run.status = status  # type: ignore[assignment] # finished or stopped
        run.due = None
        run.wait = {}
        run.since = self.now
        if status == "finished":
            self.world.finished[run.campaign] += 1
        else:
            self.world.stopped[run.campaign] += 1
        self.note(status, because)

    def _back(self, run: Run) -> None:
        run.status = "waiting for restart"
        run.due = None
        run.wait = {}
        run.since = self.now

    # ------------------------------------------------------------------ what steps ask: history

    @property
    def step_id(self) -> str:
        """The step at hand, by its stable name."""
        instructions = self.campaign.instructions
        return instructions[self.run.pc].where.id if self.run.pc < len(instructions) else ""

    def note(self, what: str, because: str = "") -> None:
        record = self.world.history
        if record is None:
            return
        run, campaign = self.run, self.campaign
        step, line = "", 0
        if run.status not in _BEFORE_STEPS and run.pc < len(campaign.instructions) and what not in _OF_RUN:
            where = campaign.instructions[run.pc].where
            step, line = where.text, where.line
        elif campaign is not _NO_CAMPAIGN:
            line = campaign.span.line
        record(Entry(self.now, self.contact.id, campaign.name, run.round, step, line, what, because))

    def _note_for(self, campaign: Campaign, run: Run, what: str, because: str) -> None:
        if self.world.history is not None:
            self.world.history(
                Entry(
                    self.now, self.contact.id, campaign.name, run.round, "", campaign.span.line, what, because
                )
            )

    # ------------------------------------------------------------------ what steps ask: the contact

    def _changed(
        self,
        text: str,
        held: frozenset[tuple[str, int]],
        event: str = "",
        data: dict[str, Any] | None = None,
        fields: dict[str, tuple[Any, Any]] | None = None,
    ) -> None:
        contact = self.contact
        contact.seq += 1
        self.changes.append(
            Change(text, self.now, contact.seq, event, data or {}, fields or {}, self.ancestry, held)
        )

    def _held(self) -> frozenset[tuple[str, int]]:
        """The starts `as soon as` whose condition holds before a change."""
        if not self.as_soon:
            return NONE
        contact = self.contact
        found = []
        for name, index, condition in self.as_soon:
            view = View(contact, self.now, self._zone(contact, self.by_name[name]), self)
            if condition(view):
                found.append((name, index))
        return frozenset(found)

    def tag(self, name: str, until: datetime | None) -> None:
        contact = self.contact
        if name in contact.tags:
            contact.tags[name] = until
            self._tag_timer(name, until)
            self.note("tagged", f"{name} (it had it)")
            return
        held = self._held()
        contact.tags[name] = until
        self._tag_timer(name, until)
        self.note("tagged", name)
        self._changed(f'tag "{name}"', held)

    def _tag_timer(self, name: str, until: datetime | None) -> None:
        if until is not None:
            self.contact.tag_began[name] = self.world.tick()
        elif self.contact.tag_began:
            self.contact.tag_began.pop(name, None)

    def untag(self, name: str) -> None:
        contact = self.contact
        if name not in contact.tags:
            return
        held = self._held()
        del contact.tags[name]
        contact.tag_began.pop(name, None)
        self.note("untagged", name)
        self._changed(f'untag "{name}"', held)

    def _end_tag(self, name: str) -> None:
        self.note("tag ended", name)
        held = self._held()
        del self.contact.tags[name]
        self.contact.tag_began.pop(name, None)
        self._changed(f'the tag "{name}" ended', held)

    def set_field(self, name: str, value: Any) -> None:
        self.set_fields({name: value})

    def set_fields(self, values: dict[str, Any]) -> None:
        """Set fields as one change; those that stay as they are do not count."""
        contact = self.contact
        changed = {
            name: (contact.fields.get(name), value)
            for name, value in values.items()
            if contact.fields.get(name) != value
        }
        if not changed:
            return
        held = self._held()
        for name, (_, value) in changed.items():
            if value is None:
                contact.fields.pop(name, None)
            else:
                contact.fields[name] = value
        if "timezone" in changed:
            self._zone_changed()
        if self.world.history is not None:
            for name, (old, value) in changed.items():
                self.note("set" if value is not None else "cleared", f"{name}: {_shown(old)} → {_shown(value)}")
        verb = "set" if any(value is not None for _, value in changed.values()) else "clear"
        self._changed(f"{verb} {', '.join(changed)}", held, fields=changed)

    def _zone_changed(self) -> None:
        """Waits that begin from now on are in the contact's new zone."""
        name = self.contact.zone_name()
        if name and calendar.zone(name) is None:
            self.note("unknown time zone", f"{name}: {self.default_zone.key} is used")
        self._home = self._zone(self.contact, None)
        self.zone = self._zone(self.contact, self.campaign if self.run is not _NO_RUN else None)
        run = self.run if self.run is not _NO_RUN else None
        self.view = View(self.contact, self.now, self.zone, self, run)

    def join(self, group: str) -> None:
        if group in self.contact.groups:
            return
        held = self._held()
        self.contact.groups.add(group)
        self.note("joined group", group)
        self._changed(f'join group "{group}"', held)

    def leave(self, group: str) -> None:
        if group not in self.contact.groups:
            return
        held = self._held()
        self.contact.groups.discard(group)
        self.note("left group", group)
        self._changed(f'leave group "{group}"', held)

    def revise(
        self,
        *,
        fields: dict[str, Any],
        tags: Iterable[str] = (),
        groups: Iterable[str] = (),
        consent: dict[str, bool] | None = None,
        blocked: bool | None = None,
        records: dict[str, list[dict[str, Any]]] | None = None,
        new: bool = False,
    ) -> bool:
        """A new contact, or a row of an import that changes one: all of it is one trigger.

        Gives whether anything changed; a row that changes nothing is no trigger.
        """
        contact = self.contact
        held = NONE if new else self._held()
        changed = {
            name: (contact.fields.get(name), value)
            for name, value in fields.items()
            if contact.fields.get(name) != value
        }
        for name, (_, value) in changed.items():
            if value is None:
                contact.fields.pop(name, None)
            else:
                contact.fields[name] = value
        more = [tag for tag in tags if tag not in contact.tags]
        contact.tags.update(dict.fromkeys(more))
        joined = [group for group in groups if group not in contact.groups]
        contact.groups.update(joined)
        agreed = {c: yes for c, yes in (consent or {}).items() if contact.consent.get(c) is not yes}
        contact.consent.update(agreed)
        barred = blocked is not None and blocked is not contact.blocked
        if blocked is not None:
            contact.blocked = blocked
        rows = {name: one for name, one in (records or {}).items() if contact.records.get(name) != one}
        contact.records.update(rows)
        self.zone = self._home = self._zone(contact, None)
        if not (new or changed or more or joined or agreed or barred or rows):
            return False
        self.view = View(contact, self.now, self.zone, self)
        self.note("created" if new else "updated", ", ".join([*changed, *more, *joined, *rows]))
        self._changed("new contact" if new else "contact updated", held, fields=changed)
        return True

    def add_record(self, name: str, row: dict[str, Any]) -> None:
        held = self._held()
        rows = self.contact.records.setdefault(name, [])
        rows.append({key: value for key, value in row.items() if value is not None})
        self.note("record added", name)
        self._changed(f"add {name}", held)

    def change_records(
        self, name: str, change: dict[str, Any], holds: Callable[[dict[str, Any]], bool]
    ) -> None:
        held = self._held()
        view, changed = self.view, False
        for row in self.contact.records.get(name, ()):
            if not holds(row):
                continue
            for field, value in change.items():
                if callable(value):
                    view.row = row
                    new = value(view)
                    view.row = None
                else:
                    new = value
                if row.get(field) != new:
                    changed = True
                    row[field] = new
        if changed:
            self.note("records changed", name)
            self._changed(f"set {name}", held)

    def remove_records(self, name: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        rows = self.contact.records.get(name, [])
        kept = [row for row in rows if not holds(row)]
        if len(kept) == len(rows):
            return
        held = self._held()
        self.contact.records[name] = kept
        self.note("records removed", name)
        self._changed(f"remove {name}", held)

    def happen(self, event: str, data: dict[str, Any]) -> None:
        self._happened(event, data, self._held())

    def react(self, kind: str, message: str, link: str | None) -> None:
        """The contact opened or clicked the last copy of a message that it got."""
        held = self._held()
        for sent in reversed(self.contact.messages):
            if sent.message == message:
                getattr(sent, kind).append((self.now, self.contact.seq + 1))
                break
        self._happened(kind, {"message": message, "link": link}, held)

    def bounce(self, address: str | None, message: str | None) -> None:
        """A hard bounce: the address gets nothing more."""
        held = self._held()
        if address:
            self.contact.bounced.add(address.casefold())
        self._happened("bounced", {"message": message}, held)

    def _happened(
        self, event: str, data: dict[str, Any], held: frozenset[tuple[str, int]]
    ) -> None:
        contact = self.contact
        known = {"at": self.now, **{name: value for name, value in data.items() if value is not None}}
        self.note("event", event)
        self._changed(event, held, event, known)
        contact.events.setdefault(event, []).append(Happening(known["at"], known, contact.seq))

    def consent(self, channel: str, granted: bool) -> None:
        if self.contact.consent.get(channel) is granted:
            return
        held = self._held()
        self.contact.consent[channel] = granted
        self.note("consent granted" if granted else "consent withdrawn", f"marketing by {channel}")
        verb = "grant" if granted else "withdraw"
        self._changed(f"{verb} marketing by {channel}", held)

    def block(self, blocked: bool) -> None:
        if self.contact.blocked is blocked:
            return
        held = self._held()
        self.contact.blocked = blocked
        self.note("blocked" if blocked else "unblocked")
        self._changed("block" if blocked else "unblock", held)

    def delete(self) -> None:
        contact = self.contact
        run, campaign = self.run, self.campaign
        for other in contact.runs.values():
            if other.under_way and other is not run:
                self._take(other)
                self._over(other, "stopped", "the contact was deleted")
        self.run, self.campaign = run, campaign
        if run is not _NO_RUN and run.under_way:
            self._over(run, "finished", "the contact was deleted")
        self.note("deleted")
        contact.deleted = True
        contact.tag_began.clear()
        self.world.letters[:] = [one for one in self.world.letters if one.contact != contact.id]
        self.changes.clear()

    # ------------------------------------------------------------------ what steps ask: the run

    def stand(self, due: datetime | None, **wait: Any) -> Next:
        run = self.run
        run.status = "waiting"
        run.due = due
        run.since = self.now
        run.wait = wait
        run.began = self.world.tick()
        if self.world.history is not None:
            until = f"until {calendar.local(due, self.zone):%Y-%m-%d %H:%M}" if due else ""
            self.note("waiting", until)
        return STAY

    def hold(self, due: datetime | None, *, keeps_place: bool = False) -> None:
        """Stand at a send; who has waited longest keeps its place, also one who was halted."""
        run = self.run
        if not run.wait.get("queued") and not keeps_place:
            run.began = self.world.tick()
            run.since = self.now
        run.wait = {"queued": True}
        run.status = "waiting"
        run.due = due

    def halt(self, message: str, because: str) -> None:
        """Stand at a send until a person resumes it."""
        run = self.run
        run.began = self.world.tick()
        run.since = self.now
        run.status = "halted"
        run.due = None
        instruction = self.campaign.instructions[run.pc]
        run.wait = {
            "message": message,
            "when_empty": getattr(instruction, "when_empty", None),
            "elsewhere": hasattr(instruction, "address"),
        }
        waiting = self.world.halted.setdefault(message, [])
        waiting.append((self.contact.id, (run.campaign, run.key), run.began))
        self.note("halted", because)

    def restart(self, tag: str | None) -> Next:
        run = self.run
        if self.world.history is not None:
            words = self.campaign.settle.words()
            self.note("waiting for restart", f"a trigger at the earliest {words} from now starts the next round")
        self._back(run)
        if tag is not None:
            self.tag(tag, None)
        return END if run.status == "running" else STAY

    def start_campaign(self, name: str) -> None:
        self.contact.seq += 1
        self.changes.append(
            Change(
                f'started by the campaign "{self.campaign.name}"' if self.run is not _NO_RUN else "started by hand",
                self.now, self.contact.seq, ancestry=self.ancestry, starts=name,
            )
        )  # fmt: skip

    def stop_campaign(self, name: str) -> None:
        run, campaign, zone, view = self.run, self.campaign, self.zone, self.view
        for other in self.contact.runs.values():
            if other.campaign == name and other.under_way:
                self._take(other)
                why = f'by the campaign "{campaign.name}"' if run is not _NO_RUN else "by hand"
                self._over(other, "stopped", why)
        self.run, self.campaign, self.zone, self.view = run, campaign, zone, view

    def measure(self, index: int) -> None:
        name, match, within = self.campaign.measures[index]
        run, contact = self.run, self.contact
        if run.counters.get(f"measured {index}"):
            return
        until = calendar.add(self.now, within, self.zone)
        measure = Measure(
            name, match.event, index, self.campaign.name, until, contact.seq, run.key, run.label
        )
        contact.measures[:] = [one for one in contact.measures if not one.same_run(measure)]
        contact.measures.append(measure)

    def share(self, step: str, for_good: bool) -> float:
        """A stable number from 0 up to 100."""
        run = self.run
        label = "" if for_good else f"{run.key}#{run.label}"
        text = "\0".join(
            (str(self.program.config.seed), self.contact.id, self.campaign.name, step, label)
        )
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64 * 100

    # ------------------------------------------------------------------ what steps ask: the world

    def codes_left(self, name: str) -> int:
        return self.world.pool(name).left

    def barred(self, contact: Contact, message: Message) -> str | None:
        return self.sending.barred(contact, message)

    def receivable(self, view: View, message: Message) -> bool:
        return self.sending.receivable(view, message)

    def send(self, message: Message, when_empty: EmptyAction | None, text: str) -> SendOutcome:
        return self.sending.send(self, message, when_empty, text)

    def send_to(
        self, message: Message, address: str, when_empty: EmptyAction | None, text: str
    ) -> SendOutcome:
        return self.sending.send_to(self, message, address, when_empty, text)

    def notify(self, who: str, text: Template) -> None:
        said = self.sending.renderer.text(text, self)
        self.world.notice(self.now, who, said)
        self.note("notified", f"{who}: {said}")

    def call(self, url: str, values: dict[str, Any]) -> CallOutcome:
        """Call now; a failed call is tried again at its retries, and then has failed."""
        run, world = self.run, self.world
        tries = int(run.wait.get("tries", 0))
        first = run.wait.get("first", self.now)
        if tries == 0:
            world.called.append((self.now, url, values))
        else:
            values = run.wait["values"]
        outcome, answer = world.answers(url, values, self.contact) if world.answers else ("answered", {})
        if outcome == "answered":
            run.answer = answer
            self.note("called", url)
            return "answered"
        if tries >= len(CALL_RETRIES):
            self.note("call failed", url)
            return "failed"
        due = calendar.add(first, calendar.Duration(seconds=CALL_RETRIES[tries]), self.zone)
        self.note("call failed", f"{url}, tried again {calendar.local(due, self.zone):%H:%M}")
        self.stand(due, tries=tries + 1, first=first, values=values)
        return "pending"

    def experiment(self, step: str, shares: tuple[float, ...], length: Any) -> int | None:
        """The branch of a test: at random while it runs, else the best; None: wait for the winner."""
        experiments, key = self.world.experiments, (self.campaign.name, step)
        found = experiments.get(key)
        if found is None:
            ends = calendar.add(self.now, length, self.zone)
            found = experiments[key] = Experiment(ends, [0] * len(shares), [0] * len(shares))
        if self.now >= found.ends:
            return _winner(found)
        number = self.share(step, for_good=False)
        member = f"{self.contact.id}\0{self.run.key}\0{self.run.label}"
        for branch, bound in enumerate(shares):
            if number < bound:
                found.assigned[branch] += 1
                found.members[member] = branch
                return branch
        self.stand(found.ends)
        return None

    def job(self, what: str, details: dict[str, Any], pc: int) -> Next:
        raise TypeError(f"a campaign cannot {what}: the checker lets none through")

    # ------------------------------------------------------------------ counting events

    def _count(self, contact: Contact, change: Change) -> None:
        """Measures and tests that wait for this event."""
        if self.measures and contact.measures:
            kept = []
            for measure in contact.measures:
                if measure.until <= self.now:
                    continue
                match = self.by_name[measure.campaign].measures[measure.where][1]
                if change.seq > measure.since and match.fits(change, self.view):
                    self._measured(contact, measure)
                else:
                    kept.append(measure)
            contact.measures = kept
        if self.experiments:
            self._count_for_tests(contact, change)

    def _measured(self, contact: Contact, measure: Measure) -> None:
        """Count a run, once."""
        self.world.measured[measure.name] += 1
        run = contact.runs.get((measure.campaign, measure.key))
        if run is not None and run.label == measure.label:
            run.counters[f"measured {measure.where}"] = 1

    def _count_for_tests(self, contact: Contact, change: Change) -> None:
        for campaign in self.campaigns:
            for instruction in campaign.experiments:
                found = self.world.experiments.get((campaign.name, instruction.where.id))
                if found is None or self.now >= found.ends:
                    continue
                for run in contact.runs.values():
                    member = f"{contact.id}\0{run.key}\0{run.label}"
                    branch = found.members.get(member)
                    if run.campaign != campaign.name or branch is None or member in found.counted:
                        continue
                    if instruction.match.fits(change, View(contact, self.now, self.zone, self, run)):
                        found.counted.add(member)
                        found.won[branch] += 1

    def _concerned(self, scheduled: ScheduledEvent, contact: Contact) -> list[dict[str, Any]]:
        """The data of the events that a schedule makes for a contact."""
        audience, holds = scheduled.event.audience, scheduled.where
        if audience is None or holds is None:
            return [{}]
        if audience.kind == "contacts":
            return [{}] if holds(self.view, {}) else []
        rows = [dict(row) for row in contact.records.get(audience.records, ()) if holds(self.view, row)]
        if audience.kind == "with":
            return [{audience.records: rows}] if rows else []
        return rows


_NO_RUN = Run("", "", "", round=0)
_NO_CAMPAIGN = Campaign("", -1, cast(Any, None))
_OVER = ("finished", "stopped")
_BEFORE_STEPS = ("waiting for restart",)
_OF_RUN = frozenset(("started", "finished", "stopped", "too early", "start ignored", "deleted"))


def next_due(contact: Contact) -> tuple[datetime, int, RunKey | str] | None:
    """What is due next for a contact: when, its place in the order, and which run or which tag."""
    best: tuple[datetime, int, RunKey | str] | None = None
    for key, run in contact.runs.items():
        due = run.due
        if due is not None and (best is None or (due, run.began) < best[:2]):
            best = (due, run.began, key)
    if contact.tag_began:
        for tag, began in contact.tag_began.items():
            end = contact.tags[tag]
            if end is not None and (best is None or (end, began) < best[:2]):
                best = (end, began, tag)
    return best


def is_due(contact: Contact, at: datetime, began: int, what: RunKey | str) -> bool:
    """Whether what was to be due at a moment is so still."""
    if isinstance(what, str):
        return contact.tag_began.get(what) == began and contact.tags[what] == at
    run = contact.runs.get(what)
    return run is not None and run.began == began and run.due == at


def _winner(found: Experiment) -> int:
    """The branch with the best rate; the first named on a tie."""
    if found.winner is None:
        rates = [won / assigned if assigned else 0.0 for won, assigned in zip(found.won, found.assigned, strict=True)]
        found.winner = rates.index(max(rates))
    return found.winner


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)
