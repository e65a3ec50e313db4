"""The contact, the run and the moment at hand, and the history that is written of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flowlang.check.names import Message
from flowlang.check.view import View
from flowlang.contact import Contact, Entry, Run, resolve_zone
from flowlang.effects import Next
from flowlang.engine.changes import NONE, Change
from flowlang.engine.sending import Sending
from flowlang.engine.world import World
from flowlang.program.program import Campaign, Program


class AtHand:
    """What an interpreter works on right now."""

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
        self.earlier = program.earlier
        self.default_zone = program.config.timezone
        self.sending = Sending(program, world)
        self.interrupted = world.processes.interrupted
        """What a person has paused or cancelled."""
        self.passing: Run | None = None
        """A run whose sends are passed over until it waits: they are overdue."""
        self.changes: deque[Change] = deque()
        self.ancestry: frozenset[str] = NONE
        self.as_soon = [
            (campaign.name, index, start.condition)
            for campaign in program.campaigns
            for index, start in enumerate(campaign.starts)
            if start.as_soon and start.condition is not None
        ]
        known = (*program.campaigns, *program.earlier.values())
        self.measures = any(campaign.measures for campaign in known)
        self.experiments = any(campaign.experiments for campaign in known)
        self._zones: dict[str, ZoneInfo] = {}
        self.run = NO_RUN
        self.campaign = NO_CAMPAIGN
        self.over: Callable[[Run, datetime, str], None] | None = None
        """Told when a run of an automation or a group send is over, and why it was stopped."""
        self.jobs: Callable[[Any, str, dict[str, Any], Next], Next] | None = None
        """Who does the jobs of automations."""

    def _enter(
        self, contact: Contact, now: datetime, ancestry: frozenset[str], run: Run | None = None
    ) -> None:
        """Have a contact at hand for what comes at a moment: whatever it is, nothing happens to a
        contact before its last one.
        """
        self._look_at(contact, contact.not_before(now), ancestry, run)

    def _look_at(
        self, contact: Contact, now: datetime, ancestry: frozenset[str], run: Run | None
    ) -> None:
        """The same at a moment that it may have behind it: nothing may happen to it then."""
        self.contact = contact
        self.now = now
        self._home = self._zone(contact, None)
        self.ancestry = ancestry
        if run is not None:
            self._take(run)
            return
        self.zone = self._home
        self.view = View(contact, now, self.zone, self)
        self.run = NO_RUN
        self.campaign = NO_CAMPAIGN

    def look_away(self) -> None:
        """Nobody is at hand any more: what was seen of someone knows who has looked."""
        with suppress(AttributeError):
            del self.view

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

    def _take(self, run: Run) -> Campaign:
        """Make a run the one at hand."""
        if run is self.run:
            view = self.view
            same_event = view.event is run.event or not (view.event or run.event)
            if view.run is run and view.now is self.now and same_event:
                return self.campaign
        campaign = self.program.campaign_of(run) if self.earlier else self.by_name[run.campaign]
        self.run = run
        self.campaign = campaign
        self.zone = campaign.zone or self._home
        self.view = View(self.contact, self.now, self.zone, self, run)
        return campaign

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
        if self.over is not None and (not self.contact.id or self.campaign.group_send):
            self.over(run, self.now, because if status == "stopped" else "")

    def _back(self, run: Run) -> None:
        run.status = "waiting for restart"
        run.due = None
        run.wait = {}
        run.since = self.now

    @property
    def step_id(self) -> str:
        """The step at hand, by its stable name."""
        instructions = self.campaign.instructions
        return instructions[self.run.pc].where.id if self.run.pc < len(instructions) else ""

    def note(self, what: str, because: str = "") -> None:
        if self.world.history is None:
            return
        run, campaign = self.run, self.campaign
        step, line = "", 0
        if (
            run.status not in _BEFORE_STEPS
            and run.pc < len(campaign.instructions)
            and what not in _OF_RUN
        ):
            where = campaign.instructions[run.pc].where
            step, line = where.text, where.line
        elif campaign is not NO_CAMPAIGN:
            line = campaign.span.line
        self._record(campaign, run, step, line, what, because)

    def note_why(self, what: str, why: Callable[[View], str]) -> None:
        """The same where the reason is only looked up for a history."""
        if self.world.history is not None:
            self.note(what, why(self.view))

    def _note_for(self, campaign: Campaign, run: Run, what: str, because: str) -> None:
        """The same of another run than the one at hand, at none of its steps."""
        self._record(campaign, run, "", campaign.span.line, what, because)

    def _record(
        self, campaign: Campaign, run: Run, step: str, line: int, what: str, because: str
    ) -> None:
        record = self.world.history
        if record is not None:
            who = self.contact.id
            record(Entry(self.now, who, campaign.name, run.round, step, line, what, because))

    # ------------------------------------------------------------------ what expressions ask

    def codes_left(self, name: str) -> int:
        return self.world.pool(name).left

    def barred(self, contact: Contact, message: Message) -> str | None:
        return self.sending.recipients.barred(contact, message)

    def receivable(self, view: View, message: Message) -> bool:
        return self.sending.recipients.receivable(view, message)


NO_RUN = Run("", "", "", round=0)
NO_CAMPAIGN = Campaign("", -1, cast(Any, None))
OVER = ("finished", "stopped")
_BEFORE_STEPS = ("waiting for restart",)
_OF_RUN = frozenset(("started", "finished", "stopped", "too early", "start ignored", "deleted"))
