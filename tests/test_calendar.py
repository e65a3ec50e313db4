from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang.calendar import (
    WEEKDAYS,
    Duration,
    add,
    add_to_date,
    anniversary,
    duration_of,
    elapsed,
    instant,
    local,
    local_date,
    parse_duration,
    zone,
)
from flowlang.days import (
    Days,
    Schedule,
    Window,
    known_holiday_region,
    next_day_of,
    next_time,
    next_weekday,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
APIA = ZoneInfo("Pacific/Apia")
UTC_ZONE = ZoneInfo("UTC")

BACK = date(2026, 10, 25)  # Berlin: 03:00 becomes 02:00
FORTH = date(2027, 3, 28)  # Berlin: 02:00 becomes 03:00

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def berlin(text: str) -> datetime:
    """The instant of a wall time in Berlin."""
    shown = datetime.fromisoformat(text)
    return instant(shown.date(), shown.time(), BERLIN)


def shown(moment: datetime | None, where: ZoneInfo = BERLIN) -> str:
    assert moment is not None
    assert moment.tzinfo is UTC
    return local(moment, where).replace(tzinfo=None).isoformat(" ")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(*weekdays: int) -> Days:
    return Days(frozenset(weekdays))


zones = st.sampled_from(
    [
        *(BERLIN, NEW_YORK, UTC_ZONE, APIA, ZoneInfo("Australia/Lord_Howe")),
        *(ZoneInfo("America/Havana"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Asia/Beirut")),
    ]
)
moments = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001
    datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
near_changes = st.builds(
    lambda start, seconds: start + timedelta(seconds=seconds),
    st.sampled_from([utc("2026-10-24 22:00"), utc("2027-03-27 22:00"), utc("2011-12-29 10:00")]),
    st.integers(0, 2 * 86_400),
)
any_moment = moments | near_changes
walls = st.times().map(lambda wall: wall.replace(microsecond=0))
dates = st.dates(date(1900, 1, 1), date(2200, 1, 1))
spans = st.builds(Duration, st.integers(0, 500), st.integers(0, 5_000), st.integers(0, 50_000_000))


# --- durations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2 months", Duration(months=2)),
        ("1 month", Duration(months=1)),
        ("1 week 3 days", Duration(days=10)),
        ("3 days 1 week", Duration(days=10)),
        ("1 year 6 months", Duration(months=18)),
        ("90 minutes", Duration(seconds=5400)),
        ("  2   Hours ", Duration(seconds=7200)),
        ("0 days", Duration()),
        ("P2M", Duration(months=2)),
        ("P1Y", Duration(months=12)),
        ("P1W", Duration(days=7)),
        ("PT30M", Duration(seconds=1800)),
        ("P1DT2H", Duration(days=1, seconds=7200)),
        ("p1dt2h", Duration(days=1, seconds=7200)),
        ("PT5S", Duration(seconds=5)),
        ("PT0S", Duration()),
        ("999999 days", Duration(days=999_999)),
        ("2 Monate", Duration(months=2)),
        ("3 Tage", Duration(days=3)),
        ("1 Woche", Duration(days=7)),
        ("1 Jahr 2 Stunden 5 Minuten", Duration(months=12, seconds=7500)),
        ("14 TAGEN", Duration(days=14)),
    ],
)
def test_a_duration_is_read_from_words_of_both_languages_and_from_iso(
    text: str, meant: Duration
) -> None:
    assert parse_duration(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "P",
            "PT",
            "P1DT",
            "P1H",
            "P1",
            "1",
            "days",
            "two days",
            "2 fortnights",
            "2days",
        ),
        *("1.5 days", "P1.5D", "-2 days", "+2 days", "P-2D", "-P2D", "1 day 2", "1 day, 2 hours"),
        *("1 day 1 day", "1234567 days", "P1234567D", "999999 weeks", "²3 days", "٣ days", "PT5ſ"),
        "1 day " * 100_000,
        "9" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_duration_of_whole_numbers_is_none(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("duration", "iso", "words"),
    [
        (Duration(), "PT0S", "0 minutes"),
        (Duration(months=2), "P2M", "2 months"),
        (Duration(months=14), "P1Y2M", "1 year 2 months"),
        (Duration(days=10), "P10D", "1 week 3 days"),
        (Duration(days=14), "P14D", "2 weeks"),
        (Duration(days=1, seconds=10_800), "P1DT3H", "1 day 3 hours"),
        (Duration(seconds=300), "PT5M", "5 minutes"),
        (Duration(seconds=108_061), "PT30H1M1S", "30 hours 1 minute 1 second"),
        (Duration(months=-14, days=-1), "P-1Y-2M-1D", "-1 year -2 months -1 day"),
    ],
)
def test_a_duration_is_shown_in_iso_and_in_plain_words(
    duration: Duration, iso: str, words: str
) -> None:
    assert str(duration) == iso
    assert duration.words() == words


@given(spans)
def test_what_a_duration_is_written_as_is_read_as_the_same(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration


@given(
    st.lists(
        st.tuples(
            st.integers(0, 999_999),
            st.sampled_from(["minutes", "hours", "days", "weeks", "months", "years"]),
        ),
        min_size=1,
        unique_by=lambda part: part[1],
    )
)
def test_every_duration_that_is_read_can_be_written_and_read_again(
    parts: list[tuple[int, str]],
) -> None:
    duration = parse_duration(" ".join(f"{amount} {unit}" for amount, unit in parts))
    if duration is not None:
        assert parse_duration(str(duration)) == duration


def test_durations_add_up_part_by_part_and_can_be_turned_round() -> None:
    assert Duration(1, 2, 3) + Duration(10, 20, 30) == Duration(11, 22, 33)
    assert -Duration(1, 2, 3) == Duration(-1, -2, -3)
    assert (Duration(1, 2, 3) + -Duration(1, 2, 3)).is_zero
    assert not Duration(seconds=1).is_zero
    with pytest.raises(TypeError):
        Duration() + 1  # type: ignore[operator]


def test_durations_of_unlike_units_compare_by_a_month_of_thirty_days() -> None:
    assert Duration(months=1).approximate_seconds == Duration(days=30).approximate_seconds
    assert Duration(days=1, seconds=5).approximate_seconds == 86_405


def test_a_unit_has_its_length_and_an_unknown_one_is_an_error() -> None:
    assert duration_of(3, "minute") == Duration(seconds=180)
    assert duration_of(3, "hour") == Duration(seconds=10_800)
    assert duration_of(3, "day") == Duration(days=3)
    assert duration_of(3, "week") == Duration(days=21)
    assert duration_of(3, "month") == Duration(months=3)
    assert duration_of(3, "year") == Duration(months=36)
    with pytest.raises(ValueError, match="fortnight"):
        duration_of(1, "fortnight")


# --- zones and instants ---------------------------------------------------------------------


def test_a_known_zone_is_found_and_is_the_same_one_each_time() -> None:
    found = zone("Europe/Berlin")
    assert found is not None
    assert found.key == "Europe/Berlin"
    assert zone("Europe/Berlin") is found


@pytest.mark.parametrize(
    "name",
    [
        *("", "../x", "/etc/passwd", "Foo/Bar", "Europe", "Europe/", "..", ".", "a\0b", "ü" * 300),
        *("\ud800", "zone.tab", "Europe/Berlin/x", " Europe/Berlin"),
    ],
    ids=ascii,
)
def test_an_unknown_or_ill_formed_zone_is_none(name: str) -> None:
    assert zone(name) is None


def test_a_wall_time_is_an_instant_of_its_zone() -> None:
    assert instant(date(2026, 7, 1), time(9), BERLIN) == utc("2026-07-01 07:00")
    assert instant(date(2026, 1, 1), time(9), BERLIN) == utc("2026-01-01 08:00")
    assert instant(date(2026, 7, 1), time(9), NEW_YORK) == utc("2026-07-01 13:00")
    assert instant(date(2026, 7, 1), time(9), UTC_ZONE) == utc("2026-07-01 09:00")
    assert instant(date(2026, 7, 1), time(9), UTC_ZONE).tzinfo is UTC


@pytest.mark.parametrize("wall", ["02:00", "02:00:01", "02:30", "02:59:59.999999", "03:00"])
def test_a_wall_time_in_the_gap_is_the_end_of_the_gap(wall: str) -> None:
    assert instant(FORTH, time.fromisoformat(wall), BERLIN) == utc("2027-03-28 01:00")


def test_the_minute_before_and_after_a_gap_are_themselves() -> None:
    assert instant(FORTH, time(1, 59), BERLIN) == utc("2027-03-28 00:59")
    assert instant(FORTH, time(3, 1), BERLIN) == utc("2027-03-28 01:01")
    assert instant(date(2027, 3, 14), time(2, 30), NEW_YORK) == utc("2027-03-14 07:00")


def test_a_wall_time_that_exists_twice_is_the_first_whatever_its_fold_says() -> None:
    assert instant(BACK, time(2, 30), BERLIN) == utc("2026-10-25 00:30")
    assert instant(BACK, time(2, 30, fold=1), BERLIN) == utc("2026-10-25 00:30")
    assert instant(BACK, time(3), BERLIN) == utc("2026-10-25 02:00")
    assert instant(date(2026, 11, 1), time(1, 30), NEW_YORK) == utc("2026-11-01 05:30")


def test_a_gap_of_half_an_hour_and_one_of_a_whole_day_end_where_they_end() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert shown(instant(date(2026, 10, 4), time(2, 10), lord_howe), lord_howe) == (
        "2026-10-04 02:30:00"
    )
    assert shown(instant(date(2011, 12, 30), time(9), APIA), APIA) == "2011-12-31 00:00:00"


def test_the_local_day_is_the_day_of_the_zone() -> None:
    late = utc("2026-07-01 23:00")
    assert local_date(late, BERLIN) == date(2026, 7, 2)
    assert local_date(late, NEW_YORK) == date(2026, 7, 1)
    assert local_date(late, UTC_ZONE) == date(2026, 7, 1)
    assert local(late, BERLIN).utcoffset() == timedelta(hours=2)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), walls, zones)
