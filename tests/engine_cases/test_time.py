"""Clocks that go wrong, engines that come and go: a moment is lived through once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flowlang.engine.worker import Worker
from flowlang.stores import Store
from tests.engine.applied import begin
from tests.engine.test_worker import HOUR, START, came, compiled, feed, person, told

SHOP = """
contact
  birthday date

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello"

message "Later"
  kind service
  channel email
  subject "Later"
  body "{{ today }}"

event morning
  every day at 08:00
  for contacts where email is set

campaign "Welcome"
  start when tagged "go"
  send "Hello"
  wait 2 hours
  send "Later"

campaign "Mornings"
  runs again
  start on morning
  send "Hello"
"""


def sent(store: Store, name: str = "anna") -> list[tuple[str, datetime]]:
    return [
        (entry.step, entry.at)
        for entry in told(store, [name]).get(name, ())
        if entry.what == "sent"
    ]


def test_a_clock_that_goes_back_an_hour_sends_nothing_twice_and_nothing_early(
    store: Store,
) -> None:
    """The machine's clock goes back (NTP, a virtual machine restored)."""
    program = compiled(SHOP)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    worker = Worker(program, store)
    begin(store, worker.program, START)
    worker.run(START + 2 * HOUR)
    before = sent(store)
    assert worker.run(START + 1 * HOUR).idle
    feed(store, [came(1.5, "anna", "tag", tag="late")])
    worker.run(START + 1.6 * HOUR)
    assert sent(store) == before
    worker.run(START + 4 * HOUR)
    assert sent(store) == [*before, ('send "Later"', START + 3 * HOUR)]


def test_a_clock_that_leaps_three_days_does_once_what_was_due_meanwhile(store: Store) -> None:
    program = compiled(SHOP)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    worker = Worker(program, store)
    begin(store, worker.program, START)
    worker.run(START + 1 * HOUR)
    worker.run(START + 73 * HOUR)
    mornings = [datetime(2026, 11, day, 8, tzinfo=UTC) for day in (21, 22, 23)]
    assert sent(store)[1:] == [
        ('send "Later"', START + 3 * HOUR), *(('send "Hello"', at) for at in mornings)
    ]  # fmt: skip
    later = [row.letter for row in store.letters(["queued"], 99) if row.letter.message == "Later"]
    assert [one.text for one in later] == ["Nov 20, 2026"]  # the day it was due


@pytest.mark.parametrize("missed", ["catch up", "skip"])
def test_a_schedule_fires_once_for_a_day_however_often_the_engine_is_started_around_it(
    store: Store, missed: str
) -> None:
    """OCA/automation test_cron_no_duplicates, mautic#6505."""
    program = compiled(SHOP, missed=missed)
    feed(store, [person(0, "anna")])
    eight = datetime(2026, 11, 21, 8, tzinfo=UTC)
    begin(store, program, START)
    for seconds in (-1, 0, 1, 1, 60):
        for _ in range(2):
            Worker(program, store).run(eight + timedelta(seconds=seconds))
    assert sent(store) == [('send "Hello"', eight)]
    Worker(program, store).run(eight + timedelta(days=2, hours=3))
    days = (1, 2) if missed == "catch up" else (2,)
    assert sent(store)[1:] == [('send "Hello"', eight + timedelta(days=day)) for day in days]
