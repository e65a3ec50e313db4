"""Who withdraws gets nothing of what still waits to go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.engine.handover import Handover
from flowlang.engine.state import States
from flowlang.stores import Store
from tests.engine.automating import HOUR, START, came, compiled, feed, person, run
from tests.engine.handing import Meanwhile, Scripted

PROGRAM = """
message "Offer"
  kind marketing
  channel email
  subject "Offer"
  body "An offer."

message "Note"
  kind service
  channel email
  subject "Note"
  body "A note."

campaign "Both"
  runs again
  start when tagged "go"
  untag "go"
  send "Offer"
  send "Note"
  wait 1 day
  if received "Offer"
    tag "has it"

campaign "Complaint"
  start on complained
  withdraw marketing by email

automation "To all"
  send "Offer" to everyone
"""


class Busy(Delivery):
    """A mail server that takes nothing now."""

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [Outcome(one.id, "retry", "421 later") for one in letters]


def _fates(store: Store) -> list[tuple[str, str, str]]:
    rows = store.letters(["queued", "taken back"], 99)
    return sorted((row.letter.message, row.status, row.reason) for row in rows)


def _progress(store: Store, name: str) -> tuple[int, dict[str, int]]:
    found = [row for row in store.processes() if row.name == name and "send" in row.type]
    return found[0].done, found[0].skipped


WITHDRAWALS = [
    came(2, "anna", "withdraw", channel="email"),
    came(2, "anna", "unsubscribed", channel="email", message="Offer"),
    came(2, "anna", "complained", message="Offer"),
    came(2, "anna", "contact", fields={}, consent={"email": False}),
]


@pytest.mark.parametrize("how", WITHDRAWALS, ids=lambda how: how[2])
@pytest.mark.parametrize("late", [False, True], ids=["tried again", "written at once"])
def test_marketing_that_waits_is_taken_back(store: Store, how: Any, late: bool) -> None:
    program = compiled(PROGRAM)
    feed(store, [person(0, "anna"), person(0, "ben")])
    feed(store, [came(1, name, "tag", tag="go") for name in ("anna", "ben")])
    if not late:
        run(program, store, 1)
        assert Handover(store, Busy(), lambda: START + HOUR).run().retried == {"421 later": 4}
    feed(store, [how])
    run(program, store, 30)
    again = "" if late else "421 later"
    assert _fates(store) == [
        ("Note", "queued", again), ("Note", "queued", again),
        ("Offer", "queued", again), ("Offer", "taken back", "no consent"),
    ]  # fmt: skip
    assert _progress(store, "Offer") == (1, {"no consent": 1})
    assert _progress(store, "Note") == (2, {})
    told = [(row.entry.what, row.entry.because) for row in store.history("anna")]
    assert ("taken back", '"Offer": no consent') in told
    assert ("no", '"Offer": never sent') in told


def test_who_is_blocked_gets_nothing_at_all(store: Store) -> None:
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(compiled(PROGRAM), store, 1)
    feed(store, [came(2, "anna", "block")])
    run(compiled(PROGRAM), store, 3)
    taken = [("Note", "taken back", "blocked"), ("Offer", "taken back", "blocked")]
    assert _fates(store) == taken
    assert _progress(store, "Note") == (0, {"blocked": 1})


def test_what_was_withdrawn_under_opt_out_is_an_objection(store: Store) -> None:
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    feed(store, [came(2, "anna", "withdraw", channel="email")])
    run(compiled(PROGRAM, regime="opt-out"), store, 3)
    assert _progress(store, "Offer") == (0, {"objection": 1})


def test_a_group_send_that_is_over_is_counted_anew(store: Store) -> None:
    feed(store, [person(0, "anna"), person(0, "ben")])
    feed(store, [came(1, None, "run automation", automation="To all")])
    run(compiled(PROGRAM), store, 1)
    assert _progress(store, "Offer") == (2, {})
    feed(store, [came(2, "anna", "withdraw", channel="email")])
    run(compiled(PROGRAM), store, 3)
    assert _progress(store, "Offer") == (1, {"no consent": 1})


def test_a_withdrawal_holds_for_both_of_two_who_are_merged(store: Store) -> None:
    feed(store, [person(0, "anna"), person(0, "ben")])
    feed(store, [came(1, name, "tag", tag="go") for name in ("anna", "ben")])
    run(compiled(PROGRAM), store, 1)
    Handover(store, Busy(), lambda: START + HOUR).run()
    feed(store, [came(2, "ben", "contact", fields={}, consent={"email": False})])
    feed(store, [came(3, "ben", "merge", into="anna")])
    run(compiled(PROGRAM), store, 4)
    assert _progress(store, "Offer") == (0, {"no consent": 2})


@pytest.mark.parametrize(
    "how",
    [
        came(4, "anna", "unsubscribed", channel="email", message="Offer"),
        came(4, "ben", "unsubscribed", channel="email", message="Offer"),
        came(4, "anna", "block"),
        came(4, "cleo", "delete"),
    ],
    ids=["unsubscribed", "by the old id", "blocked", "deleted"],
)
def test_letters_to_whoever_has_become_part_of_another_are_its_own(store: Store, how: Any) -> None:
    """Ben is merged into anna, she into cleo; what is still to go to ben is cleo's."""
    feed(store, [person(0, name) for name in ("anna", "ben", "cleo")])
    feed(store, [came(1, name, "tag", tag="go") for name in ("anna", "ben")])
    run(compiled(PROGRAM), store, 1)
    feed(store, [came(2, "ben", "merge", into="anna"), came(3, "anna", "merge", into="cleo")])
    run(compiled(PROGRAM), store, 3)
    feed(store, [how])
    run(compiled(PROGRAM), store, 5)
    went = Scripted()
    Handover(store, went, lambda: START + 20 * HOUR).run()
    all_of_it = how[2] in ("block", "delete")
    assert len(went.got) == (0 if all_of_it else 2)
    assert {row[0] for row in _fates(store)} == ({"Note", "Offer"} if all_of_it else {"Offer"})
    assert _progress(store, "Offer")[0] == 0
    entries = [row.entry for row in store.history("cleo")]
    assert [one.what for one in entries].count("taken back") == (4 if all_of_it else 2)