def test_a_wall_time_shows_as_itself_or_as_the_end_of_a_gap(
    day: date, wall: time, where: ZoneInfo
) -> None:
    wanted = datetime.combine(day, wall)
    found = local(instant(day, wall, where), where).replace(tzinfo=None)
    assert found >= wanted
    if found > wanted:
        just_before = instant(day, wall, where) - timedelta(microseconds=1)
        assert local(just_before, where).replace(tzinfo=None) < wanted


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), walls, walls, zones)
def test_a_later_wall_time_is_never_an_earlier_instant(
    day: date, one: time, other: time, where: ZoneInfo
) -> None:
    first, last = sorted((one, other))
    assert instant(day, first, where) <= instant(day, last, where)


def test_every_zone_of_the_database_reckons_at_the_ends_of_the_calendar() -> None:
    for name in sorted(available_timezones()):
        where = ZoneInfo(name)
        for day in (date.min, date.max, BACK, FORTH):
            try:
                assert instant(day, time(12), where).tzinfo is UTC
            except OverflowError:
                assert day in (date.min, date.max)


# --- adding ---------------------------------------------------------------------------------


def test_a_day_keeps_the_wall_time_over_a_change_of_clocks() -> None:
    assert shown(add(berlin("2026-10-24 09:00"), Duration(days=1), BERLIN)) == "2026-10-25 09:00:00"
    assert shown(add(berlin("2027-03-27 09:00"), Duration(days=1), BERLIN)) == "2027-03-28 09:00:00"
    assert add(utc("2026-10-31 13:00"), Duration(days=1), NEW_YORK) == utc("2026-11-01 14:00")


