"""A store that is away is told once, then seldom, and once when it is back."""

from __future__ import annotations

from flowlang.engine.absence import QUIET, Absence
from flowlang.speech import Text, tr
from flowlang.stores.store import StoreError

AWAY, FULL = StoreError("it is away"), StoreError("the disk is full")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0
        self.told: list[str] = []
        self.absence = Absence(self.told.append, lambda: self.now, self.words)

    def words(self, failure: StoreError) -> Text:
        return tr("{failure}; trying again", failure=str(failure))

    def fail_for(self, seconds: int, failure: StoreError = AWAY) -> None:
        """It is tried every five seconds."""
        for _ in range(0, seconds, 5):
            self.absence.failed(failure)
            self.now += 5


def test_a_day_of_absence_is_some_thirty_lines_and_one_when_it_is_over() -> None:
    clock = Clock()
    clock.fail_for(86_400)
    assert clock.told[:6] == [
        "it is away; trying again",
        "it is away; trying again, for 60 seconds now",
        "it is away; trying again, for 6 minutes now",
        "it is away; trying again, for 21 minutes now",
        "it is away; trying again, for 81 minutes now",
        "it is away; trying again, for 2 hours now",
    ]
    assert len(clock.told) == 27
    clock.absence.over()
    clock.absence.over()
    assert clock.told[27:] == ["the store can be used again, after 24 hours"]
    clock.fail_for(5)
    assert clock.told[28:] == ["it is away; trying again"]


def test_another_reason_is_told_at_once_and_each_only_so_often() -> None:
    clock = Clock()
    for _ in range(3):
        clock.fail_for(5)
        clock.fail_for(5, FULL)
    assert clock.told == ["it is away; trying again", "the disk is full; trying again"]


def test_it_is_not_over_as_long_as_it_fails_now_and_then() -> None:
    """On a full disk one can read and not write."""
    clock = Clock()
    clock.absence.over()
    assert clock.told == []
    for _ in range(10):
        clock.absence.failed(FULL)
        clock.now += 1
        clock.absence.over()
    assert clock.told == ["the disk is full; trying again"]
    clock.now += QUIET - 1
    clock.absence.over()
    assert clock.told[1:] == ["the store can be used again, after 14 seconds"]
