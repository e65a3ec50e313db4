"""Two contacts are merged over a store: what the test runner says of it, and what comes later."""

from __future__ import annotations

import pytest

from flowlang.engine.admission import admit_contacts, admit_events
from flowlang.engine.state import States, merged_into
from flowlang.intake.contact_row import ContactRow
from flowlang.intake.events import Arrival
from flowlang.program.program import Program
from flowlang.stores import Store
from flowlang.stores.rows import ArrivalRow
from tests.engine.test_worker import START, Came, came, compiled, feed, person, played, run, told

SHOP = """
contact
  score number

coupons "few"
  when empty halt

event purchase
  total number

message "Code"
  kind marketing
  channel email
  subject "{{ coupon('few') }}"
  body "x"

campaign "Slow"
  start when tagged "go"
  wait 2 days
  tag "waited"
  send "Code"

campaign "Bought"
  start on purchase
  runs again
  set score to score + 1
"""
PEOPLE = ("anna", "ben", "cleo")
STORY: list[Came] = [
    *(person(0, name) for name in PEOPLE),
    came(1, "ben", "tag", tag="go"),
    came(2, "anna", "tag", tag="go"),
    came(3, "ben", "event", name="purchase", data={"total": 5}),
    came(10, "ben", "merge", into="anna"),
    came(11, "ben", "event", name="purchase", data={"total": 7}),
    came(12, "ben", "merge", into="cleo"),
    came(13, "ben", "contact", fields={"score": 50}),
    came(50, None, "import coupons", list="few", codes=("C1",)),
    came(51, None, "resume", message="Code"),
    came(52, "ben", "opened", message="Code"),
    came(60, "anna", "merge", into="cleo"),
    came(61, "ben", "tag", tag="twice removed"),
]


@pytest.fixture(scope="module")
def program() -> Program:
    return compiled(SHOP)


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_the_store_says_what_the_test_runner_says(
    program: Program, store: Store, batch: int
) -> None:
    feed(store, STORY)
    run(program, store, 5, 10, 11.5, 70, batch=batch)
    assert told(store, PEOPLE) == played(program, STORY, 70)
    states = States(program)
    rows = {row.id: row for row in store.contacts(PEOPLE)}
    assert [merged_into(rows[name]) for name in PEOPLE] == ["cleo", "anna", ""]
    assert [rows[name].deleted for name in PEOPLE] == [True, True, False]
    cleo = states.read(rows["cleo"].state)[0]
    assert [one.data["total"] for one in cleo.events["purchase"]] == [5, 7]
    assert {"waited", "twice removed"} <= cleo.tags.keys()
    assert [sent.message for sent in cleo.messages] == ["Code"]
    assert cleo.messages[0].opened
    assert {row.reason for row in store.arrivals("refused", 10)} == {'"ben" was merged into "anna"'}


def test_what_comes_for_the_one_that_is_gone_is_taken_and_its_row_is_left_out(
    program: Program, store: Store
) -> None:
    feed(store, STORY[:7])
    run(program, store, 20)
    event = Arrival(START, "ben", "tag", {"tag": "late"})
    [taken] = admit_events(store, [event])
    assert isinstance(taken, ArrivalRow)
    row = ContactRow(2, "ben", {"score": 9})
    done = admit_contacts(store, States(program), [row], START)
    assert [one.message for one in done.problems] == ['"ben" was merged into "anna"']
    assert done.arrivals == []


def test_a_halted_run_of_the_one_that_is_gone_keeps_its_place(
    program: Program, store: Store
) -> None:
    story = [
        *(person(0, name) for name in PEOPLE),
        came(1, "ben", "tag", tag="go"),
        came(2, "cleo", "tag", tag="go"),
        came(60, "ben", "merge", into="anna"),
        came(61, None, "import coupons", list="few", codes=("C1", "C2")),
        came(62, None, "resume", message="Code"),
    ]
    feed(store, story)
    run(program, store, 55, 70, batch=1)
    assert told(store, PEOPLE) == played(program, story, 70)
    sent = [
        (name, entry.because)
        for name in PEOPLE
        for entry in told(store, PEOPLE)[name]
        if entry.what == "sent"
    ]
    assert sent == [
        ("anna", 'to anna@example.com, code C1 of "few"'),
        ("cleo", 'to cleo@example.com, code C2 of "few"'),
    ]


def test_two_that_do_not_exist_are_told(program: Program, store: Store) -> None:
    feed(store, [person(0, "anna"), came(1, "anna", "merge", into="nobody")])
    run(program, store, 5)
    assert [row.reason for row in store.arrivals("refused", 9)] == ['there is no contact "nobody"']
