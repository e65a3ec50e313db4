"""Where the engine of a store stands: its clock, the next firings of schedules, what it is in the
midst of.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flowlang.calendar import local_date, zone
from flowlang.contact import RunKey
from flowlang.days import Schedule
from flowlang.program.program import Automation, Program, ScheduledEvent, ScheduledRun
from flowlang.stores.rows import ArrivalRow

NAME = "engine"
"""Under which name the store keeps it."""

Scheduled = ScheduledEvent | ScheduledRun


@dataclass(slots=True)
class Sweep:
    """Something that all contacts are asked about, in batches: it goes on where it was left."""

    kind: Literal["schedule", "about", "existing", "job", "release"]
    at: datetime
    after: int = 0
    """The number of the last contact that was asked."""
    stamp: str = ""
    """Of a schedule: which scheduled event."""
    zone: str = ""
    arrival: int = 0
    """Of an event about a thing: the arrival's seq."""
    event: str = ""
    data: str = ""
    campaigns: list[str] = field(default_factory=list)
    """Those that look at contacts who are there already."""
    job: str = ""
    """Of a job of an automation: which one."""
    run: RunKey = ("", "")
    """The automation's run that waits for it."""
    tally: dict[str, Any] = field(default_factory=dict)
    """What the job has counted so far, as plain data."""