def test_hours_are_exact_over_a_change_of_clocks() -> None:
    day = Duration(seconds=86_400)
    assert shown(add(berlin("2026-10-24 09:00"), day, BERLIN)) == "2026-10-25 08:00:00"
    assert shown(add(berlin("2027-03-27 09:00"), day, BERLIN)) == "2027-03-28 10:00:00"


def test_a_day_that_lands_in_the_gap_or_the_doubled_hour_follows_the_rule() -> None:
    assert add(berlin("2027-03-27 02:30"), Duration(days=1), BERLIN) == utc("2027-03-28 01:00")
    assert add(berlin("2027-03-29 02:30"), Duration(days=1), BERLIN, -1) == utc("2027-03-28 01:00")
    assert add(berlin("2026-10-24 02:30"), Duration(days=1), BERLIN) == utc("2026-10-25 00:30")


def test_nothing_added_leaves_the_second_of_a_doubled_hour_as_it_is() -> None:
    second = utc("2026-10-25 01:30")
    assert add(second, Duration(), BERLIN) == second
    assert add(second, Duration(seconds=60), BERLIN) == utc("2026-10-25 01:31")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2096-02-29", 48, "2100-02-28"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_a_month_keeps_the_day_or_takes_the_last_of_a_shorter_month(
    start: str, months: int, end: str
) -> None:
    day, meant = date.fromisoformat(start), date.fromisoformat(end)
    sign = -1 if months < 0 else 1
    duration = Duration(months=abs(months))
    assert add_to_date(day, duration, sign) == meant
    for where in (BERLIN, UTC_ZONE):
        moved = add(instant(day, time(9, 15), where), duration, where, sign)
        assert moved == instant(meant, time(9, 15), where)


def test_a_mixed_duration_takes_months_then_days_then_seconds_both_ways() -> None:
    mixed = Duration(months=1, days=1, seconds=3600)
    assert shown(add(berlin("2026-01-31 09:00"), mixed, BERLIN)) == "2026-03-01 10:00:00"
    assert shown(add(berlin("2026-03-31 09:00"), mixed, BERLIN, -1)) == "2026-02-27 08:00:00"


def test_of_seconds_only_full_days_move_a_date() -> None:
    day = date(2026, 3, 1)
    assert add_to_date(day, Duration(seconds=86_399)) == day
    assert add_to_date(day, Duration(seconds=86_399), -1) == day
    assert add_to_date(day, Duration(seconds=-86_399)) == day
    assert add_to_date(day, Duration(seconds=2 * 86_400 + 1)) == date(2026, 3, 3)
    assert add_to_date(day, Duration(1, 1, 86_400), -1) == date(2026, 1, 30)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    "duration",
    [
        *(Duration(months=120_000), Duration(days=4_000_000), Duration(seconds=10**12)),
        *(Duration(months=10**30), Duration(days=10**30), Duration(seconds=10**30)),
    ],
    ids=str,
)
def test_a_result_outside_the_years_one_to_9999_overflows(duration: Duration, sign: int) -> None:
    for where in (BERLIN, UTC_ZONE):
        with pytest.raises(OverflowError):
            add(berlin("2026-01-01 09:00"), duration, where, sign)
    with pytest.raises(OverflowError):
        add_to_date(date(2026, 1, 1), duration, sign)


