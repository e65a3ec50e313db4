"""Calendar time: durations, time zones, and reckoning with both.

An instant is an aware datetime with `tzinfo=datetime.UTC`.  Minutes and hours are exact; days,
weeks, months and years are calendar units that keep the wall time of a zone.  A wall time inside
the gap of a clock change stands for the end of the gap, one that exists twice for the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flowlang.speech import tr

WEEKDAYS: tuple[str, ...] = (
    tr("monday"), tr("tuesday"), tr("wednesday"), tr("thursday"), tr("friday"), tr("saturday"),
    tr("sunday"),
)  # fmt: skip
"""The days of the week; the place of each is the number it has in `date.weekday`."""

CLOCK_YEARS = range(1900, 2201)
"""The years that a clock of ours shows, and in which things can happen: whoever reckons from there
stays within the calendar.  Data may lie outside.
"""
OFF_THE_CLOCK = tr(
    "a moment lies between {first} and {last}", first=CLOCK_YEARS[0], last=CLOCK_YEARS[-1]
)
_MIDNIGHT = time(0)
_LAST_MOMENT = time(23, 59, 59, 999999, fold=1)
_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)
_DAY_SECONDS = 86_400
_MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


# --- durations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: calendar months and days, then exact seconds.

    A year is 12 months and a week 7 days; a day is no fixed number of seconds.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def is_zero(self) -> bool:
        return not (self.months or self.days or self.seconds)

    @property
    def approximate_seconds(self) -> int:
        """The length in seconds with a month of 30 days and a day of 24 hours, for comparing."""
        return (self.months * 30 + self.days) * _DAY_SECONDS + self.seconds

    def __add__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):
            return NotImplemented
        return Duration(
            self.months + other.months, self.days + other.days, self.seconds + other.seconds
        )

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.days, -self.seconds)

    def __str__(self) -> str:
        """ISO 8601, weeks as days: `P1Y2M`, `P1DT3H`, `PT0S`.  A negative part has its own sign."""
        years, months = _split(self.months, 12)
        hours, seconds = _split(self.seconds, 3600)
        minutes, seconds = _split(seconds, 60)
        calendar = _join(((years, "Y"), (months, "M"), (self.days, "D")))
        clock = _join(((hours, "H"), (minutes, "M"), (seconds, "S")))
        if clock:
            return f"P{calendar}T{clock}"
        return f"P{calendar}" if calendar else "PT0S"

    def words(self) -> str:
        """Plain English in the largest units that fit: `1 week 3 days`, `30 hours`, `0 minutes`."""
        years, months = _split(self.months, 12)
        weeks, days = _split(self.days, 7)
        hours, seconds = _split(self.seconds, 3600)
        minutes, seconds = _split(seconds, 60)
        parts = (
            (years, "year"), (months, "month"), (weeks, "week"), (days, "day"),
            (hours, "hour"), (minutes, "minute"), (seconds, "second"),
        )  # fmt: skip
        said = (
            f"{amount} {unit}" if abs(amount) == 1 else f"{amount} {unit}s"
            for amount, unit in parts
            if amount
        )
        return " ".join(said) or "0 minutes"


def _split(amount: int, size: int) -> tuple[int, int]:
    """How many times `size` is in an amount, and the rest, both with the sign of the amount."""
    whole, rest = divmod(abs(amount), size)
    return (whole, rest) if amount >= 0 else (-whole, -rest)


def _join(parts: tuple[tuple[int, str], ...]) -> str:
    return "".join(f"{amount}{letter}" for amount, letter in parts if amount)


_UNITS: dict[str, Duration] = {
    "minute": Duration(seconds=60),
    "hour": Duration(seconds=3600),
    "day": Duration(days=1),
    "week": Duration(days=7),
    "month": Duration(months=1),
    "year": Duration(months=12),
}

_UNIT_WORDS: dict[str, str] = {
    "minute": "minute", "minutes": "minute", "minuten": "minute",
    "hour": "hour", "hours": "hour", "stunde": "hour", "stunden": "hour",
    "day": "day", "days": "day", "tag": "day", "tage": "day", "tagen": "day",
    "week": "week", "weeks": "week", "woche": "week", "wochen": "week",
    "month": "month", "months": "month", "monat": "month", "monate": "month", "monaten": "month",
    "year": "year", "years": "year", "jahr": "year", "jahre": "year", "jahren": "year",
}  # fmt: skip

_AMOUNT = re.compile(r"[0-9]{1,6}")
_ISO = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?",
    re.IGNORECASE | re.ASCII,
)


def duration_of(amount: int, unit: str) -> Duration:
    """So many of a unit: minute, hour, day, week, month or year.  Raises ValueError for another."""
    one = _UNITS.get(unit)
    if one is None:
        raise ValueError(f"no unit of time: {unit!r}")
    return Duration(one.months * amount, one.days * amount, one.seconds * amount)


def parse_duration(text: str) -> Duration | None:
    """The duration that `1 week 3 days`, `2 Monate` or `P2M` says; None for anything else.

    Numbers are whole and have at most six digits, in sum too (as days, say); each unit stands once.
    """
    total = _iso_duration(text) or _worded_duration(text)
    # `str` of every duration that was read can be read again.
    return total if total is not None and _ISO.fullmatch(str(total)) else None


def _iso_duration(text: str) -> Duration | None:
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(n or 0) for n in found.groups())
    return Duration(years * 12 + months, weeks * 7 + days, hours * 3600 + minutes * 60 + seconds)


def _worded_duration(text: str) -> Duration | None:
    words = text.casefold().split()
    if not words or len(words) % 2 or len(words) > 2 * len(_UNITS):
        return None
    total = Duration()
    seen: set[str] = set()
    for amount, word in zip(words[::2], words[1::2], strict=True):
        unit = _UNIT_WORDS.get(word)
        if unit is None or unit in seen or not _AMOUNT.fullmatch(amount):
            return None
        seen.add(unit)
        total += duration_of(int(amount), unit)
    return total


# --- zones and instants ---------------------------------------------------------------------


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name such as `Europe/Berlin`; None if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # ValueError: no path a zone may have; OSError: a folder such as "Europe".
        return None


def _offset(wall: datetime) -> timedelta:
    offset = wall.utcoffset()
    if offset is None:
        raise ValueError("a moment without a time zone")
    return offset


@lru_cache(maxsize=65_536)
def _steady_offset(day: date, zone: ZoneInfo) -> timedelta | None:
    """The zone's offset from UTC on a day; None on a day on which the clocks change."""
    first = _offset(datetime.combine(day, _MIDNIGHT, zone))
    last = _offset(datetime.combine(day, _LAST_MOMENT, zone))
    return first if first == last else None


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of a zone show a wall time on a day.

    A wall time in a gap is the end of the gap, one that exists twice is the first.
    Raises OverflowError where UTC leaves the years 1 to 9999.
    """
    if wall.fold:
        wall = wall.replace(fold=0)
    if zone.key == "UTC":
        return datetime.combine(day, wall, UTC)
    steady = _steady_offset(day, zone)
    if steady is not None:
        return datetime.combine(day, wall, UTC) - steady
    shown = datetime.combine(day, wall, zone)
    before = _offset(shown)
    after = _offset(shown.replace(fold=1))
    if after > before:
        return _end_of_gap(shown, before, after)
    return shown.replace(tzinfo=UTC) - before


def _end_of_gap(shown: datetime, before: timedelta, after: timedelta) -> datetime:
    """The instant of the clock change whose gap swallows a wall time."""
    second = shown.replace(microsecond=0, tzinfo=UTC)
    # The two readings of the wall time lie on either side of the change.
    early, late = second - after, second - before
    while late - early > _ONE_SECOND:
        middle = early + (late - early) // _ONE_SECOND // 2 * _ONE_SECOND
        if middle.astimezone(shown.tzinfo).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of a zone show at an instant.  Raises OverflowError beyond year 1..9999."""
    if zone.key == "UTC" and moment.tzinfo is UTC:
        return moment
    return moment.astimezone(zone)