@dataclass(slots=True)
class Position:
    """Plain data, saved with everything that the engine does."""

    clock: datetime | None = None
    """Up to here all is done."""
    version: int = 0
    """The number of the version that is applied; 0 before the first one."""
    ticks: int = 0
    number: int = 0
    """Of the contact that was made last."""
    zones: list[str] = field(default_factory=list)
    """Those for which schedules are watched."""
    schedules: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """The next firing by scheduled event and zone."""
    looked: list[str] = field(default_factory=list)
    """Campaigns that have looked at those who were there."""
    looks: Sweep | None = None
    """A look that is still to come."""
    sweeps: list[Sweep] = field(default_factory=list)
    """The one under way, and behind it those that wait for their turn at the same moment."""

    # ------------------------------------------------------------------ schedules

    def watch(self, program: Program, found: ZoneInfo, since: datetime) -> None:
        """From now on schedules fire in a zone, too."""
        if found.key in self.zones:
            return
        self.zones.append(found.key)
        for scheduled in program.scheduled:
            self._set(scheduled, found, scheduled.schedule.next_from(since, found))

    def foresee(self, program: Program, arrivals: list[ArrivalRow]) -> None:
        """Schedules fire in the zones of those who are about to come; not for the time before the
        clock, when nobody was there.
        """
        for row in arrivals if program.scheduled else ():
            name = None
            if row.type == "contact":
                name = json.loads(row.data).get("fields", {}).get("timezone")
            elif row.type == "set" and '"timezone"' in row.data:
                name = json.loads(row.data)["value"]
            found = zone(name) if isinstance(name, str) else None
            if found is not None:
                self.watch(program, found, max(row.at, self.clock or row.at) + JUST_AFTER)

    def follow(self, program: Program, now: datetime) -> None:
        """Take the schedules of a program that was changed; those that are new begin now."""
        known, self.schedules = self.schedules, {}
        for scheduled in program.timetable:
            name = stamp(scheduled)
            if name in known:
                self.schedules[name] = known[name]
                continue
            for found in self._zones_of(scheduled):
                self._set(scheduled, found, scheduled.schedule.next_from(now, found))

    def _zones_of(self, scheduled: Scheduled) -> list[ZoneInfo]:
        """An event comes in the zones of all contacts, an automation in its own."""
        if isinstance(scheduled, ScheduledRun):
            return [scheduled.zone]
        return [_known(key) for key in self.zones]

    def next_firing(self, program: Program) -> tuple[datetime, int, str, Scheduled] | None:
        """The next: when, its order in the text, the zone, and what fires."""
        found = [
            (at, scheduled.order, key, scheduled)
            for scheduled in program.timetable
            for key, at in self.schedules.get(stamp(scheduled), {}).items()
        ]
        return min(found, key=lambda one: one[:3], default=None)

    def next_sweep(self, program: Program, now: datetime) -> datetime | None:
        """When a schedule fires next, or a look at all contacts is due; None if that is to come."""
        firing, looks = self.next_firing(program), self.looks
        found = (firing[0] if firing else None, looks.at if looks else None)
        return min((at for at in found if at is not None and at <= now), default=None)

    def next_run(self, program: Program, automation: Automation) -> datetime | None:
        """When an automation runs next by its schedules."""
        found = [
            at
            for one in program.scheduled_runs
            if one.automation is automation
            for at in self.schedules.get(stamp(one), {}).values()
        ]
        return min(found, default=None)

    def fired(self, scheduled: Scheduled, key: str, at: datetime) -> None:
        """On to the firing after this one."""
        found = _known(key)
        self._set(scheduled, found, scheduled.schedule.next_after(at, found))

    def skip_missed(self, program: Program, now: datetime) -> int:
        """Pass over firings whose day is over; gives how many."""
        skipped = 0
        for scheduled in program.timetable:
            for key in list(self.schedules.get(stamp(scheduled), {})):
                found = _known(key)
                today = local_date(now, found)
                at: datetime | None = self.schedules[stamp(scheduled)][key]
                while at is not None and local_date(at, found) < today:
                    at = scheduled.schedule.next_after(at, found)
                    skipped += 1
                self._set(scheduled, found, at)
        return skipped

    def _set(self, scheduled: Scheduled, found: ZoneInfo, at: datetime | None) -> None:
        firings = self.schedules.setdefault(stamp(scheduled), {})
        if at is None:
            firings.pop(found.key, None)
        else:
            firings[found.key] = at

    # ------------------------------------------------------------------ as text

    def write(self) -> str:
        """As JSON text."""
        return json.dumps(
            {
                "clock": _text(self.clock), "version": self.version,
                "ticks": self.ticks, "number": self.number,
                "zones": self.zones, "looked": self.looked,
                "schedules": {
                    name: {key: _text(at) for key, at in firings.items()}
                    for name, firings in self.schedules.items()
                },
                "looks": _sweep(self.looks) if self.looks else None,
                "sweeps": [_sweep(one) for one in self.sweeps],
            },
            ensure_ascii=False,
        )  # fmt: skip

    @classmethod
    def read(cls, text: str | None) -> Position:
        """From what `write` gave; the beginning of all where there is nothing."""
        if text is None:
            return cls()
        data = json.loads(text)
        return cls(
            clock=_moment(data["clock"]),
            version=data.get("version", 0),
            ticks=data["ticks"],
            number=data["number"],
            zones=data["zones"],
            schedules={
                name: {key: datetime.fromisoformat(at) for key, at in firings.items()}
                for name, firings in data["schedules"].items()
            },
            looked=data["looked"],
            looks=_read_sweep(data["looks"]) if data["looks"] else None,
            sweeps=[_read_sweep(one) for one in data["sweeps"]],
        )


JUST_AFTER = timedelta(microseconds=1)
"""What falls due at the moment of an arrival has come before it."""


def stamp(scheduled: Scheduled) -> str:
    """What is scheduled with its whole schedule: one that is changed is another.  Under this name a
    contact keeps the last day it was made for.
    """
    if isinstance(scheduled, ScheduledRun):
        zone_key = scheduled.zone.key
        return f'automation "{scheduled.automation.name}" {_words(scheduled.schedule)} {zone_key}'
    return f"{scheduled.event.name} {_words(scheduled.schedule)}"


def _words(one: Schedule) -> str:
    return f"{one.kind} {sorted(one.weekdays)} {one.day} {one.wall} {one.on}"


def _known(key: str) -> ZoneInfo:
    """A zone by its key; UTC where the machine no longer knows it."""
    return zone(key) or ZoneInfo("UTC")


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _sweep(sweep: Sweep) -> dict[str, Any]:
    return {name: getattr(sweep, name) for name in Sweep.__slots__} | {"at": sweep.at.isoformat()}


def _read_sweep(data: dict[str, Any]) -> Sweep:
    return Sweep(**data | {"at": datetime.fromisoformat(data["at"]), "run": tuple(data["run"])})
