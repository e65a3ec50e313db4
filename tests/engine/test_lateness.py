"""What comes late, and clocks that are put back: nothing happens to a contact before its last
moment, and nobody else is led out of the order of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowlang.contact import Entry
from flowlang.engine.worker import Worker
from flowlang.program.program import Program
from flowlang.stores import Store, open_store
from tests.engine.applied import begin
from tests.engine.automating import HOUR, START, Came, came, compiled, feed, person, told
from tests.engine_cases.sums import wrong_sums
from tests.full_size import size
from tests.postgresql import Server

SHOP = """
contact
  score number
  wish  text

event morning
  every day at 08:00
  for contacts where score >= 0

event back_in_stock
  thing text
  for contacts where wish = event.thing

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "{{ today }}"

message "Offer"
  kind service
  channel email
  subject "Offer"
  body "Offer"

campaign "Main"
  runs again
  start when tagged "go"
  stop when tagged "stop"
  wait 3 hours
  send "Offer"
  wait until tagged "warm" at most 1 day
  tag "seen" for 2 hours
  wait 0 minutes
  untag "go"

campaign "Mornings"
  runs again
  start on morning
  send "Hello"
  wait 30 minutes
  set score to score + 1

campaign "Stock"
  runs again
  start on back_in_stock
  wait 1 hour
  tag "stop"

campaign "Called"
  start when tagged "never"
  send "Hello"
  wait 2 hours
  untag "stop"
"""
AUTOMATIONS = """
segment "Warm"
  tagged "warm"

group "VIP"

automation "To all"
  send "Hello" to everyone
  wait 1 hour
  send "Offer" to segment "Warm" spread over 2 hours

automation "Call them"
  start campaign "Called" for segment "Warm"
  add segment "Warm" to group "VIP"

automation "After"
  on send finished "Hello"
  notify inbox "said"
"""
PEOPLE = ("anna", "ben", "cleo")
MAIN = ["campaign", "Main", "", ""]

Pass = tuple[float, list[Came]]
"""What has come before the engine runs, and what the clock of the machine says then."""

of_one = st.sampled_from([
    *(("tag", {"tag": tag}) for tag in ("go", "stop", "warm")),
    *(("untag", {"tag": tag}) for tag in ("go", "stop", "warm")),
    ("set", {"field": "wish", "value": "sofa"}), ("set", {"field": "score", "value": -1}),
    ("set", {"field": "timezone", "value": "Asia/Tokyo"}),
    ("event", {"name": "back_in_stock", "data": {"thing": "lamp"}}),
    ("contact", {"fields": {"score": 5, "timezone": "America/New_York"}, "tags": ("go",)}),
    ("delete", {}), ("contact", {"fields": {"score": 0}, "tags": ("warm",)}),
])  # fmt: skip
of_all = st.sampled_from([
    ("event", {"name": "back_in_stock", "data": {"thing": "sofa"}}),
    ("pause", {"process": MAIN, "who": "ann"}), ("resume", {"process": MAIN, "who": "ann"}),
    ("run automation", {"automation": "To all"}), ("run automation", {"automation": "Call them"}),
])  # fmt: skip
merges = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).map(
    lambda pair: (pair[0], ("merge", {"into": pair[1]}))
)
hours = st.integers(0, 120).map(lambda quarters: quarters / 4)


@st.composite
def passes(draw: st.DrawFn, *, merging: bool = True) -> list[Pass]:
    """The engine runs a few times, each after more has come, of whatever moment up to then; the
    clock of the machine may have been put back meanwhile.
    """
    what: list[st.SearchStrategy[Any]] = [
        st.tuples(st.sampled_from(PEOPLE), of_one),
        st.tuples(st.sampled_from(PEOPLE), of_one),
        st.tuples(st.none(), of_all),
    ]
    coming = st.lists(
        st.tuples(hours, st.one_of(*what, *([merges] if merging else []))), max_size=6
    )
    found: list[Pass] = []
    for now in draw(st.lists(hours, min_size=2, max_size=4)):
        some = draw(coming)
        some.sort(key=itemgetter(0))
        here = [came(min(at, now), who, kind, **data) for at, (who, (kind, data)) in some]
        found.append((now, here))
    return [*found, (60, [])]


def lived(
    store: Store, program: Program, given: Sequence[Pass], batch: int = 500
) -> dict[str, list[Entry]]:
    """The histories of all, where the engine runs at these moments, with what had come by then."""
    worker = Worker(program, store, batch=batch)
    begin(store, program, START)
    feed(store, [person(0, name) for name in PEOPLE])
    for now, coming in given:
        feed(store, coming)
        worker.run(START + now * HOUR)
    return told(store, PEOPLE)


def moments(store: Store) -> Iterator[tuple[str, list[datetime]]]:
    """Of all that is kept of each contact, when it was: in the order in which it came about."""
    letters = [row.letter for row in store.letters(["queued", "taken back"], 9_999)]
    for name in PEOPLE:
        yield f"the history of {name}", [row.entry.at for row in store.history(name)]
        yield f"the letters to {name}", [one.at for one in letters if one.contact == name]


def backwards(store: Store) -> list[str]:
    """What happened to a contact before its last moment, in words."""
    return [
        f"in {what} {after} comes behind {before}"
        for what, found in moments(store)
        for before, after in pairwise(found)
        if after < before
    ]


@contextmanager
def memory() -> Iterator[Store]:
    """A store in memory, whose sums are right in the end."""
    with closing(open_store("sqlite:///:memory:", Path())) as store:
        yield store
        assert wrong_sums(store) == []


WITH, WITHOUT = compiled(SHOP + AUTOMATIONS), compiled(SHOP)


@given(passes(), st.sampled_from([1, 2]))
@settings(max_examples=size(12, 300), deadline=None)
def test_whatever_comes_late_nothing_happens_to_a_contact_before_its_last_moment(
    story: list[Pass], batch: int
) -> None:
    with memory() as store, memory() as other:
        whole = lived(store, WITH, story)
        assert backwards(store) == []
        assert lived(other, WITH, story, batch) == whole


def only(story: Sequence[Pass], keeps: Callable[[Came], bool]) -> list[Pass]:
    return [(now, [one for one in coming if keeps(one)]) for now, coming in story]


@given(passes(merging=False))
@settings(max_examples=size(12, 300), deadline=None)
def test_what_comes_late_for_one_contact_is_nothing_to_another(story: list[Pass]) -> None:
    with memory() as store, memory() as other:
        together = lived(store, WITH, story)
        alone = lived(other, WITH, only(story, lambda one: one[1] in (None, "ben")))
        assert together["ben"] == alone["ben"]


@given(passes())
@settings(max_examples=size(12, 300), deadline=None)
def test_automations_that_do_nothing_change_no_history(story: list[Pass]) -> None:
    story = only(story, lambda one: one[2] != "run automation")
    with memory() as store, memory() as other:
        assert lived(store, WITH, story) == lived(other, WITHOUT, story)


@given(passes())
@settings(
    max_examples=size(6, 50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_databases_tell_the_same_of_what_comes_late(
    postgresql: Server, story: list[Pass]
) -> None:
    name = postgresql.database(postgresql.template())
    with memory() as one, closing(open_store(postgresql.url(name), Path())) as other:
        assert lived(one, WITH, story) == lived(other, WITH, story)
    postgresql.drop(name)