def minute(moment: datetime, zone: ZoneInfo) -> str:
    """An instant as the clocks of a zone show it: `2026-01-31 09:00`.  Raises OverflowError beyond
    year 1..9999.
    """
    return local(moment, zone).isoformat(" ", "minutes")[:16]


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The day it is in a zone at an instant.  Raises OverflowError beyond year 1..9999."""
    return local(moment, zone).date()


# --- reckoning ------------------------------------------------------------------------------


def last_day(year: int, month: int) -> int:
    """The number of the last day of a month."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _MONTH_DAYS[month]


def plus_months(day: date, months: int) -> date:
    """The same day some months on, or the last one of its month where that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if not 1 <= year <= 9999:
        raise OverflowError("a date outside the years 1 to 9999")
    return date(year, month, min(day.day, last_day(year, month)))


def add(moment: datetime, duration: Duration, zone: ZoneInfo, sign: int = 1) -> datetime:
    """The instant, in UTC, a duration after one (before it with `sign=-1`).

    The calendar part comes first (months, then days) and keeps the wall time in the zone; the
    seconds are exact.  31 January plus 1 month is the last day of February.
    Raises OverflowError outside the years 1 to 9999.
    """
    months, days, seconds = duration.months, duration.days, duration.seconds
    if not months and zone.key == "UTC":
        return moment + timedelta(sign * days, sign * seconds)
    if months or days:
        wall = local(moment, zone)
        day = wall.date()
        if months:
            day = plus_months(day, sign * months)
        if days:
            day += timedelta(sign * days)
        moment = instant(day, wall.time(), zone)
    if seconds:
        moment += timedelta(0, sign * seconds)
    return moment


def add_to_date(day: date, duration: Duration, sign: int = 1) -> date:
    """The date a duration after one (before it with `sign=-1`).

    Of the seconds only full days of 86400 count.  Raises OverflowError outside years 1 to 9999.
    """
    if duration.months:
        day = plus_months(day, sign * duration.months)
    days = duration.days + _split(duration.seconds, _DAY_SECONDS)[0]
    return day + timedelta(sign * days) if days else day


def anniversary(day: date, today: date) -> date:
    """The next anniversary of a day, today included; 29 February is 28 in a common year.

    Raises OverflowError after the last one of year 9999.
    """
    months = (today.year - day.year) * 12
    this_year = plus_months(day, months)
    return this_year if this_year >= today else plus_months(day, months + 12)


def elapsed(unit: str, since: date | datetime, until: date | datetime, zone: ZoneInfo) -> int:
    """Whole units (minute, hour, day, week, month, year) from one moment to another.

    Below zero where `until` comes first, cut toward zero.  Minutes and hours are exact, a plain
    date beginning at 00:00 in the zone.  The others are calendar units: as many as `add` may add
    to the earlier moment without passing the later; with a plain date, days of the calendar.
    Raises ValueError for another unit, OverflowError beyond the years 1 to 9999.
    """
    one = _UNITS.get(unit)
    if one is None:
        raise ValueError(f"no unit of time: {unit!r}")
    if one.seconds:
        start = since if isinstance(since, datetime) else instant(since, _MIDNIGHT, zone)
        end = until if isinstance(until, datetime) else instant(until, _MIDNIGHT, zone)
        passed = abs(end - start) // timedelta(0, one.seconds)
        return passed if end >= start else -passed
    if isinstance(since, datetime) and isinstance(until, datetime):
        if until < since:
            return -_units_between(one, until, since, zone)
        return _units_between(one, since, until, zone)
    first = local_date(since, zone) if isinstance(since, datetime) else since
    last = local_date(until, zone) if isinstance(until, datetime) else until
    if last < first:
        return -_units_of_dates(one, last, first)
    return _units_of_dates(one, first, last)


def _units_between(one: Duration, since: datetime, until: datetime, zone: ZoneInfo) -> int:
    start, end = local(since, zone), local(until, zone)
    last = end.date()
    # In an hour shown a second time, every wall time of that hour has already been.
    if end.time() < start.time() and not (end.fold and instant(last, start.time(), zone) <= until):
        last -= _ONE_DAY
    return max(_units_of_dates(one, start.date(), last), 0)


def _units_of_dates(one: Duration, first: date, last: date) -> int:
    if one.days:
        return (last - first).days // one.days
    months = (last.year - first.year) * 12 + last.month - first.month
    if min(first.day, last_day(last.year, last.month)) > last.day:
        months -= 1
    return months // one.months