@given(any_moment, spans, zones, st.sampled_from([1, -1]))
def test_the_calendar_part_keeps_the_wall_time_but_for_a_gap(
    moment: datetime, span: Duration, where: ZoneInfo, sign: int
) -> None:
    calendar = Duration(span.months, span.days)
    moved = add(moment, calendar, where, sign)
    before, after = local(moment, where), local(moved, where)
    if after.time() != before.time():
        just_before = local(moved - timedelta(microseconds=1), where)
        assert after.utcoffset() != just_before.utcoffset()
    else:
        assert after.date() == add_to_date(before.date(), calendar, sign)
    assert add(moment, span, where, sign) == moved + timedelta(seconds=sign * span.seconds)


# --- anniversaries and elapsed time ---------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "today", "found"),
    [
        ("1990-05-05", "2026-05-04", "2026-05-05"),
        ("1990-05-05", "2026-05-05", "2026-05-05"),
        ("1990-05-05", "2026-05-06", "2027-05-05"),
        ("2004-02-29", "2027-02-01", "2027-02-28"),
        ("2004-02-29", "2027-02-28", "2027-02-28"),
        ("2004-02-29", "2027-03-01", "2028-02-29"),
        ("2004-02-29", "2028-02-28", "2028-02-29"),
        ("2030-12-31", "2026-01-01", "2026-12-31"),
    ],
)
def test_the_next_anniversary_includes_today(day: str, today: str, found: str) -> None:
    assert anniversary(date.fromisoformat(day), date.fromisoformat(today)) == (
        date.fromisoformat(found)
    )


def test_there_is_no_anniversary_after_the_last_year() -> None:
    with pytest.raises(OverflowError):
        anniversary(date(2000, 1, 1), date(9999, 1, 2))


@given(dates, dates)
def test_an_anniversary_is_at_most_366_days_ahead(day: date, today: date) -> None:
    assert 0 <= (anniversary(day, today) - today).days <= 366


@pytest.mark.parametrize(
    ("unit", "since", "until", "passed"),
    [
        ("day", "2026-01-01 18:00", "2026-01-03 17:59", 1),
        ("day", "2026-01-01 18:00", "2026-01-03 18:00", 2),
        ("hour", "2026-01-01 18:00", "2026-01-01 19:59:59", 1),
        ("minute", "2026-01-01 18:00", "2026-01-01 18:59:59", 59),
        ("week", "2026-01-01 18:00", "2026-01-15 17:59", 1),
        ("week", "2026-01-01 18:00", "2026-01-15 18:00", 2),
        ("month", "2026-01-31 18:00", "2026-02-28 17:59", 0),
        ("month", "2026-01-31 18:00", "2026-02-28 18:00", 1),
        ("year", "2024-02-29 18:00", "2025-02-28 18:00", 1),
        ("year", "2024-02-29 18:00", "2025-02-28 17:59", 0),
        # Over the changes of clocks: 25 and 23 hours, and one day each.
        ("day", "2026-10-24 09:00", "2026-10-25 09:00", 1),
        ("hour", "2026-10-24 09:00", "2026-10-25 09:00", 25),
        ("day", "2027-03-27 09:00", "2027-03-28 09:00", 1),
        ("hour", "2027-03-27 09:00", "2027-03-28 09:00", 23),
        ("day", "2027-03-27 02:30", "2027-03-28 03:00", 1),
    ],
)
def test_elapsed_time_between_moments_is_whole_units_in_either_direction(
    unit: str, since: str, until: str, passed: int
) -> None:
    assert elapsed(unit, berlin(since), berlin(until), BERLIN) == passed
    assert elapsed(unit, berlin(until), berlin(since), BERLIN) == -passed


def test_elapsed_days_with_a_plain_date_are_days_of_the_calendar() -> None:
    late = berlin("2026-01-03 23:30")
    assert elapsed("day", date(2026, 1, 1), late, BERLIN) == 2
    assert elapsed("day", late, date(2026, 1, 4), BERLIN) == 1
    assert elapsed("day", late, date(2026, 1, 1), BERLIN) == -2
    assert elapsed("week", date(2026, 1, 1), date(2026, 1, 14), BERLIN) == 1
    assert elapsed("month", date(2026, 1, 31), date(2026, 2, 28), BERLIN) == 1
    assert elapsed("year", date(2004, 2, 29), date(2026, 2, 27), BERLIN) == 21
    assert elapsed("year", date(2026, 2, 28), date(2004, 2, 29), BERLIN) == -22


