"""Which runs a change starts, and how a round begins."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import datetime
from hashlib import sha256
from typing import Any

from flowlang import calendar
from flowlang.check.view import View
from flowlang.contact import Contact, Run, RunKey
from flowlang.effects import Next
from flowlang.encoding import encode
from flowlang.engine.at_hand import NO_RUN, OVER
from flowlang.engine.changes import NONE, Change
from flowlang.engine.run_effects import RunEffects
from flowlang.program.program import Campaign, Start

_TOLD = "not restarted"
"""Among the counters of a run: a trigger that did not restart it has been noted."""


class Starting(RunEffects, ABC):
    """Starts runs; letting them go on is the interpreter's."""

    @abstractmethod
    def _go(self, run: Run, target: Next) -> None:
        """Let a run go on at a step until it waits or ends."""

    def _let_begin(self, runs: list[Run], change: Change) -> None:
        """Let the runs that a change started go on, where nothing has ended them meanwhile."""
        for run in runs:
            if run.status == "running":
                self.ancestry = change.ancestry | {run.campaign}
                self._go(run, 0)

    def _starts(
        self, contact: Contact, change: Change, campaigns: list[Campaign], ended: set[RunKey]
    ) -> list[Run]:
        """The runs that a change starts."""
        found: list[Run] = []
        runs = contact.runs
        view = self.view if self.run is NO_RUN else None
        for campaign in campaigns:
            if not campaign.starts or campaign.name in change.ancestry:
                continue
            if campaign.keys is None and not campaign.again:
                run_key = (campaign.name, "")
                run = runs.get(run_key)
                if run is not None and run.status in OVER and run_key not in ended:
                    continue
                if (
                    run is not None
                    and run.under_way
                    and not campaign.newest_wins
                    and self.world.history is None
                ):
                    continue
            zone = campaign.zone or self._home
            if view is None or view.zone is not zone:
                view = View(contact, self.now, zone, self)
            event = self._matches(campaign, change, view)
            if event is None:
                if self.world.history is not None:
                    self._note_no_restart(campaign, runs.get((campaign.name, "")), change)
                continue
            started = self._start(contact, campaign, event[0], event[1], change, ended)
            if started is not None:
                found.append(started)
        return found

    def _note_no_restart(self, campaign: Campaign, run: Run | None, change: Change) -> None:
        """Note, once in a round, a trigger that would have restarted a run had the start held."""
        if run is None or run.status != "waiting for restart" or _TOLD in run.counters:
            return
        if self.now >= self._counts_from(campaign, run):
            run.counters[_TOLD] = 1
            starts = ", ".join(start.text for start in campaign.starts)
            self._note_for(
                campaign, run, "not restarted", f"{change.text}: its start does not hold: {starts}"
            )

    def _counts_from(self, campaign: Campaign, run: Run) -> datetime:
        """From when on a trigger starts the next round of a run that waits for it."""
        return calendar.add(run.since, campaign.settle, self._zone(self.contact, campaign))

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
            key = _key([encode(part(event or {})) for part in campaign.keys])
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
            if self.now < self._counts_from(campaign, run):
                self._note_for(
                    campaign,
                    run,
                    "too early",
                    f"{change.text}, {campaign.settle.words()} must pass after the restart",
                )
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
                self._note_for(
                    campaign, run, "start ignored", f"{change.text}: at most once per {words}"
                )
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
        run.version = ""
        run.status = "running"
        run.pc = 0
        run.due = None
        run.wait = {}
        run.passed = []
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

    def start_automation(
        self,
        system: Contact,
        campaign: Campaign,
        event: dict[str, Any] | None,
        change: Change,
        last_run: datetime | None,
    ) -> None:
        """A run of an automation: the system is its contact."""
        self._enter(system, change.at, NONE)
        key = str(change.seq)
        run = system.runs[campaign.name, key] = Run(campaign.name, key, "")
        run.since = run.started = change.at
        run.start_seq = change.seq
        run.event = event
        run.last_run = last_run
        self._take(run)
        self.note("started", change.text)
        self._go(run, 0)

    def _start_by_step(self, contact: Contact, change: Change) -> None:
        """`start campaign`: asks no start condition, but all else."""
        campaign = self.by_name.get(change.starts)
        if campaign is None or campaign.name in change.ancestry:
            return
        run = self._start(contact, campaign, None, None, change, set())
        if run is not None:
            self.ancestry = change.ancestry | {campaign.name}
            self._go(run, 0)


def _key(parts: list[Any]) -> str:
    """What tells the runs of a campaign apart, short enough for the index of any database."""
    key = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    data = key.encode("utf-8", "surrogatepass")
    return key if len(data) <= _LONGEST_KEY else f"sha256:{sha256(data).hexdigest()}"


_LONGEST_KEY = 1_000
"""Bytes.  PostgreSQL takes 2,704 in a row of an index; a contact's id has 800 at most."""
