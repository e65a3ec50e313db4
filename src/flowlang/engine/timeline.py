"""Everything into the order of time: what falls due, what schedules make, what arrives.

What falls due at an instant comes before what arrives at it; waits come by when they began, then
schedules by file and line.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.calendar import local_date
from flowlang.contact import Contact, RunKey, resolve_zone
from flowlang.days import Schedule
from flowlang.engine import arrivals
from flowlang.engine.arrivals import Refused
from flowlang.engine.automations import SYSTEM, Automations, scheduled_runs
from flowlang.engine.interpreter import Interpreter, is_due, next_due
from flowlang.engine.world import World
from flowlang.program.program import Automation, Program, ScheduledEvent

_A_MOMENT = timedelta(microseconds=1)
_AFTER_EVENTS = 1_000_000
"""Schedules of automations come after those of events."""
MAX_FOLLOWING = 1_000_000
"""Things that one instant may set off in the system."""


class Timeline:
    """Contacts, a world and a clock that only goes forward."""

    def __init__(self, program: Program, world: World) -> None:
        self.program = program
        self.world = world
        self.interpreter = Interpreter(program, world)
        self.contacts: dict[str, Contact] = {}
        world.contacts = self.contacts
        self.now: datetime | None = None
        self._numbers: dict[str, int] = {}
        self._by_number: list[Contact] = []
        self._due: list[tuple[datetime, int, int, RunKey | str]] = []
        self._schedules: list[
            tuple[datetime, int, str, ScheduledEvent | tuple[Automation, Schedule], ZoneInfo]
        ] = []
        self._zones: set[str] = set()
        self._later: deque[tuple[str, str, dict[str, Any]]] = deque()
        self.automations: Automations | None = None
        if program.automations and self.runs_automations:
            self._automate()

    runs_automations = True
    """Automations run on this timeline."""

    def _automate(self) -> None:
        """Let the automations of the program run: the system is one more contact."""
        self.automations = Automations(self)
        self.interpreter.jobs = self.automations.job
        self.interpreter.over = self.automations.over
        self._numbers[SYSTEM] = len(self._by_number)
        self._by_number.append(self.automations.system)

    # ------------------------------------------------------------------ contacts

    @property
    def everyone(self) -> list[Contact]:
        """All contacts that there are or were, in the order in which they came."""
        return self._by_number if self.automations is None else self._by_number[1:]

    def add(self, contact: Contact) -> None:
        """A contact that stands there; this is no trigger."""
        self._numbers[contact.id] = len(self._by_number)
        self._by_number.append(contact)
        self.contacts[contact.id] = contact
        self.settle(contact)

    def begin(self, now: datetime) -> None:
        """The clock starts; campaigns that include existing contacts look at them once."""
        self.now = now
        if self.program.scheduled:
            self._schedule_zone(self.program.config.timezone, now)
            for contact in self.everyone:
                self._schedule_zone(resolve_zone(contact, self.program.config.timezone), now)
        if self.automations is not None:
            for order, (at, automation, schedule) in enumerate(scheduled_runs(self.program, now)):
                zone = automation.zone or self.program.config.timezone
                entry = (at, _AFTER_EVENTS + order, "", (automation, schedule), zone)
                heappush(self._schedules, entry)
        if any(campaign.include_existing for campaign in self.program.campaigns):
            for contact in list(self.everyone):
                self.interpreter.existing(contact, now)
                self.settle(contact)

    def _watch_zone(self, contact: Contact) -> None:
        """A zone that no contact had before: what falls due now has come before what brought it."""
        if self.now is not None:
            zone = resolve_zone(contact, self.program.config.timezone)
            self._schedule_zone(zone, self.now + _A_MOMENT)

    def _schedule_zone(self, zone: ZoneInfo, since: datetime) -> None:
        if zone.key in self._zones:
            return
        self._zones.add(zone.key)
        for scheduled in self.program.scheduled:
            at = scheduled.schedule.next_from(since, zone)
            if at is not None:
                heappush(self._schedules, (at, scheduled.order, zone.key, scheduled, zone))

    def settle(self, contact: Contact) -> None:
        """Note when the next thing is due for a contact; after anything happened to it."""
        if self.program.scheduled:
            self._watch_zone(contact)
        found = next_due(contact)
        if found is not None:
            heappush(self._due, (found[0], found[1], self._numbers[contact.id], found[2]))

    # ------------------------------------------------------------------ time

    def advance(self, until: datetime) -> None:
        """Let all that falls due up to and including a moment happen; then it is that moment."""
        self.run_until(until)
        if self.now is None or until > self.now:
            self.now = until

    def run_until(self, until: datetime) -> None:
        """The same, but the clock stays where the last thing happened."""
        due, schedules = self._due, self._schedules
        interpreter, by_number = self.interpreter, self._by_number
        while True:
            if due and due[0][0] <= until and not (schedules and schedules[0][0] < due[0][0]):
                at, began, number, what = heappop(due)
                contact = by_number[number]
                if contact.deleted or not is_due(contact, at, began, what):
                    continue
                self.now = at
                interpreter.come_due(contact, what, at)
                self.settle(contact)
                if self.automations is not None:
                    self._follow()
            elif schedules and schedules[0][0] <= until:
                self._fire_schedule()
            else:
                break

    def _fire_schedule(self) -> None:
        at, order, key, scheduled, zone = heappop(self._schedules)
        self.now = at
        if isinstance(scheduled, tuple):
            automation, schedule = scheduled
            assert self.automations is not None
            self.automations.fire(automation, at)
            self._follow()
            following = schedule.next_after(at, zone)
            if following is not None:
                heappush(self._schedules, (following, order, key, scheduled, zone))
            return
        day = local_date(at, zone).isoformat()
        default = self.program.config.timezone
        stamp = f"{scheduled.event.name}#{order}"
        for contact in list(self.everyone):
            if contact.deleted or resolve_zone(contact, default).key != key:
                continue
            if contact.scheduled.get(stamp, "") >= day:
                continue
            contact.scheduled[stamp] = day
            self.interpreter.scheduled(contact, scheduled, at)
            self.settle(contact)
        self._follow()
        following = scheduled.schedule.next_after(at, zone)
        if following is not None:
            heappush(self._schedules, (following, order, key, scheduled, zone))

    # ------------------------------------------------------------------ arrivals

    def arrive(self, contact_id: str | None, kind: str, data: dict[str, Any], at: datetime) -> None:
        """Something arrives, after all that falls due until then.  Raises Refused."""
        self.advance(at)
        now = self.now
        assert now is not None
        match kind:
            case "import coupons":
                self.world.pool(data["list"]).add(tuple(data["codes"]))
            case "resume":
                self.resume(data["message"])
            case "contact":
                self._contact(contact_id or "", data, now)
            case "event" if contact_id is None:
                self._about(data, now)
            case _:
                contact = self.contacts.get(contact_id or "")
                if contact is None:
                    raise Refused(f'there is no contact "{contact_id}"')
                if contact.deleted:
                    raise Refused(f'the contact "{contact_id}" was deleted')
                arrivals.apply(self.interpreter, contact, kind, data, now)
                self.settle(contact)
        if self.automations is not None:
            self._follow()
            self.run_until(now)

    # ------------------------------------------------------------------ the system

    def run_automation(self, name: str) -> None:
        """Run an automation by hand.  Raises Refused where a job of it is refused."""
        assert self.now is not None
        assert self.automations is not None
        self.automations.run(name, self.now)
        self._follow()
        self.run_until(self.now)

    def system_event(self, event: str, data: dict[str, Any]) -> None:
        """Something happens to the system: an import is finished."""
        assert self.now is not None
        self.world.system_events.append((event, data))
        self._follow()
        self.run_until(self.now)

    def later(self, contact_id: str, kind: str, data: dict[str, Any]) -> None:
        """Something to happen to a contact when what is under way is done."""
        self._later.append((contact_id, kind, data))

    def _follow(self) -> None:
        """Do what automations asked for and what system events set off, until nothing follows."""
        if self.automations is None:
            self.world.system_events.clear()
            return
        for _ in range(MAX_FOLLOWING):
            if self._later:
                contact_id, kind, data = self._later.popleft()
                contact = self.contacts[contact_id]
                assert self.now is not None
                if not contact.deleted:
                    arrivals.apply(self.interpreter, contact, kind, data, self.now)
                    self.settle(contact)
            elif self.world.system_events:
                event, data = self.world.system_events.pop(0)
                assert self.now is not None
                self.automations.happened(event, data, self.now)
            else:
                return
        self.world.system_events.clear()
        self._later.clear()

    # ------------------------------------------------------------------ contacts that come

    def _contact(self, contact_id: str, data: dict[str, Any], now: datetime) -> None:
        contact = self.contacts.get(contact_id)
        new = contact is None or contact.deleted
        if contact is None or contact.deleted:
            contact = Contact(contact_id)
            contact.fields["created"] = now
            self.add(contact)

        def revise(do: Interpreter) -> None:
            do.revise(
                fields=data.get("fields", {}),
                tags=data.get("tags", ()),
                groups=data.get("groups", ()),
                consent=data.get("consent"),
                blocked=data.get("blocked"),
                records=data.get("records"),
                new=new,
            )

        self.interpreter.arrive(contact, now, revise)
        self.settle(contact)

    def _about(self, data: dict[str, Any], now: datetime) -> None:
        name = data["name"]
        if name not in self.program.concerns:
            raise Refused(f"the event `{name}` happens to a contact; say to which")
        for contact in list(self.everyone):
            if not contact.deleted:
                self.interpreter.about(contact, name, data["data"], now)
                self.settle(contact)

    def resume(self, name: str) -> None:
        """Let a halted send go on, if there are codes for all who wait.  Raises Refused."""
        world, now = self.world, self.now
        assert now is not None
        waiting = world.waiting(name)
        if not waiting:
            raise Refused(f'"{name}" is not halted: nobody waits for it')
        message = self.program.messages[name]
        missing = self.interpreter.sending.missing_codes(message, waiting)
        if missing:
            raise Refused(
                ", ".join(
                    f'missing {count} {"code" if count == 1 else "codes"} in "{listed}"'
                    for listed, count in missing.items()
                )
            )
        world.go_on(name)
        for contact, run in waiting:
            # Those who have not had their turn still wait: who comes to the send now is behind.
            world.resuming = name
            try:
                self.interpreter.resume(contact, (run.campaign, run.key), now)
            finally:
                world.resuming = None
            self.settle(contact)