def test_elapsed_hours_count_a_plain_date_from_its_midnight_in_the_zone() -> None:
    assert elapsed("hour", date(2026, 1, 1), berlin("2026-01-01 09:30"), BERLIN) == 9
    assert elapsed("hour", berlin("2026-01-01 09:30"), date(2026, 1, 1), BERLIN) == -9
    assert elapsed("hour", BACK, BACK + timedelta(days=1), BERLIN) == 25
    assert elapsed("minute", FORTH, FORTH + timedelta(days=1), BERLIN) == 23 * 60


def test_elapsed_time_has_no_other_units() -> None:
    with pytest.raises(ValueError, match="fortnight"):
        elapsed("fortnight", BACK, FORTH, BERLIN)


@given(any_moment, any_moment, zones, st.sampled_from(["minute", "hour", "day", "week", "month"]))
def test_elapsed_time_is_the_most_that_can_be_added_without_passing_the_end(
    one: datetime, other: datetime, where: ZoneInfo, unit: str
) -> None:
    since, until = min(one, other), max(one, other)
    passed = elapsed(unit, since, until, where)
    assert elapsed(unit, until, since, where) == -passed
    assert add(since, duration_of(passed, unit), where) <= until
    assert add(since, duration_of(passed + 1, unit), where) > until


# --- sets of days ---------------------------------------------------------------------------


def test_the_names_of_the_weekdays_begin_with_monday() -> None:
    assert WEEKDAYS[date(2026, 6, 1).weekday()] == "monday"
    assert WEEKDAYS[SUN] == "sunday"


def test_a_set_of_days_has_its_weekdays_and_an_empty_one_has_all() -> None:
    office = days(MON, TUE, WED, THU, FRI)
    assert office.contains(date(2026, 6, 5))
    assert not office.contains(date(2026, 6, 6))
    assert days().contains(date(2026, 6, 6))


def test_both_ends_of_an_excepted_range_are_excepted() -> None:
    closed = Days(frozenset(), (), ((date(2026, 12, 24), date(2027, 1, 6)),))
    assert closed.contains(date(2026, 12, 23))
    assert not closed.contains(date(2026, 12, 24))
    assert not closed.contains(date(2027, 1, 6))
    assert closed.contains(date(2027, 1, 7))
    assert closed.next_from(date(2026, 12, 24)) == date(2027, 1, 7)


def test_holidays_are_those_of_the_region_alone() -> None:
    epiphany = date(2026, 1, 6)  # kept in Baden-Württemberg and Austria, not in Berlin
    assert not Days(frozenset(), ("DE-BW",)).contains(epiphany)
    assert not Days(frozenset(), ("AT",)).contains(epiphany)
    assert Days(frozenset(), ("DE-BE",)).contains(epiphany)
    assert not Days(frozenset(), ("DE-BE", "AT")).contains(epiphany)
    assert not Days(frozenset(), ("US-CA",)).contains(date(2026, 7, 4))
    assert not Days(frozenset(), ("US-CA",)).contains(date(2026, 7, 3))  # kept on the Friday


def test_a_holiday_region_is_known_by_its_country_and_part() -> None:
    for known in ("DE", "DE-BW", "AT", "CH-ZH", "US-CA"):
        assert known_holiday_region(known)
    for unknown in ("", "-", "DE-", "DE-XX", "XX", "de-bw", "DE-BW-X", "../x"):
        assert not known_holiday_region(unknown)


def test_days_of_an_unknown_holiday_region_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="DE-XX"):
        Days(frozenset(), ("DE-XX",)).contains(BACK)


def test_the_nth_day_counts_strictly_after_and_passes_over_what_is_excepted() -> None:
    office = Days(frozenset(range(5)), ("DE-BW",))
    thursday = date(2026, 4, 2)  # Good Friday and Easter Monday follow
    assert office.nth_after(thursday, 1) == date(2026, 4, 7)
    assert office.nth_after(thursday, 3) == date(2026, 4, 9)
    assert office.nth_after(date(2026, 4, 4), 1) == date(2026, 4, 7)
    assert office.nth_after(thursday, 0) == thursday


def test_a_set_with_no_day_within_ten_years_has_no_next_one() -> None:
    never = Days(frozenset(), (), ((date.min, date.max),))
    assert never.next_from(BACK) is None
    assert never.nth_after(BACK, 2) is None
    assert days(MON).next_from(date.max) is None
    assert days().nth_after(date.max, 1) is None
    assert days().next_from(date.max) == date.max


# --- windows --------------------------------------------------------------------------------

DAYTIME = Window(time(8), time(20), None)
WEEKDAYS_ONLY = Window(time(9), time(17), days(MON, TUE, WED, THU, FRI))
NIGHT = Window(time(22), time(6), days(MON))


@pytest.mark.parametrize(
    ("wall", "inside"),
    [
        ("07:59:59", False),
        ("08:00", True),
        ("12:00", True),
        ("20:00", True),
        ("20:00:00.000001", False),
        ("20:00:01", False),
    ],
)
def test_both_ends_belong_to_a_window(wall: str, inside: bool) -> None:
    assert DAYTIME.contains(berlin(f"2026-06-01 {wall}"), BERLIN) is inside


