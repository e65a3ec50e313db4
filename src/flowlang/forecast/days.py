"""Counts a simulation at the end of each day, in the zone of the workspace."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flowlang.calendar import instant, local_date
from flowlang.engine.simulate import Simulation
from flowlang.engine.timeline import Timeline

_A_DAY = timedelta(days=1)
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Day:
    """What a day has brought, and how things stand at its end."""

    date: date
    sent: dict[str, int]
    """By message, only those that were sent on that day."""
    coupons: dict[str, int]
    """By list: codes left."""
    waiting: int
    """Contacts who wait in some campaign, halted ones included."""
    halted: int
    """Contacts who wait for codes, or for a value, until a person resumes the send."""

    def data(self) -> dict[str, Any]:
        """The day as JSON data."""
        return {
            "date": self.date.isoformat(), "sent": self.sent, "coupons": self.coupons,
            "waiting": self.waiting, "halted": self.halted,
        }  # fmt: skip


class Forecast(Simulation):
    """A simulation that looks at itself whenever a day is over."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.zone = self.program.config.timezone
        self.days: list[Day] = []
        self._before: Counter[str] = Counter()
        self._day = local_date(self.start, self.zone)
        self.midnight = self._end()
        self.timeline = _Daily(self)

    def _end(self) -> datetime:
        """When the day at hand is over."""
        return instant(self._day + _A_DAY, time(0), self.zone)

    def pass_days(self, until: datetime) -> None:
        """Close every day that is over by a moment."""
        while self.midnight <= until:
            self._close()
            self._day += _A_DAY
            self.midnight = self._end()

    def finish(self) -> list[Day]:
        """All days, the last of them closed where the simulation has ended."""
        end = self.until or self.start
        self.pass_days(end)
        if not self.days or self.days[-1].date < local_date(end, self.zone):
            self._close()
        return self.days

    def _close(self) -> None:
        sent = Counter(self.sent())
        new = {name: sent[name] - self._before[name] for name in self.program.messages}
        self._before = sent
        waiting = halted = 0
        for contact in self.timeline.everyone:
            if not contact.deleted:
                found = {run.status for run in contact.runs.values()}
                halted += "halted" in found
                waiting += bool(found & {"waiting", "halted"})
        left = {name: self.world.pool(name).left for name in self.program.names.coupons}
        said = {name: count for name, count in new.items() if count}
        self.days.append(Day(self._day, said, left, waiting, halted))


class _Daily(Timeline):
    """A timeline that stops at the end of each day, and says so."""

    def __init__(self, forecast: Forecast) -> None:
        super().__init__(forecast.program, forecast.world, forecast.files)
        self._forecast = forecast

    def run_until(self, until: datetime) -> None:
        forecast = self._forecast
        while forecast.midnight <= until:
            super().run_until(forecast.midnight - _A_MOMENT)
            following = self.coming()
            if self.sweeps or following is None or following > until:
                break
            forecast.pass_days(following)
        super().run_until(until)

    def move(self, at: datetime) -> None:
        self._forecast.pass_days(at)
        super().move(at)
