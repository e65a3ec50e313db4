"""Caps `in all` over a store: an edit forgets nothing of what went out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from flowlang.engine import carried_caps, shared_caps
from flowlang.program.program import Program
from flowlang.stores import Store
from flowlang.stores.rows import Changes, LetterFate
from tests.engine.applied import begin, move
from tests.engine.automating import HOUR, START, Came, came, compiled, feed, person, run, told

DAY = timedelta(days=1)

PROGRAM = """
message "S"
  kind service
  channel email
  subject "S"
  body "S"

message "M"
  kind marketing
  channel email
  subject "M"
  body "M"
{policies}
campaign "Service"
{under}  start when tagged "s"
  send "S"

campaign "Marketing"
  start when tagged "m"
  send "M"

campaign "Elsewhere"
  start when tagged "e"
  send "S" to "office@example.com"
"""
TWO = "send at most 2 messages in all per 1 day, otherwise wait"
NIGHT = "send only between 00:00 and 23:59"


def ruled(*lines: str) -> Program:
    """The program where a policy of these lines holds for its first campaign."""
    policies = "".join(f"  {line}\n" for line in lines)
    policies = f'\npolicy "All"\n{policies}' if lines else ""
    return compiled(PROGRAM.format(policies=policies, under='  policy "All"\n' if lines else ""))


def tagged(hours: float, contact: str, tag: str) -> Came:
    return came(hours, contact, "tag", tag=tag)


def got(store: Store, contact: str) -> list[str]:
    """What has become of a contact's sends, and why."""
    entries = told(store, [contact]).get(contact, [])
    return [f"{one.what}: {one.because}" for one in entries if one.step == 'send "S"']


@pytest.mark.parametrize(
    "lines",
    [
        ["send at most 9 messages in all per 10 days, otherwise wait", TWO],
        [NIGHT, TWO],
        [TWO.replace("1 day", "24 hours")],
        [TWO.replace("2", "1")],
    ],
)
def test_an_edit_of_a_policy_forgets_nothing_that_went_out(store: Store, lines: list[str]) -> None:
    before, after = ruled(TWO), ruled(*lines)
    feed(store, [person(0, name) for name in ("anna", "ben", "cleo")])
    feed(store, [tagged(1, "anna", "s"), tagged(2, "ben", "s"), tagged(4, "cleo", "s")])
    run(before, store, 2)
    move(store, before, after, START + 3 * HOUR)
    run(after, store, 4)
    assert got(store, "cleo")[0].startswith("waiting: for the cap, until 2026-11-21 1")
    assert len(got(store, "cleo")) == 1


def test_a_cap_that_is_new_counts_what_went_out_before_it(store: Store) -> None:
    """Also to who was deleted or merged since; not to another address, not what was taken back."""
    before = ruled()
    limits = ("9 messages", "2 messages", "9 marketing messages", "9 messages of this policy")
    after = ruled(*(f"send at most {one} in all per 20 hours" for one in limits))
    people = ["anna", "ben", "cleo", "dora", "emil", "finn", "gus"]
    feed(store, [person(0, name) for name in people])
    sends = [tagged(at, name, "s") for at, name in enumerate(people[:5], start=1)]
    feed(store, [*sends, tagged(6, "anna", "m"), tagged(7, "anna", "e")])
    run(before, store, 7)
    out = [row.letter.id for row in store.claim_letters(START + 8 * HOUR, 99)]
    store.mark_letters([LetterFate(one, "handed over", START + 8 * HOUR) for one in out])
    feed(store, [tagged(9, "finn", "s"), came(10, "finn", "delete"), came(10, "ben", "delete")])
    feed(store, [came(11, "cleo", "merge", into="gus"), came(12, "gus", "merge", into="dora")])
    run(before, store, 12)
    move(store, before, after, START + 4 * DAY + 23 * HOUR)
    found = shared_caps.read(store.value(shared_caps.NAME), after)
    hours = [[round((at - START) / HOUR) for at in found[name]] for name in found]
    assert hours == [[4, 5, 6], [5, 6], [6], []]
    sent = json.loads(store.value(shared_caps.NAME) or "")
    move(store, after, before, START + 5 * DAY)
    assert store.value(shared_caps.NAME) is None
    move(store, before, after, START + 4 * DAY + 23 * HOUR)
    assert json.loads(store.value(shared_caps.NAME) or "") == sent


def test_as_many_letters_are_looked_at_as_a_cap_needs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried_caps, "_PAGE", 2)
    before, after = ruled(), ruled("send at most 3 messages in all per 9 hours")
    people = [f"c{one}" for one in range(12)]
    feed(store, [person(0, name) for name in people])
    feed(store, [tagged(at, name, "s") for at, name in enumerate(people, start=1)])
    run(before, store, 12)
    move(store, before, after, START + 13 * HOUR)
    found = shared_caps.read(store.value(shared_caps.NAME), after)
    assert [list(one) for one in found.values()] == [[START + at * HOUR for at in (10, 11, 12)]]


def test_a_count_that_an_earlier_program_kept_is_understood(store: Store) -> None:
    """It knew a cap by its place among the lines of its policy."""
    before, after = ruled(TWO), ruled(NIGHT, TWO.replace("2", "3"), TWO)
    begin(store, before, START)
    moments = [(START - at * HOUR).isoformat() for at in (3, 1)]
    kept = [["All", 0, moments], ["All", 7, moments], ["Gone", 0, moments]]
    store.save(Changes(values={shared_caps.NAME: json.dumps(kept)}))
    feed(store, [person(0, "anna", timezone="UTC"), tagged(1, "anna", "s")])
    move(store, before, after, START)
    run(after, store, 1)
    frees = START - 3 * HOUR + DAY
    assert got(store, "anna") == [f"waiting: for the cap, until {frees:%Y-%m-%d %H:%M}"]


def test_what_is_sent_late_takes_the_place_of_nothing_that_was_sent_since(store: Store) -> None:
    program = ruled(TWO)
    begin(store, program, START)
    feed(store, [person(0, name) for name in ("anna", "ben", "cleo", "dora")])
    run(program, store, 1)
    for hours, name in ((3, "anna"), (1.5, "ben"), (24, "cleo"), (26.5, "dora")):
        feed(store, [tagged(hours, name, "s")])
        run(program, store, max(hours, 3))
    assert got(store, "cleo")[0] == "waiting: for the cap, until 2026-11-21 10:30"
    assert got(store, "dora") == ["waiting: for the cap, until 2026-11-21 12:00"]
