"""How many may go to a domain: never more than was said, and never none for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlang.delivery.settings import Rate
from flowlang.engine.rates import Rates

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@given(st.integers(1, 200), st.lists(st.integers(0, 30_000), min_size=1, max_size=400))
def test_in_any_time_of_its_length_no_more_go_than_the_rate_says(
    count: int, steps: list[int]
) -> None:
    rates, now, went = Rates(Rate(count, MINUTE)), NOON, []
    for step in steps:
        now += timedelta(milliseconds=step)
        if rates.wait("a.example", now) is None:
            went.append(now)
    for one in went:
        assert sum(one <= other < one + MINUTE for other in went) <= count


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 60, 1_000])
def test_who_comes_when_it_was_told_goes_as_fast_as_the_rate_allows(count: int) -> None:
    rates, letters = Rates(Rate(count, MINUTE)), 3 * count
    waiting, went = [(NOON, number) for number in range(letters)], []
    while waiting:
        now, number = waiting.pop(0)
        at = rates.wait("a.example", now)
        if at is None:
            went.append((now, number))
        else:
            waiting = sorted([*waiting, (at, number)])
    assert [number for _, number in went] == list(range(letters))
    # What a bucket holds back at the end of a minute it gives in the next.
    assert went[-1][0] - NOON <= 4 * MINUTE


def test_domains_do_not_wait_for_each_other() -> None:
    rates = Rates(Rate(1, MINUTE))
    assert [rates.wait(f"{name}.example", NOON) for name in "abc"] == [None] * 3
    assert rates.wait("a.example", NOON) == NOON + MINUTE


def test_a_clock_that_is_put_back_costs_no_more_than_one_turn() -> None:
    rates = Rates(Rate(6, MINUTE))
    assert rates.wait("a.example", NOON) is None
    earlier = NOON - timedelta(hours=5)
    at = rates.wait("a.example", earlier)
    assert at is None or at <= earlier + MINUTE


def test_domains_of_long_ago_are_forgotten() -> None:
    rates = Rates(Rate(60, MINUTE))
    for number in range(25_000):
        assert rates.wait(f"{number}.example", NOON + timedelta(seconds=number)) is None
    assert len(rates._buckets) <= 10_000


def test_nobody_is_told_to_wait_for_longer_than_a_day() -> None:
    rates = Rates(Rate(1, 24 * 60 * MINUTE))
    assert rates.wait("a.example", NOON) is None
    told = [rates.wait("a.example", NOON) for _ in range(9_000)]
    assert set(told) == {NOON + 24 * 60 * MINUTE}
    days = [NOON + (24 * 60 * day) * MINUTE for day in range(1, 5)]
    assert [rates.wait("a.example", day) for day in days] == [None] * 4
