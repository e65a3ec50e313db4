"""From the queue to a delivery: each letter is handed over once, or a person is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flowlang.contact import Letter
from flowlang.delivery.delivery import LEASE, Delivery, Outcome
from flowlang.delivery.kinds.outbox import Outbox
from flowlang.engine.handover import BACK_OFF, Delivered, Handover
from flowlang.stores import Store, open_store
from flowlang.stores.rows import Changes
from tests.stores.contract import LETTER, NOON

SECOND = replace(LETTER, id="l2", contact="ben", address="ben@example.com")


class Scripted(Delivery):
    """A delivery that answers as it was told, and remembers what it got."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.got: list[str] = []

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        self.got += [letter.id for letter in letters]
        if self.statuses[:1] == ["killed"]:
            raise KeyboardInterrupt
        return [Outcome(letter.id, self.statuses.pop(0), "because") for letter in letters]  # type: ignore[arg-type]


def deliver(store: Store, delivery: Delivery, now: datetime, **others: Any) -> Delivered:
    """One run of a program that does nothing else."""
    return Handover(store, delivery, lambda: now, **others).run()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = open_store("sqlite:///state.db", tmp_path)
    found.save(Changes(letters=[LETTER, SECOND]))
    return found


def test_each_letter_is_handed_over_once(store: Store, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    assert deliver(store, outbox, NOON).delivered == {"Offer": 2}
    assert deliver(store, outbox, NOON).delivered == {}
    assert len(list((tmp_path / "outbox").iterdir())) == 2


def test_what_may_be_taken_later_is_tried_again_with_growing_pauses(store: Store) -> None:
    now, tries = NOON, 0
    delivery = Scripted("delivered", *["retry"] * 20)
    while store.letters(["queued"], 9):
        deliver(store, delivery, now)
        waiting = store.letters(["queued"], 9)
        tries += 1
        if waiting:
            assert waiting[0].since - now == timedelta(seconds=BACK_OFF[tries - 1])
            assert deliver(store, delivery, waiting[0].since - timedelta(seconds=1)).delivered == {}
            now = waiting[0].since
    assert tries == len(BACK_OFF) + 1
    assert [row.status for row in store.letters(["failed"], 9)] == ["failed"]
    assert "ben@example.com" in store.notices(9)[0].text


def test_what_fails_is_told_to_a_person(store: Store) -> None:
    done = deliver(store, Scripted("failed", "delivered"), NOON)
    assert done.failed == ['"Offer" to anna@example.com: failed, because']
    assert [one.text for one in store.notices(9)] == done.failed


def test_an_unknown_outcome_is_not_repeated_unless_duplicates_are_allowed(store: Store) -> None:
    delivery = Scripted("unknown", "unknown", "delivered")
    assert deliver(store, delivery, NOON).unknown == 2
    assert deliver(store, delivery, NOON + LEASE).delivered == {}
    assert delivery.got == ["l1", "l2"]


@pytest.mark.parametrize(("duplicates", "again"), [("avoid", []), ("allow", ["l1", "l2"])])
def test_who_is_killed_while_handing_over_leaves_letters_of_unknown_fate(
    store: Store, duplicates: str, again: list[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        deliver(store, Scripted("killed"), NOON)
    delivery = Scripted("delivered", "delivered")
    deliver(store, delivery, NOON + LEASE / 2, duplicates=duplicates)
    assert delivery.got == []
    deliver(store, delivery, NOON + LEASE, duplicates=duplicates)
    assert delivery.got == again
    assert len(store.notices(9)) == (0 if again else 2)


def test_a_delivery_that_may_be_repeated_takes_up_what_was_left(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt):
        deliver(store, Scripted("killed"), NOON)
    delivery = Scripted("delivered", "delivered")
    assert deliver(store, delivery, NOON + LEASE, repeatable=True).delivered == {"Offer": 2}
