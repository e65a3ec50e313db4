"""What comes late, and clocks that are put back: nothing happens to a contact before its last
moment, and nobody else is led out of the order of time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flowlang.contact import Entry
from flowlang.engine.worker import Worker
from flowlang.program.program import Program
from flowlang.stores import Store, open_store
from tests.engine.applied import begin, move
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
  send "Offer" to segment "Warm"

automation "Call them"
  start campaign "Called" for segment "Warm"
  add segment "Warm" to group "VIP"

automation "After"
  on send finished "Hello"
  notify inbox "said"
"""
PEOPLE = ("anna", "ben", "cleo")
RESIDENTS = [
    person(0, f"one in {zone}", score=-1, timezone=zone)
    for zone in ("Asia/Tokyo", "America/New_York")
]
"""Schedules come in a zone from when on somebody has been in it: somebody always is."""
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
hours = st.integers(0, 48).map(lambda halves: halves / 2)


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
    return [*found, (48, [])]


def lived(
    store: Store, program: Program, given: Sequence[Pass], batch: int = 500
) -> dict[str, list[Entry]]:
    """The histories of all, where the engine runs at these moments, with what had come by then."""
    worker = Worker(program, store, batch=batch)
    begin(store, program, START)
    feed(store, [*RESIDENTS, *(person(0, name) for name in PEOPLE)])
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


GROUP_SEND = (None, "run automation", {"automation": "To all"})
OWN_LAST_MOMENT: list[Pass] = [
    (20, [came(20, "anna", "tag", tag="warm")]),
    (19, [(START + 19 * HOUR, *GROUP_SEND)]),  # the clock was put back
    (21, [came(1, "ben", "merge", into="anna")]),
    (22, [came(2, "ben", "tag", tag="go"), came(15, "cleo", "tag", tag="go")]),
    (48, [came(14, "anna", "set", field="timezone", value="Asia/Tokyo")]),
]
PAST_THE_STOP: list[Pass] = [
    (5, [came(5, "anna", "tag", tag="warm")]),
    (6, [
        came(1, "ben", "tag", tag="go"),
        came(3, "anna", "untag", tag="warm"),
        came(3.5, "ben", "tag", tag="stop"),
    ]),
]  # fmt: skip


@given(passes(), st.sampled_from([1, 2]))
@example(OWN_LAST_MOMENT, 2)
@settings(max_examples=size(12, 300), deadline=None)
def test_whatever_comes_late_nothing_happens_to_a_contact_before_its_last_moment(
    story: list[Pass], batch: int
) -> None:
    with memory() as store, memory() as other:
        whole = lived(store, WITH, story)
        assert backwards(store) == []
        assert lived(other, WITH, story, batch) == whole


@given(passes(merging=False))
@example(PAST_THE_STOP)
@settings(max_examples=size(12, 300), deadline=None)
def test_what_comes_late_for_others_is_nothing_to_a_contact_nor_is_an_automation_that_rests(
    story: list[Pass],
) -> None:
    own = [(now, [one for one in coming if one[1] in (None, "ben")]) for now, coming in story]
    acts = any(one[2] == "run automation" for _, coming in own for one in coming)
    with memory() as store, memory() as other:
        together = lived(store, WITH, story)
        alone = lived(other, WITH if acts else WITHOUT, own)
        assert together["ben"] == alone["ben"]


@given(passes())
@example(OWN_LAST_MOMENT)
@settings(
    max_examples=size(3, 50), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_both_databases_tell_the_same_of_what_comes_late(
    postgresql: Server, story: list[Pass]
) -> None:
    name = postgresql.database(postgresql.template())
    with memory() as one, closing(open_store(postgresql.url(name), Path())) as other:
        assert lived(one, WITH, story) == lived(other, WITH, story)
        assert backwards(other) == []
    postgresql.drop(name)


# ------------------------------------------------------------------ one by one


def when(store: Store, name: str, what: str) -> list[float]:
    """At which hours something happened to a contact."""
    entries = told(store, [name]).get(name, [])
    return [(one.at - START) / HOUR for one in entries if one.what == what]


def test_a_send_to_many_reaches_each_at_its_own_last_moment(store: Store) -> None:
    """Also where the automation itself has a later one, from before the clock was put back."""
    send = came(20, None, "run automation", automation="To all")
    again = came(18, None, "run automation", automation="To all")
    lived(store, WITH, [(20, [send]), (20.5, [came(20.5, "anna", "tag", tag="seen")])])
    feed(store, [person(17, "dora"), again])
    Worker(WITH, store).run(START + 18 * HOUR)
    assert when(store, "anna", "sent") == [20, 20.5]
    assert when(store, "ben", "sent") == [20, 20]
    assert when(store, "dora", "sent") == [18]


def test_a_merge_that_comes_late_happens_when_neither_of_the_two_is_further(store: Store) -> None:
    coming = [came(10, "ben", "tag", tag="warm"), came(12, "anna", "tag", tag="warm")]
    late = [came(2, "ben", "merge", into="anna"), came(3, "ben", "tag", tag="go")]
    lived(store, WITHOUT, [(12, coming), (13, late)])
    assert when(store, "anna", "merged") == when(store, "ben", "merged") == [12]
    assert when(store, "anna", "started") == [12]


def test_who_comes_again_after_it_was_deleted_goes_on_from_there(store: Store) -> None:
    late = [came(3, "anna", "contact", fields={"score": 1}, tags=("go",))]
    lived(store, WITHOUT, [(10, [came(10, "anna", "delete")]), (11, late)])
    assert when(store, "anna", "created") == [0, 10]
    contact, _ = Worker(WITHOUT, store).states.read(store.contacts(["anna"])[0].state)
    assert contact.fields["created"] == START + 10 * HOUR


def test_an_event_about_a_thing_that_comes_late_says_when_it_was(store: Store) -> None:
    wish = came(9, "anna", "set", field="wish", value="sofa")
    late = came(4, None, "event", name="back_in_stock", data={"thing": "sofa"})
    lived(store, WITHOUT, [(9, [wish]), (10, [late])])
    assert when(store, "anna", "event") == [9]
    contact, _ = Worker(WITHOUT, store).states.read(store.contacts(["anna"])[0].state)
    assert [one.at for one in contact.events["back_in_stock"]] == [START + 4 * HOUR]


def test_who_is_paused_and_ahead_goes_on_as_soon_as_a_person_says_so(store: Store) -> None:
    """Not when the clock that was put back has come to where the contact is."""
    pause = came(2, None, "pause", process=MAIN, who="ann")
    resume = came(8, None, "resume", process=MAIN, who="ann")
    ahead = [came(1, "anna", "tag", tag="go"), pause, came(12, "anna", "tag", tag="seen")]
    lived(store, WITHOUT, [(12, ahead), (8, [resume])])
    assert when(store, "anna", "goes on") == when(store, "anna", "sent") == [12]


def test_a_version_that_is_applied_late_moves_each_at_its_own_last_moment(store: Store) -> None:
    lived(store, WITHOUT, [(2, [came(1, "anna", "tag", tag="go")])])
    feed(store, [came(3, "anna", "tag", tag="seen")])
    Worker(WITHOUT, store).run(START + 3 * HOUR)
    longer = compiled(SHOP.replace("  wait 3 hours\n", "  wait 5 hours\n"))
    move(store, WITHOUT, longer, START + 2 * HOUR)
    Worker(longer, store).run(START + 10 * HOUR)
    assert when(store, "anna", "waiting")[:2] == [1, 3]
    assert when(store, "anna", "sent") == [6]