def test_a_window_opens_at_once_or_at_its_next_start() -> None:
    inside = berlin("2026-06-01 12:34:56")
    assert DAYTIME.next_opening(inside, BERLIN) == inside
    assert shown(DAYTIME.next_opening(berlin("2026-06-01 03:00"), BERLIN)) == "2026-06-01 08:00:00"
    assert shown(DAYTIME.next_opening(berlin("2026-06-01 20:00:01"), BERLIN)) == (
        "2026-06-02 08:00:00"
    )


def test_a_window_on_weekdays_stays_shut_over_the_weekend() -> None:
    saturday = berlin("2026-06-06 12:00")
    assert not WEEKDAYS_ONLY.contains(saturday, BERLIN)
    assert shown(WEEKDAYS_ONLY.next_opening(saturday, BERLIN)) == "2026-06-08 09:00:00"


def test_a_window_goes_by_the_clocks_of_the_zone() -> None:
    moment = berlin("2026-06-01 12:00")
    assert not DAYTIME.contains(moment, NEW_YORK)
    assert shown(DAYTIME.next_opening(moment, NEW_YORK), NEW_YORK) == "2026-06-01 08:00:00"


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-06-01 05:00", False),  # a monday
        ("2026-06-01 21:59", False),
        ("2026-06-01 22:00", True),
        ("2026-06-02 00:00", True),
        ("2026-06-02 05:00", True),
        ("2026-06-02 06:00", True),
        ("2026-06-02 06:00:01", False),
        ("2026-06-02 23:00", False),
    ],
)
def test_what_a_window_has_after_midnight_belongs_to_the_day_it_began_on(
    moment: str, inside: bool
) -> None:
    assert NIGHT.contains(berlin(moment), BERLIN) is inside


def test_a_window_over_midnight_opens_on_the_day_it_begins() -> None:
    assert shown(NIGHT.next_opening(berlin("2026-06-01 05:00"), BERLIN)) == "2026-06-01 22:00:00"
    assert shown(NIGHT.next_opening(berlin("2026-06-02 07:00"), BERLIN)) == "2026-06-08 22:00:00"


def test_a_window_that_ends_at_midnight_includes_that_midnight() -> None:
    evening = Window(time(18), time(0), days(MON))
    assert evening.contains(berlin("2026-06-02 00:00"), BERLIN)
    assert not evening.contains(berlin("2026-06-02 00:00:01"), BERLIN)
    assert not evening.contains(berlin("2026-06-01 00:00"), BERLIN)


def test_a_window_whose_ends_are_equal_is_the_whole_day() -> None:
    whole = Window(time(9), time(9), days(MON))
    assert whole.contains(berlin("2026-06-01 00:00"), BERLIN)
    assert whole.contains(berlin("2026-06-01 23:59:59"), BERLIN)
    assert not whole.contains(berlin("2026-06-02 00:00"), BERLIN)
    assert shown(whole.next_opening(berlin("2026-06-02 12:00"), BERLIN)) == "2026-06-08 00:00:00"


def test_a_window_that_never_opens_has_no_next_opening() -> None:
    never = Window(time(9), time(17), Days(frozenset(), (), ((date.min, date.max),)))
    assert never.next_opening(berlin("2026-06-01 05:00"), BERLIN) is None
    assert NIGHT.next_opening(utc("9999-12-31 12:00"), BERLIN) is None


def test_a_window_that_starts_in_the_gap_opens_at_the_end_of_the_gap() -> None:
    window = Window(time(2, 30), time(5), None)
    assert shown(window.next_opening(berlin("2027-03-28 01:00"), BERLIN)) == "2027-03-28 03:00:00"
    lost = Window(time(2, 10), time(2, 50), None)
    assert shown(lost.next_opening(berlin("2027-03-28 01:00"), BERLIN)) == "2027-03-28 03:00:00"
    assert not lost.contains(berlin("2027-03-28 03:00:01"), BERLIN)


def test_a_window_in_the_doubled_hour_lasts_from_first_to_first() -> None:
    second_0215, second_0245 = utc("2026-10-25 01:15"), utc("2026-10-25 01:45")
    until = Window(time(1), time(2, 30), None)
    assert until.contains(utc("2026-10-25 00:30"), BERLIN)
    assert not until.contains(second_0215, BERLIN)
    since = Window(time(2, 30), time(4), None)
    assert since.contains(second_0215, BERLIN)
    assert since.contains(second_0245, BERLIN)


windows = st.builds(
    Window,
    walls,
    walls,
    st.none() | st.builds(Days, st.frozensets(st.integers(0, 6))),
)


@given(any_moment, windows, zones)
def test_the_next_opening_is_inside_and_not_before_now(
    moment: datetime, window: Window, where: ZoneInfo
) -> None:
    opening = window.next_opening(moment, where)
    assert opening is not None
    assert opening >= moment
    assert window.contains(opening, where)
    assert window.next_opening(opening, where) == opening


