"""Days and times of day: sets of days with holidays, send windows, schedules, and the next of each.

What `calendar` reckons with; the rules are those of the language reference: a window has both its
ends, `wait until monday` takes the next one, now included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from flowlang.calendar import instant, last_day, local, local_date, plus_months

_MIDNIGHT = time(0)
_ONE_DAY = timedelta(days=1)
_INSTANT_STEP = timedelta(microseconds=1)
_SEARCH_DAYS = 3653  # ten years, leap days included


# --- sets of days ---------------------------------------------------------------------------


@lru_cache(maxsize=512)
def known_holiday_region(region: str) -> bool:
    """Whether holidays are known of a region: a country (`AT`) or a part of one (`DE-BW`)."""
    from holidays import list_supported_countries  # slow to load, seldom needed

    country, dash, part = region.partition("-")
    parts = list_supported_countries(include_aliases=True).get(country)
    return parts is not None and (part in parts if dash else True)


@lru_cache(maxsize=4096)
def _holidays(region: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    if not known_holiday_region(region):
        raise ValueError(f"no holidays are known of {region!r}")
    country, _, part = region.partition("-")
    found = country_holidays(country, subdiv=part or None, years=year, expand=False)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Days:
    """A set of days: the given weekdays and ranges, without holidays and excepted ranges.

    `weekdays` counts from 0 = monday; where there are neither weekdays nor ranges it is every day.
    `holidays` names regions; both ends of a range belong to it.  Asking with an unknown region
    raises ValueError.
    """

    weekdays: frozenset[int]
    holidays: tuple[str, ...] = ()
    except_ranges: tuple[tuple[date, date], ...] = ()
    ranges: tuple[tuple[date, date], ...] = ()

    def contains(self, day: date) -> bool:
        """Whether a day is one of them."""
        if (self.weekdays or self.ranges) and not (
            day.weekday() in self.weekdays or _within(day, self.ranges)
        ):
            return False
        return not _within(day, self.except_ranges) and all(
            day not in _holidays(region, day.year) for region in self.holidays
        )

    def next_from(self, day: date) -> date | None:
        """The first such day at or after one; None if there is none within ten years."""
        for candidate in _dates_from(day):
            if self.contains(candidate):
                return candidate
        return None

    def nth_after(self, day: date, n: int) -> date | None:
        """The n-th such day strictly after one; None if one is more than ten years off.

        For n = 0 it is the day itself.
        """
        found: date | None = day
        for _ in range(n):
            if found is None or found == date.max:
                return None
            found = self.next_from(found + _ONE_DAY)
        return found


def _within(day: date, ranges: tuple[tuple[date, date], ...]) -> bool:
    return any(first <= day <= last for first, last in ranges)


def _dates_from(day: date) -> Iterator[date]:
    """The days of the ten years from a day on, as far as the calendar goes."""
    first = day.toordinal()
    last = min(first + _SEARCH_DAYS, date.max.toordinal())
    return map(date.fromordinal, range(first, last + 1))


# --- windows --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of each day, both ends included, on every day or those of `days`.

    With `start` after `end` it crosses midnight, and the part after belongs to the day it began
    on.  With `start` equal to `end` it is the whole day.
    """

    start: time
    end: time
    days: Days | None

    def contains(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether an instant is inside the window, by the clocks of a zone."""
        shown = local(moment, zone)
        day, wall = shown.date(), shown.time()
        start, end = self.start, self.end
        if start == end:
            return self._holds_on(day)
        # Wall times decide, but for the hour that comes twice and the one that is left out.
        begun = wall >= start or moment >= instant(day, start, zone)
        if start < end:
            return begun and self._before_end(moment, shown, zone) and self._holds_on(day)
        if begun and self._holds_on(day):
            return True
        return (
            self._before_end(moment, shown, zone)
            and day != date.min
            and self._holds_on(day - _ONE_DAY)
        )

    def next_opening(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant inside the window, not before `moment`; None if ten years have none."""
        start = _MIDNIGHT if self.start == self.end else self.start
        try:
            if self.contains(moment, zone):
                return moment
            for day in _dates_from(local_date(moment, zone)):
                if self._holds_on(day):
                    opening = instant(day, start, zone)
                    # A day that a zone left out altogether has no opening.
                    if opening >= moment and self.contains(opening, zone):
                        return opening
        except OverflowError:  # the end of the calendar
            pass
        return None

    def _holds_on(self, day: date) -> bool:
        return self.days is None or self.days.contains(day)

    def _before_end(self, moment: datetime, shown: datetime, zone: ZoneInfo) -> bool:
        if not shown.fold and shown.time() <= self.end:
            return True
        return moment <= instant(shown.date(), self.end, zone)


# --- schedules ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is to be done: on days of the week, on a day of the month, or once.

    `days` looks at `weekdays` (0 = monday, empty is every day), `month` at `day` (1 to 31; a
    month without that day uses its last), `once` at `on`.  `wall` is the time in the zone.
    """

    kind: Literal["days", "month", "once"]
    weekdays: frozenset[int]
    day: int
    wall: time
    on: date | None

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first firing strictly after an instant; None if there is none."""
        try:
            return self.next_from(moment + _INSTANT_STEP, zone)
        except OverflowError:
            return None

    def next_from(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first firing at or after an instant; None if there is none."""
        try:
            for day in self._days_from(local_date(moment, zone)):
                firing = instant(day, self.wall, zone)
                if firing >= moment:
                    return firing
        except OverflowError:  # the end of the calendar
            pass
        return None

    def _days_from(self, today: date) -> Iterator[date]:
        """Days to look at, in order, from today on: enough to find a firing that is not past."""
        if self.kind == "once":
            if self.on is not None:
                yield self.on
        elif self.kind == "month":
            first = today.replace(day=1)
            for months in range(3):
                month = plus_months(first, months)
                yield month.replace(day=min(self.day, last_day(month.year, month.month)))
        else:
            weekdays = self.weekdays
            for days in range(9):
                day = today + timedelta(days)
                if not weekdays or day.weekday() in weekdays:
                    yield day


# --- the next of something ------------------------------------------------------------------


def next_time(moment: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """The next instant with a wall time, now included.

    Raises OverflowError at the end of year 9999.
    """
    today = local_date(moment, zone)
    found = instant(today, wall, zone)
    return found if found >= moment else instant(today + _ONE_DAY, wall, zone)


def next_weekday(moment: datetime, weekday: int, wall: time | None, zone: ZoneInfo) -> datetime:
    """The next such weekday (0 = monday) at a wall time, now included.

    Without a wall time it is the moment itself on such a day, else 00:00 of the day.
    Raises OverflowError at the end of year 9999.
    """
    today = local_date(moment, zone)
    ahead = (weekday - today.weekday()) % 7
    if ahead == 0:
        if wall is None:
            return moment
        found = instant(today, wall, zone)
        if found >= moment:
            return found
        ahead = 7
    return instant(today + timedelta(ahead), wall or _MIDNIGHT, zone)


def next_day_of(moment: datetime, days: Days, wall: time | None, zone: ZoneInfo) -> datetime | None:
    """The next day of a set at a wall time, now included; None if ten years have none.

    Without a wall time it is the moment itself on such a day, else 00:00 of the day.
    Raises OverflowError at the end of year 9999.
    """
    today = local_date(moment, zone)
    if days.contains(today):
        if wall is None:
            return moment
        found = instant(today, wall, zone)
        if found >= moment:
            return found
    following = days.next_from(today + _ONE_DAY)
    return None if following is None else instant(following, wall or _MIDNIGHT, zone)
