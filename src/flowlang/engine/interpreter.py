"""What a campaign means: the one interpreter behind `test`, `repl`, `simulate` and `run`.

It works on one contact at a time and knows no clock: it is handed a moment and what happens at it.
Everything a contact goes through is an answer to one of two calls: `arrive` (something from
outside), `fire` (the next thing that is due).

At a change it is decided first, with the contact as it stands then, which runs stop, jump to a
goal, go on from a wait, and start; only then does each go on until it waits or ends.  The changes
that they make are looked at in turn, first in, first out, all before the call returns.  (Language
reference: triggers.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from flowlang.check.view import View
from flowlang.contact import Contact, Measure, Run, RunKey
from flowlang.effects import END, STAY, Next
from flowlang.engine.changes import NONE, Change
from flowlang.engine.relocating import Relocating
from flowlang.program.program import Campaign, Ending, ScheduledEvent

MAX_STEPS = 100_000
"""Of one run within one instant: nothing can spin for ever."""
MAX_CHANGES = 100_000
"""That follow from one arrival."""


class Interpreter(Relocating):
    """Runs contacts through a program.  Implements `effects.Effects` for the run at hand."""

    # ------------------------------------------------------------------ the front doors

    def arrive(
        self, contact: Contact, now: datetime, change: Callable[[Interpreter], None]
    ) -> None:
        """Something happens to a contact from outside: `change` makes it, through the same effects
        that steps have; then everything that follows from it happens.
        """
        self._enter(contact, now, NONE)
        change(self)
        self._drain()

    def fire(self, contact: Contact, now: datetime) -> bool:
        """Do the one thing that is due next for a contact by now; False if nothing is."""
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
            self.happen(event.event.name, {"at": now, **data})
        self._drain()

    def about(self, contact: Contact, name: str, data: dict[str, Any], now: datetime) -> int:
        """An event about a thing: it goes to the contact where it concerns it.  Gives how often."""
        self._enter(contact, now, NONE)
        event = self.program.names.events[name]
        holds = self.program.concerns[name]
        view = View(contact, self.now, self.zone, self, event=data)
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
            self.happen(name, {"at": now, **row, **data})
            made += 1
        self._drain()
        return made

    def existing(self, contact: Contact, names: Collection[str], now: datetime) -> None:
        """Look once at a contact for campaigns that include those who are there."""
        self._enter(contact, now, NONE)
        change = Change("the campaign was applied", self.now, contact.seq)
        chosen = [campaign for campaign in self.campaigns if campaign.name in names]
        self._let_begin(self._starts(contact, change, chosen, set()), change)
        self._drain()

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
                target = self._goal(campaign, run, run.pc + 1)
                if target is not None:
                    going.append((0, campaign.index, run, target, run.began))
                    continue
            if run.status == "waiting" and not run.held:
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
        self._let_begin(starts, change)

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
            self._note_restart(ending.text)
            self._back(run)
            return
        self._over(
            run, "stopped", ending.text if change is None else f"{ending.text} ({change.text})"
        )

    def _goal(self, campaign: Campaign, run: Run, ahead: Next) -> Next | None:
        """The furthest goal, at the step `ahead` or behind it, whose condition has come to hold, or
        which the run waits at until it holds; keeps what holds in mind.
        """
        found = None
        mask = 0
        for bit, (at, goal) in enumerate(campaign.goals):
            if goal.condition(self.view):
                mask |= 1 << bit
                comes = not run.goals >> bit & 1
                waits_there = at == run.pc and goal.otherwise == "wait" and run.status == "waiting"
                if (comes and at >= ahead) or waits_there:
                    found = (at, goal)
        run.goals = mask
        if found is None:
            return None
        self.note("goal met", found[1].name)
        return found[0] + 1

    # ------------------------------------------------------------------ walking

    def _wake(self, run: Run) -> None:
        campaign = self.campaign
        self.ancestry = frozenset((run.campaign,))
        if run.held:
            self._let_go(campaign, run)
        elif run.status == "halted":
            self._resume(run)
        elif self.interrupted and self._holds_inside(campaign, run):
            self._hold(run, run.pc, inside=True)
        else:
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
            if self.interrupted and self._holds(campaign, run, target):
                self._hold(run, target)
                return
            run.pc = target
            if run.wait:
                run.wait = {}
            budget -= 1
            if budget < 0:
                self._over(run, "stopped", f"more than {MAX_STEPS:,} steps in one instant")
                return
            if run.passed and instructions[target].where.id in run.passed:
                self.note("passed over", "it was done in this round already")
                target += 1
                continue
            before = len(self.changes)
            target = instructions[target].run(self, target)
            if campaign.endings and run.under_way and len(self.changes) > before:
                self._own_events(campaign, run, before)

    def _own(self, campaign: Campaign, run: Run, target: Next) -> Next | None:
        """A run's own stops and goals, after each step: where it goes on, None if it ended."""
        for ending in campaign.endings:
            if ending.condition is not None and ending.condition(self.view):
                self._end_by(run, ending, None)
                return None
        if campaign.goals:
            reached = self._goal(campaign, run, target)
            if reached is not None:
                return reached
        return target

    def _own_events(self, campaign: Campaign, run: Run, since: int) -> None:
        """An event that a step made may be what stops its own run."""
        for change in list(self.changes)[since:]:
            if not change.event:
                continue
            for ending in campaign.endings:
                if ending.event is not None and ending.event.fits(change, self.view):
                    self._end_by(run, ending, change)
                    return

    # ------------------------------------------------------------------ counting events

    def _count(self, contact: Contact, change: Change) -> None:
        """Measures and tests that wait for this event."""
        if self.measures and contact.measures:
            kept = []
            for measure in contact.measures:
                if measure.until <= self.now:
                    continue
                match = self._measuring(contact, measure).measures[measure.where][1]
                if change.seq > measure.since and match.fits(change, self.view):
                    self._measured(contact, measure)
                else:
                    kept.append(measure)
            contact.measures = kept
        if self.experiments:
            self._count_for_tests(contact, change)

    def _measuring(self, contact: Contact, measure: Measure) -> Campaign:
        """The campaign of a measure, in the version of the run that passed it."""
        run = contact.runs.get((measure.campaign, measure.key)) if self.earlier else None
        if run is not None and run.label == measure.label:
            return self.program.campaign_of(run)
        return self.by_name[measure.campaign]

    def _measured(self, contact: Contact, measure: Measure) -> None:
        """Count a run, once."""
        self.world.measured[measure.name] += 1
        run = contact.runs.get((measure.campaign, measure.key))
        if run is not None and run.label == measure.label:
            run.counters[f"measured {measure.where}"] = 1

    def _count_for_tests(self, contact: Contact, change: Change) -> None:
        for campaign in (*self.campaigns, *self.earlier.values()):
            for instruction in campaign.experiments:
                found = self.world.experiments.get((campaign.name, instruction.where.id))
                if found is None or self.now >= found.ends:
                    continue
                for run in contact.runs.values():
                    member = f"{contact.id}\0{run.key}\0{run.label}"
                    branch = found.members.get(member)
                    if run.campaign != campaign.name or branch is None or member in found.counted:
                        continue
                    if instruction.match.fits(
                        change, View(contact, self.now, self.zone, self, run)
                    ):
                        found.counted.add(member)
                        found.won[branch] += 1

    def _concerned(self, scheduled: ScheduledEvent, contact: Contact) -> list[dict[str, Any]]:
        """The data of the events that a schedule makes for a contact."""
        audience, holds = scheduled.event.audience, scheduled.where
        if audience is None or holds is None:
            return [{}]
        if audience.kind == "contacts":
            return [{}] if holds(self.view, {}) else []
        rows = [
            dict(row) for row in contact.records.get(audience.records, ()) if holds(self.view, row)
        ]
        if audience.kind == "with":
            return [{audience.records: rows}] if rows else []
        return rows


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