@given(near_changes, walls, walls, zones)
def test_a_window_is_what_lies_between_the_instants_of_its_ends(
    moment: datetime, one: time, other: time, where: ZoneInfo
) -> None:
    start, end = sorted((one, other))
    day = local_date(moment, where)
    if start != end:
        inside = instant(day, start, where) <= moment <= instant(day, end, where)
        assert Window(start, end, None).contains(moment, where) is inside


@given(near_changes, windows, zones)
def test_no_moment_before_the_next_opening_is_inside(
    moment: datetime, window: Window, where: ZoneInfo
) -> None:
    opening = window.next_opening(moment, where)
    assert opening is not None
    step = (opening - moment) / 7
    assert not any(
        window.contains(moment + step * part, where) for part in range(7) if opening > moment
    )


# --- schedules ------------------------------------------------------------------------------


def every(*weekdays: int, at: time) -> Schedule:
    return Schedule("days", frozenset(weekdays), 1, at, None)


def monthly(day: int, at: time) -> Schedule:
    return Schedule("month", frozenset(), day, at, None)


def test_a_daily_schedule_fires_each_day_at_its_wall_time() -> None:
    daily = every(at=time(8))
    assert shown(daily.next_after(berlin("2026-06-01 07:00"), BERLIN)) == "2026-06-01 08:00:00"
    assert shown(daily.next_after(berlin("2026-06-01 08:00"), BERLIN)) == "2026-06-02 08:00:00"
    assert shown(daily.next_from(berlin("2026-06-01 08:00"), BERLIN)) == "2026-06-01 08:00:00"
    assert shown(daily.next_from(berlin("2026-06-01 08:00:01"), BERLIN)) == "2026-06-02 08:00:00"


def test_a_schedule_on_weekdays_waits_for_the_next_of_them() -> None:
    some = every(MON, THU, at=time(9))
    assert shown(some.next_after(berlin("2026-06-01 09:00"), BERLIN)) == "2026-06-04 09:00:00"
    assert shown(some.next_after(berlin("2026-06-04 09:00"), BERLIN)) == "2026-06-08 09:00:00"
    only = every(MON, at=time(9))
    assert shown(only.next_after(berlin("2026-06-01 09:00"), BERLIN)) == "2026-06-08 09:00:00"


def test_a_schedule_in_the_gap_fires_once_at_its_end_and_in_a_doubled_hour_once() -> None:
    daily = every(at=time(2, 30))
    forth = daily.next_after(berlin("2027-03-28 00:00"), BERLIN)
    assert shown(forth) == "2027-03-28 03:00:00"
    assert shown(daily.next_after(berlin("2027-03-28 03:00"), BERLIN)) == "2027-03-29 02:30:00"
    assert daily.next_after(berlin("2026-10-25 00:00"), BERLIN) == utc("2026-10-25 00:30")
    assert shown(daily.next_after(utc("2026-10-25 00:30"), BERLIN)) == "2026-10-26 02:30:00"


def test_a_monthly_schedule_takes_the_last_day_of_a_shorter_month() -> None:
    last = monthly(31, time(9))
    fired = berlin("2026-01-01 00:00")
    found = []
    for _ in range(4):
        following = last.next_after(fired, BERLIN)
        assert following is not None
        fired = following
        found.append(shown(fired))
    assert found == [
        "2026-01-31 09:00:00",
        "2026-02-28 09:00:00",
        "2026-03-31 09:00:00",
        "2026-04-30 09:00:00",
    ]
    assert shown(monthly(29, time(9)).next_from(berlin("2028-02-10 00:00"), BERLIN)) == (
        "2028-02-29 09:00:00"
    )
    assert shown(monthly(1, time(9)).next_from(berlin("2026-12-02 00:00"), BERLIN)) == (
        "2027-01-01 09:00:00"
    )


def test_a_schedule_for_once_fires_once() -> None:
    once = Schedule("once", frozenset(), 1, time(9), date(2026, 12, 1))
    assert shown(once.next_from(berlin("2026-06-01 00:00"), BERLIN)) == "2026-12-01 09:00:00"
    assert shown(once.next_from(berlin("2026-12-01 09:00"), BERLIN)) == "2026-12-01 09:00:00"
    assert once.next_after(berlin("2026-12-01 09:00"), BERLIN) is None
    assert Schedule("once", frozenset(), 1, time(9), None).next_from(utc("2026-01-01"), BERLIN) is (
        None
    )


def test_at_the_end_of_the_calendar_no_schedule_fires() -> None:
    end = utc("9999-12-31 23:30")
    for schedule in (every(at=time(8)), monthly(1, time(8))):
        for where in (UTC_ZONE, BERLIN):
            assert schedule.next_from(end, where) is None
            assert schedule.next_after(datetime.max.replace(tzinfo=UTC), where) is None


