"""Everything into the order of time: what falls due, what schedules make, what arrives.

What falls due at an instant comes before what arrives at it: sends that have waited, then waits,
both by when they began, then schedules by file and line.  What concerns all contacts (a sweep) is
done at its instant, before anything else happens.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from heapq import heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.contact import Contact, RunKey, resolve_zone
from flowlang.engine import arrivals, controls, merging, recalling, sweeping
from flowlang.engine.admission import as_text, contact_data
from flowlang.engine.arrivals import Refused
from flowlang.engine.automations import SYSTEM, Automations
from flowlang.engine.controls import Control
from flowlang.engine.files import Files
from flowlang.engine.importing import Imports
from flowlang.engine.interpreter import Interpreter, is_due, next_due
from flowlang.engine.position import JUST_AFTER, Sweep, stamp
from flowlang.engine.processes import Identity
from flowlang.engine.results import Results
from flowlang.engine.schedules import Schedules
from flowlang.engine.world import World
from flowlang.intake.contacts import ContactRow, ContactRows
from flowlang.intake.problem import Problem
from flowlang.program.program import Program, ScheduledRun


class Timeline:
    """Contacts, a world and a clock that only goes forward."""

    def __init__(
        self,
        program: Program,
        world: World,
        files: Files | None = None,
        interpreter: Callable[[Program, World], Interpreter] = Interpreter,
    ) -> None:
        self.program = program
        self.world = world
        self.interpreter = interpreter(program, world)
        self.contacts: dict[str, Contact] = {}
        world.contacts = self.contacts
        self.now: datetime | None = None
        self.system = Contact(SYSTEM)
        self._numbers: dict[str, int] = {SYSTEM: 0}
        self._by_number = [self.system]
        self._due: list[tuple[datetime, int, int, RunKey | str]] = []
        self._schedules = Schedules(program)
        self.sweeps: list[Sweep] = []
        """What is still to be asked of all contacts at this instant, in order."""
        self._imports = Imports(program)
        self.results = Results.of(program, world)
        self.automations: Automations | None = None
        if program.automations or program.earlier:
            self._automate(files or Files())

    def _automate(self, files: Files) -> None:
        """Let the automations of the program run."""
        self.automations = Automations(self, files)
        self.interpreter.jobs = self.automations.job
        self.interpreter.over = self.automations.over

    # ------------------------------------------------------------------ contacts

    @property
    def everyone(self) -> list[Contact]:
        """All contacts that there are or were, in the order in which they came."""
        return self._by_number[1:]

    def take_system(self, system: Contact) -> None:
        """The system as it stood before: it is one more contact, in front of all others."""
        self.system = self._by_number[0] = system
        self.settle(system)

    def add(self, contact: Contact) -> None:
        """A contact that stands there; this is no trigger."""
        self._numbers[contact.id] = len(self._by_number)
        self._by_number.append(contact)
        self.contacts[contact.id] = contact
        self.settle(contact)

    def remember(self, row: ContactRow) -> None:
        """What an import said of a contact: the same row once more starts nobody."""
        if self._imports.wanted:
            self._imports.remember(row.key(), contact_data(row))

    def begin(self, now: datetime, *, looks: bool = True) -> None:
        """The clock starts; campaigns that include existing contacts look at them once."""
        self.move(now)
        if self.program.scheduled:
            self._schedule_zone(self.program.config.timezone, now)
            for contact in self.everyone:
                self._schedule_zone(resolve_zone(contact, self.program.config.timezone), now)
        self._schedules.begin(now)
        looking = [one.name for one in self.program.campaigns if one.include_existing]
        if looks and looking:
            self._sweep(Sweep("existing", now, campaigns=looking))

    def _watch_zone(self, contact: Contact) -> None:
        """A zone that no contact had before: what falls due now has come before what brought it."""
        if self.now is not None:
            zone = resolve_zone(contact, self.program.config.timezone)
            self._schedule_zone(zone, contact.not_before(self.now) + JUST_AFTER)

    def _schedule_zone(self, zone: ZoneInfo, since: datetime) -> None:
        self._schedules.watch(zone, since)

    def settle(self, contact: Contact) -> None:
        """Note when the next thing is due for a contact; after anything happened to it."""
        self._drop_what_is_over()
        if self.program.scheduled:
            self._watch_zone(contact)
        found = next_due(contact)
        if found is not None:
            heappush(self._due, (found[0], found[1], self._numbers[contact.id], found[2]))

    def _drop_what_is_over(self) -> None:
        if self.automations is not None:
            self.automations.drop()

    # ------------------------------------------------------------------ time

    @property
    def stopped(self) -> bool:
        """Nothing more may happen until all contacts were asked, or what has happened is saved."""
        return bool(self.sweeps) or self.world.pause

    def advance(self, until: datetime) -> None:
        """Let all that falls due up to and including a moment happen; then it is that moment."""
        self.run_until(until)
        if not self.stopped and (self.now is None or until > self.now):
            self.move(until)

    def run_until(self, until: datetime) -> None:
        """The same, but the clock stays where the last thing happened."""
        due, schedules, sweeps = self._due, self._schedules.ahead, self.sweeps
        world = self.world
        interpreter, by_number, results = self.interpreter, self._by_number, self.results
        coming = self._imports.coming
        while not (sweeps or world.pause):
            # What has come is applied before the clock moves on.
            end = self.now if coming and self.now is not None else until
            if due and due[0][0] <= end and not (schedules and schedules[0][0] < due[0][0]):
                at, began, number, what = heappop(due)
                contact = by_number[number]
                if contact.deleted or not is_due(contact, at, began, what):
                    continue
                self.now = at
                if results is not None:
                    results.move(at)
                interpreter.come_due(contact, what, at)
                self.settle(contact)
                if self.automations is not None:
                    self.follow()
            elif schedules and schedules[0][0] <= end:
                self._fire_schedule()
            elif coming:
                with suppress(Refused):
                    self._apply(*coming.popleft(), end)
                self.follow()
            else:
                break

    def coming(self) -> datetime | None:
        """When the next thing falls due, or a schedule fires; None where nothing ever does."""
        due = self._due
        while due:
            at, began, number, what = due[0]
            contact = self._by_number[number]
            if not contact.deleted and is_due(contact, at, began, what):
                break
            heappop(due)
        found = [ahead[0][0] for ahead in (due, self._schedules.ahead) if ahead]
        return min(found, default=None)

    def move(self, at: datetime) -> None:
        """The clock moves on."""
        self.now = at
        if self.results is not None:
            self.results.move(at)

    def rest(self) -> None:
        """Nothing more happens for now: what has been sent is told to those who asked for it."""
        if self.results is not None:
            self.results.tell()

    def _fire_schedule(self) -> None:
        one = self._schedules.fire()
        self.move(one.at)
        if isinstance(one.scheduled, ScheduledRun):
            self.fire(one.scheduled)
            self.follow()
        else:
            self._sweep(Sweep("schedule", one.at, stamp=stamp(one.scheduled), zone=one.zone_key))

    # ------------------------------------------------------------------ arrivals

    def arrive(self, contact_id: str | None, kind: str, data: dict[str, Any], at: datetime) -> None:
        """Something arrives, after all that falls due until then.  Raises Refused."""
        self.advance(at)
        assert self.now is not None
        self._apply(contact_id, kind, data, self.now)
        self._let_follow()

    def let(self, contact_id: str, change: Callable[[Interpreter], None]) -> None:
        """Let a change happen to a contact now, like an arrival.  Raises Refused."""
        assert self.now is not None
        contact = self.there(contact_id)
        self.interpreter.arrive(contact, self.now, change)
        self.settle(contact)
        self._let_follow()

    def _let_follow(self) -> None:
        """What has arrived may have started automations: they act at once."""
        if self.automations is not None and self.now is not None:
            self.follow()
            self.run_until(self.now)

    def _apply(
        self, contact_id: str | None, kind: str, data: dict[str, Any], now: datetime
    ) -> None:
        match kind:
            case "import coupons":
                self.world.pool(data["list"]).add(tuple(data["codes"]))
            case "pause" | "resume" | "cancel":
                self.control(Control.of(kind, data))
            case "run automation":
                self.run_automation(data["automation"])
            case "import finished":
                self.import_finished(data)
            case "contact":
                self._contact(contact_id or "", data, now)
            case "event" if contact_id is None:
                self._about(data, now)
            case "merge":
                self._merge(contact_id or "", data["into"], now)
            case recalling.TAKEN_BACK:
                with suppress(Refused):  # who is deleted by now need not be told
                    contact = self.there(contact_id or "")
                    recalling.forget(self.world, contact, data, contact.not_before(now))
            case _:
                contact = self.there(contact_id or "")
                arrivals.apply(self.interpreter, contact, kind, data, now)
                self.settle(contact)

    # ------------------------------------------------------------------ the system

    def fire(self, scheduled: ScheduledRun) -> None:
        """The schedule of an automation has come."""
        assert self.automations is not None
        assert self.now is not None
        self.automations.fire(scheduled.automation, self.now)

    def run_automation(self, name: str) -> None:
        """Run an automation by hand.  Raises Refused where it cannot run, or a send is refused."""
        assert self.now is not None
        if self.automations is None:
            raise Refused(f'there is no automation "{name}"')
        self.automations.run(name, self.now)
        self.follow()
        self.run_until(self.now)
        self.automations.refuse()

    def system_event(self, event: str, data: dict[str, Any]) -> None:
        """Something happens to the system."""
        assert self.now is not None
        self.world.happened(event, data)
        self.follow()
        self.run_until(self.now)

    def import_finished(self, data: dict[str, Any]) -> None:
        """The last row of an import has been applied: its process ends, and who waited goes on."""
        assert self.now is not None
        if data.get("process"):
            identity = Identity(*data["process"])
            process = self.world.processes.made(identity, self.now)
            process.done, left_out = data["taken"], data["left_out"]
            process.skipped.update({"left out": left_out} if left_out else {})
            process.end("finished", self.now, process.because)
        if self.automations is not None:
            self.automations.imported(data, self.now)

    def _sweep(self, sweep: Sweep) -> None:
        """Ask all contacts, now."""
        self.sweeps.append(sweep)
        self.follow()

    def follow(self) -> None:
        """Do all that follows at this instant in the system, until nothing does."""
        self.heed()
        while self.sweeps:
            sweep = self.sweeps[0]
            sweeping.ask(self, sweep, self.everyone if sweeping.asks(sweep) else [])
            sweeping.end(self, sweep)
            self.heed()

    def heed(self) -> None:
        """Let automations start at what has happened to the system."""
        events = self.world.system_events
        while events:
            event, data, by = events.pop(0)
            assert self.now is not None
            assert self.automations is not None
            self.automations.happened(event, data, self.now, by)

    # ------------------------------------------------------------------ contacts that come

    def import_rows(self, found: ContactRows, source: str, process: Identity) -> list[Problem]:
        """Let the contacts of a file arrive at this instant, and then that the import is
        finished; gives why rows were left out after all.
        """
        return self._imports.take(found, source, process, self.everyone)

    def _contact(self, contact_id: str, data: dict[str, Any], now: datetime) -> None:
        contact = self.contacts.get(contact_id)
        if contact is not None and contact.merged_into:
            # Its own row still says what it was: following it would undo the merge bit by bit.
            raise Refused(f'"{contact_id}" was merged into "{contact.merged_into}"')
        new = contact is None or contact.deleted
        if contact is None or contact.deleted:
            contact = Contact(contact_id, clock=contact.clock if contact is not None else None)
            contact.fields["created"] = contact.not_before(now)
            self.add(contact)
        self._imports.remember(contact_id, data)

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

    def there(self, contact_id: str) -> Contact:
        """A contact by its id, also by that of one which was merged into it.  Raises Refused."""
        contact = self.contacts.get(contact_id)
        while contact is not None and contact.merged_into:
            contact = self.contacts.get(contact.merged_into)
        if contact is None:
            raise Refused(f'there is no contact "{contact_id}"')
        if contact.deleted:
            raise Refused(f'the contact "{contact_id}" was deleted')
        return contact

    def _merge(self, gone_id: str, kept_id: str, now: datetime) -> None:
        """Two contacts turn out to be one.  Raises Refused."""
        gone, kept = self._unmerged(gone_id), self._unmerged(kept_id)
        if gone is kept:
            raise Refused(f'"{gone_id}" cannot be merged into itself')
        merging.merge(self.world, kept, gone, now)
        now = kept.not_before(now)
        withdrawn = self.interpreter.sending.recipients.withdrawn
        recalling.recall_withdrawn(self.world, kept, withdrawn, now)
        self.settle(kept)
        self.settle(gone)

    def _unmerged(self, contact_id: str) -> Contact:
        contact = self.contacts.get(contact_id)
        if contact is not None and contact.merged_into:
            raise Refused(f'"{contact_id}" was merged into "{contact.merged_into}"')
        return self.there(contact_id)

    def _about(self, data: dict[str, Any], now: datetime) -> None:
        name = data["name"]
        if name not in self.program.concerns:
            raise Refused(f"the event `{name}` happens to a contact; say to which")
        self._sweep(Sweep("about", now, event=name, data=as_text(data["data"])))

    # ------------------------------------------------------------------ what a person does

    def control(self, control: Control) -> None:
        """Pause a process, let it go on, cancel it.  Raises Refused."""
        assert self.now is not None
        release = controls.apply(control, self.world, self.interpreter.sending, self.now)
        if release is not None:
            self._sweep(Sweep("release", self.now, data=release.write()))
            self.run_until(self.now)