@pytest.mark.parametrize("how", WITHDRAWALS, ids=lambda how: how[2])
@pytest.mark.parametrize("killed", [False, True], ids=["refused for now", "killed"])
def test_what_is_being_handed_over_does_not_go_a_second_time(
    store: Store, how: Any, killed: bool
) -> None:
    program = compiled(PROGRAM)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(program, store, 1)

    def withdraws() -> None:
        feed(store, [how])
        run(program, store, 2)

    way = Meanwhile(withdraws, "killed" if killed else "retry")
    if killed:
        with pytest.raises(KeyboardInterrupt):
            Handover(store, way, lambda: START + HOUR).run()
    else:
        Handover(store, way, lambda: START + HOUR).run()
    assert _progress(store, "Offer") == ((1, {}) if killed else (0, {"no consent": 1}))
    (offer,) = way.got[:1]
    later = Scripted()
    Handover(store, later, lambda: START + 3 * HOUR, duplicates="allow").run()
    assert offer not in later.got
    assert _fates(store) == [("Offer", "taken back", "no consent")]
    assert _progress(store, "Offer") == (0, {"no consent": 1})
    run(program, store, 30)
    told = [(row.entry.what, row.entry.because) for row in store.history("anna")]
    assert told.count(("taken back", '"Offer": no consent')) == 1
    assert ("no", '"Offer": never sent') in told
    contact, _ = States(program).read(store.contacts(["anna"])[0].state)
    assert [sent.message for sent in contact.messages] == ["Note"]
    assert store.arrivals("refused", 9) == []


@pytest.mark.parametrize("how", ["block", "delete"])
def test_who_is_gone_while_a_letter_is_handed_over_gets_no_second_try(
    store: Store, how: str
) -> None:
    program = compiled(PROGRAM)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(program, store, 1)

    def goes() -> None:
        feed(store, [came(2, "anna", how)])
        run(program, store, 2)

    way = Meanwhile(goes, Outcome("", "down", "421 later"))
    Handover(store, way, lambda: START + HOUR).run()
    assert len(way.got) == 1
    reason = "blocked" if how == "block" else "the contact was deleted"
    assert _fates(store) == [("Note", "taken back", reason), ("Offer", "taken back", reason)]
    report = run(program, store, 30)
    assert report.refused == []
    assert Handover(store, way, lambda: START + 30 * HOUR).run().idle


def test_of_letters_that_come_back_together_each_counts_as_what_it_is(store: Store) -> None:
    program = compiled(PROGRAM)
    names = ("anna", "ben", "cleo", "dora")
    feed(store, [person(0, name) for name in names])
    feed(store, [came(1, name, "tag", tag="go") for name in names])
    run(program, store, 1)

    def two_go() -> None:
        feed(store, [came(2, "anna", "withdraw", channel="email"), came(2, "ben", "block")])
        run(program, store, 2)

    way = Meanwhile(two_go, *["retry", "retry"] * 2, *["failed"] * 2, *["delivered"] * 2)
    way.at_once = 8
    done = Handover(store, way, lambda: START + HOUR).run()
    assert (done.retried, len(done.failed)) == ({"because": 1}, 2)
    assert _progress(store, "Offer") == (1, {"blocked": 1, "no consent": 1})
    assert _progress(store, "Note") == (2, {"blocked": 1})


def test_what_was_handed_over_is_gone(store: Store) -> None:
    program = compiled(PROGRAM)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(program, store, 1)

    def goes() -> None:
        feed(store, [came(2, "anna", "delete")])
        run(program, store, 3)

    done = Handover(store, Meanwhile(goes), lambda: START + HOUR).run()
    assert done.delivered == {"Offer": 1}
    assert _progress(store, "Offer") == (1, {})
    assert _fates(store) == [("Note", "taken back", "the contact was deleted")]


def test_consent_that_comes_again_lets_the_next_one_go(store: Store) -> None:
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    feed(store, [came(2, "anna", "withdraw", channel="email")])
    feed(store, [came(3, "anna", "grant", channel="email")])
    feed(store, [came(40, "anna", "tag", tag="go")])
    run(compiled(PROGRAM), store, 41, 80)
    assert _progress(store, "Offer") == (1, {"no consent": 1})
    assert START + timedelta(hours=40) in {
        row.letter.at for row in store.letters(["queued"], 9) if row.letter.message == "Offer"
    }
