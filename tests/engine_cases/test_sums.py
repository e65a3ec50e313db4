"""The checker of sums sees what is wrong: it runs after every test of the engine over a store."""

from __future__ import annotations

import pytest

from flowlang.engine.commons import counter
from flowlang.engine.handover import Handover
from flowlang.stores import Store
from flowlang.stores.rows import Changes, LetterFate, ProgressRow, RunRow
from tests.engine.automating import Refusing
from tests.engine.test_worker import HOUR, START, came, compiled, feed, person, run
from tests.engine_cases.sums import wrong_sums
from tests.stores.opening import Database

SHOP = """
contact
  score number

coupons "codes"
  when empty halt

message "Hello"
  kind marketing
  channel email
  subject "Hello"
  body "{{ coupon('codes') }}"

campaign "Shop"
  start when tagged "go"
  stop when tagged "stop"
  send "Hello"
  if score > 5
    wait 10 days
  if score > 3
    restart
  tag "end"
"""
NAMES = [f"c{number}" for number in range(10)]


@pytest.fixture
def store(database: Database) -> Store:
    """In which runs stand in every state, and sends came to every end."""
    found = database.open()
    found.import_codes("codes", [f"K{number}" for number in range(8)], START)
    feed(found, [person(0, name, "go", score=number) for number, name in enumerate(NAMES)])
    feed(found, [came(1, "c2", "withdraw", channel="email"), came(2, "c8", "tag", tag="stop")])
    feed(found, [person(3, "late", "go"), came(4, "late", "withdraw", channel="email")])
    feed(found, [came(5, "c3", "delete"), came(6, "c4", "tag", tag="go")])
    run(compiled(SHOP), found, 40)
    Handover(found, Refusing(), lambda: START + 40 * HOUR).run()
    return found


def test_whatever_became_of_them_it_adds_up(store: Store) -> None:
    """mautic#6789: some 30 of 600 a day were skipped, and nobody was told."""
    standing = {(status): count for _, status, _, count in store.standing()}
    assert standing.keys() >= {"waiting", "halted", "waiting for restart", "finished", "stopped"}
    (process,) = (one for one in store.processes() if one.type == "message send")
    assert process.failed == 1
    assert process.skipped["no consent"] > 0
    assert wrong_sums(store) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(counters={counter("started", "Shop"): 1}), "started, but"),
        (Changes(counters={counter("stopped", "Shop"): -1}), "started, but"),
        (
            Changes(runs=[RunRow("c7", "Shop", "", "finished", "", "", "", 0)]),
            "waiting by rows",
        ),
        (Changes(progress=[ProgressRow(1, "skipped: cap", 1)]), "sends reached"),
        (Changes(progress=[ProgressRow(1, "failed", 1)]), "failed, but"),
    ],
    ids=["started", "stopped", "standing", "skipped", "failed"],
)
def test_what_is_wrong_is_seen(store: Store, changes: Changes, said: str) -> None:
    """mautic#6789."""
    (process,) = (one for one in store.processes() if one.type == "message send")
    changes.progress = [one._replace(process=process.number) for one in changes.progress]
    store.save(changes)
    assert any(said in one for one in wrong_sums(store))


def test_a_letter_that_is_lost_is_seen(store: Store) -> None:
    """mautic#6789."""
    (row, *_) = store.letters(["handed over"], 9)
    store.mark_letters([LetterFate(row.letter.id, "taken back", START)])
    assert any("letters out" in one for one in wrong_sums(store))
