"""What schedules make happen, and when next: one queue for all zones in which contacts live."""

from __future__ import annotations

from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flowlang.program.program import Program, ScheduledEvent, ScheduledRun


class Firing(NamedTuple):
    """A schedule that fires, in one zone; those of one moment go by file and line."""

    at: datetime
    order: int
    zone_key: str
    scheduled: ScheduledEvent | ScheduledRun
    zone: ZoneInfo


class Schedules:
    """The next firing of each schedule."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.ahead: list[Firing] = []
        """As a heap: the first one is the next."""
        self._zones: set[str] = set()

    def begin(self, now: datetime) -> None:
        """Automations run from now on; each knows its zone."""
        for scheduled in self.program.scheduled_runs:
            self._next(scheduled, scheduled.zone, scheduled.schedule.next_from(now, scheduled.zone))

    def watch(self, zone: ZoneInfo, since: datetime) -> None:
        """Events happen in a zone, too, once someone lives there."""
        if zone.key not in self._zones:
            self._zones.add(zone.key)
            for scheduled in self.program.scheduled:
                self._next(scheduled, zone, scheduled.schedule.next_from(since, zone))

    def fire(self) -> Firing:
        """The next one; it fires again when its schedule says so."""
        one = heappop(self.ahead)
        following = one.scheduled.schedule.next_after(one.at, one.zone)
        self._next(one.scheduled, one.zone, following)
        return one

    def _next(
        self, scheduled: ScheduledEvent | ScheduledRun, zone: ZoneInfo, at: datetime | None
    ) -> None:
        if at is not None:
            heappush(self.ahead, Firing(at, scheduled.order, zone.key, scheduled, zone))
