"""Events that several hand in at once are taken once, and each of them is told what is so."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from flowlang.engine.receiving import receive_events
from flowlang.intake.events import Arrival
from flowlang.stores import Store
from flowlang.stores.rows import ArrivalRow
from tests.stores.opening import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORKERS = 8


def event(number: int, line: int, contact: str = "c1") -> Arrival:
    return Arrival(NOON, contact, "tag", {"tag": "new"}, f"e{number}", line)


def statuses(store: Store, events: Sequence[Arrival]) -> list[str]:
    return [fate.status for fate in receive_events(store, events)]


def with_contact(store: Store) -> Store:
    store.append([ArrivalRow(NOON, "c1", "contact", "{}")])
    return store


def test_of_those_who_hand_in_one_event_at_once_one_is_told_that_it_was_taken(
    database: Database,
) -> None:
    stores = [with_contact(database.open())] + [database.open() for _ in range(WORKERS - 1)]
    ready = Barrier(WORKERS)

    def hand_in(place: int) -> list[list[str]]:
        """The same events, a few at a time, half of the workers from the other end."""
        batches = [[event(first + one, one) for one in range(5)] for first in range(0, 100, 5)]
        ready.wait(60)
        return [statuses(stores[place], batch if place % 2 else batch[::-1]) for batch in batches]

    with ThreadPoolExecutor(WORKERS) as pool:
        told = list(pool.map(hand_in, range(WORKERS)))
    for batch in zip(*told, strict=True):
        assert sum(one.count("taken") for one in batch) == 5
        assert sum(one.count("known") for one in batch) == 5 * (WORKERS - 1)
    assert len(stores[0].arrivals("pending", 1000)) == 1 + 100


def test_what_was_taken_meanwhile_is_known_and_all_else_is_as_it_was(store: Store) -> None:
    with_contact(store)
    assert statuses(store, [event(2, 0)]) == ["taken"]
    events = [event(1, 0), event(2, 1), event(3, 2, "nobody"), event(1, 3), event(4, 4)]
    assert statuses(store, events) == ["taken", "known", "refused", "known", "taken"]
    assert [one.id for one in store.arrivals("pending", 10)] == [None, "e2", "e1", "e4"]
