"""Where days and amounts stand in a picture, and which of them are named at its edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_STEPS = (1, 2, 5)
_DAYS = (1, 2, 7, 14)
"""Days between two names of days; beyond that, months are named."""
_MONTHS = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Days:
    """Days from left to right, each of the same width."""

    first: date
    count: int
    left: float
    width: float
    room: float
    """What the name of a day needs, in the units of the picture."""
    room_of_month: float
    """The same of a month with its year."""

    @property
    def step(self) -> float:
        """How wide a day is."""
        return self.width / self.count

    def x(self, day: int) -> float:
        """Where a day begins."""
        return self.left + day * self.step

    def named(self) -> tuple[list[tuple[int, date]], bool]:
        """The days that are named, by number; and whether it is for their month."""
        for every in _DAYS:
            if self.step * every >= self.room:
                return list(self._every(every)), False
        months = [(at, day) for at, day in self._all() if day.day == 1]
        for every in _MONTHS:
            if self.step * every * 30 >= self.room_of_month:
                return [one for one in months if (one[1].month - 1) % every == 0], True
        return [one for one in months if one[1].month == 1], True

    def _all(self) -> Iterator[tuple[int, date]]:
        return ((at, self.first + timedelta(days=at)) for at in range(self.count))

    def _every(self, every: int) -> Iterator[tuple[int, date]]:
        """Each so-manieth day; of weeks, the Mondays."""
        for at, day in self._all():
            since = day.toordinal() - 1 if every >= 7 else at
            if since % every == 0:
                yield at, day


@dataclass(frozen=True, slots=True)
class Amounts:
    """Whole amounts from nothing upwards, to a round one."""

    top: int
    step: int
    bottom: float
    height: float

    @classmethod
    def of(cls, most: int, bottom: float, height: float, lines: int = 4) -> Amounts:
        """The scale for amounts up to one, with about so many lines."""
        step, power = 1, 1
        while step * lines < max(most, 1):
            place = _STEPS.index(step // power)
            power = power * 10 if place == 2 else power
            step = power * _STEPS[(place + 1) % 3]
        top = max(-(-most // step), 1) * step
        return cls(top, step, bottom, height)

    def y(self, amount: float) -> float:
        return self.bottom - self.height * amount / self.top

    def named(self) -> range:
        """The amounts at which lines stand."""
        return range(0, self.top + 1, self.step)