schedules = st.one_of(
    st.builds(
        Schedule,
        st.just("days"),
        st.frozensets(st.integers(0, 6)),
        st.just(1),
        walls,
        st.none(),
    ),
    st.builds(
        Schedule, st.just("month"), st.just(frozenset()), st.integers(1, 31), walls, st.none()
    ),
)


@given(any_moment, schedules, zones)
def test_firings_come_in_order_and_not_before_now(
    moment: datetime, schedule: Schedule, where: ZoneInfo
) -> None:
    first = schedule.next_from(moment, where)
    after = schedule.next_after(moment, where)
    assert first is not None
    assert after is not None
    assert moment <= first <= after
    assert after > moment
    assert first in (moment, after)


# --- the next of something ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "wall", "found"),
    [
        ("2026-06-01 08:00", "09:00", "2026-06-01 09:00:00"),
        ("2026-06-01 09:00", "09:00", "2026-06-01 09:00:00"),
        ("2026-06-01 09:00:30", "09:00", "2026-06-02 09:00:00"),
        ("2027-03-28 01:30", "02:30", "2027-03-28 03:00:00"),
        ("2027-03-28 03:00", "02:30", "2027-03-28 03:00:00"),
        ("2027-03-28 03:00:01", "02:30", "2027-03-29 02:30:00"),
        ("2026-10-25 02:30:01", "02:30", "2026-10-26 02:30:00"),
        ("2026-12-31 10:00", "09:00", "2027-01-01 09:00:00"),
    ],
)
def test_the_next_wall_time_includes_now(now: str, wall: str, found: str) -> None:
    assert shown(next_time(berlin(now), time.fromisoformat(wall), BERLIN)) == found


def test_the_second_pass_of_a_doubled_hour_comes_after_its_wall_times() -> None:
    second_0215 = utc("2026-10-25 01:15")
    assert shown(next_time(second_0215, time(2, 30), BERLIN)) == "2026-10-26 02:30:00"


@pytest.mark.parametrize(
    ("now", "wall", "found"),
    [
        ("2026-06-01 08:00", time(9), "2026-06-01 09:00:00"),  # a monday
        ("2026-06-01 09:00", time(9), "2026-06-01 09:00:00"),
        ("2026-06-01 09:00:30", time(9), "2026-06-08 09:00:00"),
        ("2026-06-02 08:00", time(9), "2026-06-08 09:00:00"),
        ("2026-06-01 15:00", None, "2026-06-01 15:00:00"),
        ("2026-06-03 15:00", None, "2026-06-08 00:00:00"),
        ("2026-06-07 23:59:59", time(0), "2026-06-08 00:00:00"),
    ],
)
def test_the_next_weekday_includes_now_and_begins_at_midnight(
    now: str, wall: time | None, found: str
) -> None:
    assert shown(next_weekday(berlin(now), MON, wall, BERLIN)) == found


def test_a_day_whose_midnight_is_in_a_gap_begins_where_the_gap_ends() -> None:
    havana = ZoneInfo("America/Havana")
    saturday = instant(date(2026, 3, 7), time(12), havana)
    assert shown(next_weekday(saturday, SUN, None, havana), havana) == "2026-03-08 01:00:00"


def test_the_next_day_of_a_calendar_includes_now_and_passes_over_holidays() -> None:
    office = Days(frozenset(range(5)), ("DE-BW",))
    thursday = berlin("2026-04-02 15:00")
    assert next_day_of(thursday, office, None, BERLIN) == thursday
    assert shown(next_day_of(thursday, office, time(16), BERLIN)) == "2026-04-02 16:00:00"
    assert shown(next_day_of(thursday, office, time(15), BERLIN)) == "2026-04-02 15:00:00"
    assert shown(next_day_of(thursday, office, time(9), BERLIN)) == "2026-04-07 09:00:00"
    friday = berlin("2026-04-03 15:00")
    assert shown(next_day_of(friday, office, None, BERLIN)) == "2026-04-07 00:00:00"


def test_a_calendar_with_no_days_has_no_next_day() -> None:
    never = Days(frozenset(), (), ((date.min, date.max),))
    assert next_day_of(berlin("2026-04-02 15:00"), never, None, BERLIN) is None


@given(any_moment, st.integers(0, 6), st.none() | walls, zones)
def test_the_next_of_anything_is_not_before_now_and_soon(
    moment: datetime, weekday: int, wall: time | None, where: ZoneInfo
) -> None:
    by_weekday = next_weekday(moment, weekday, wall, where)
    assert moment <= by_weekday <= moment + timedelta(days=9)
    assert by_weekday == next_day_of(moment, days(weekday), wall, where)
    if wall is not None:
        by_time = next_time(moment, wall, where)
        assert moment <= by_time <= moment + timedelta(days=2)
        assert by_time == next_day_of(moment, days(), wall, where)
        assert by_time == every(at=wall).next_from(moment, where)
