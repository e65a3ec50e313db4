"""Many who write at the same time: what the contract cannot ask of a store with one writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from time import monotonic

import pytest
import sqlalchemy as sa

from flowlang.stores import StoreError, open_store, postgresql
from flowlang.stores.postgresql import PostgresqlStore
from flowlang.stores.rows import ArrivalRow, Changes, ClaimedCode, ContactRow, ProcessRow, Stock
from tests.postgresql import Server
from tests.stores.contract import ANNA, BEN, CLEO, LETTER, NOON

WORKERS = 8


@pytest.fixture
def worker(postgresql_url: str) -> Iterator[Callable[[], PostgresqlStore]]:
    """Each call makes another one."""
    made: list[PostgresqlStore] = []

    def another() -> PostgresqlStore:
        store = open_store(postgresql_url, Path())
        assert isinstance(store, PostgresqlStore)
        made.append(store)
        return store

    yield another
    for store in made:
        store.close()


Another = Callable[[], PostgresqlStore]


def all_at_once(worker: Another, work: Callable[[PostgresqlStore, int], object]) -> list[object]:
    ready = Barrier(WORKERS)

    def start(store: PostgresqlStore, number: int) -> object:
        ready.wait(60)
        return work(store, number)

    stores = [worker() for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(start, stores, range(WORKERS)))


def until(so: Callable[[], bool]) -> None:
    """Ask over and over."""
    end = monotonic() + 60
    while not so():
        assert monotonic() < end


def waits_for_a_lock(store: PostgresqlStore) -> bool:
    with store.engine.connect() as connection:
        return bool(
            connection.exec_driver_sql(
                "select count(*) from pg_locks where not granted and locktype = 'advisory'"
                " and database = (select oid from pg_database where datname = current_database())"
            ).scalar()
        )


# ---------------------------------------------------------------------------- claims


def test_who_is_beside_others_counts_them(worker: Another) -> None:
    a, b = worker(), worker()
    with a.transaction(beside=True):
        assert a.at_work() == 1
        with b.transaction(beside=True):
            assert (a.at_work(), b.at_work()) == (2, 2)
        assert a.at_work() == 1


def test_two_who_claim_never_have_the_same(worker: Another) -> None:
    a, b = worker(), worker()
    a.save(Changes(contacts=[ANNA, BEN, CLEO]))
    with a.transaction(beside=True):
        assert a.claim(["anna", "ben", "new"]) == {"anna", "ben", "new"}
        with b.transaction(beside=True):
            assert b.claim(["anna", "cleo", "new", "newer"]) == {"cleo", "newer"}
            assert b.due(NOON, 9, claim=True) == []
        a.save(Changes(contacts=[ContactRow("new", 4, "{}")]))
    with b.transaction(beside=True):
        assert b.claim(["anna", "new", "newer"]) == {"anna", "new", "newer"}
        assert [row.id for row in b.contacts(["new"])] == ["new"]


def test_due_contacts_go_to_one_each_and_in_order(worker: Another) -> None:
    a, b = worker(), worker()
    rows = [ContactRow(f"c{n}", n, "{}", due=NOON, began=10 - n) for n in range(1, 7)]
    a.save(Changes(contacts=rows))
    with a.transaction(beside=True), b.transaction(beside=True):
        assert [row.id for row in a.due(NOON, 2, claim=True)] == ["c6", "c5"]
        assert [row.id for row in b.due(NOON, 3, claim=True)] == ["c4", "c3", "c2"]
        assert [row.id for row in a.due(NOON, 9, claim=True)] == ["c6", "c5", "c1"]


def test_who_comes_to_be_while_it_is_claimed_is_seen(worker: Another) -> None:
    """Another worker makes the contact after it was looked for, and ends before it is locked."""
    a, b = worker(), worker()
    made: list[str] = []

    def between(_: object, __: object, statement: str, *___: object) -> None:
        if "pg_try_advisory_xact_lock" in statement and not made:
            made.append("now")
            with b.transaction(beside=True):
                assert b.claim(["new"]) == {"new"}
                b.save(Changes(contacts=[ContactRow("new", 4, "{}", version=1)]))

    sa.event.listen(a.engine, "before_cursor_execute", between)
    with a.transaction(beside=True):
        assert a.claim(["new"]) == {"new"}
        assert [row.version for row in a.contacts(["new"])] == [1]
    assert made


def test_who_was_made_and_taken_while_it_is_claimed_is_not_ours(worker: Another) -> None:
    a, b, c = worker(), worker(), worker()
    held = c.transaction(beside=True)
    made: list[str] = []

    def between(_: object, __: object, statement: str, *___: object) -> None:
        if "pg_try_advisory_xact_lock" in statement and not made:
            made.append("now")
            b.save(Changes(contacts=[ContactRow("new", 4, "{}")]))
            held.__enter__()
            assert c.claim(["new"]) == {"new"}

    sa.event.listen(a.engine, "before_cursor_execute", between)
    with a.transaction(beside=True):
        assert a.claim(["new", "newer"]) == {"newer"}
    held.__exit__(None, None, None)
    with a.transaction(beside=True):
        assert a.claim(["new"]) == {"new"}


def test_a_claim_reads_what_the_one_before_has_saved(worker: Another) -> None:
    def count(store: PostgresqlStore, _: int) -> int:
        done = 0
        while done < 10:
            with store.transaction(beside=True):
                if store.claim(["anna"]):
                    (row,) = store.contacts(["anna"])
                    store.save(Changes(contacts=[row._replace(version=row.version + 1)]))
                    done += 1
        return done

    first = worker()
    first.save(Changes(contacts=[ANNA._replace(version=0)]))
    all_at_once(worker, count)
    assert first.contacts(["anna"])[0].version == 10 * WORKERS


def test_one_contact_is_made_once_by_many(worker: Another) -> None:
    def make(store: PostgresqlStore, number: int) -> int:
        made = 0
        names = {f"c{n}" for n in range(200)}
        while names:
            with store.transaction(beside=True):
                mine = store.claim(names)
                new = mine - {row.id for row in store.contacts(mine)}
                store.save(Changes(contacts=[ContactRow(name, number, "{}") for name in new]))
                made += len(new)
            names -= mine
        return made

    assert sum(map(int, map(str, all_at_once(worker, make)))) == 200


def test_a_connection_that_is_killed_lets_go_of_what_it_claimed(
    worker: Another, postgresql: Server
) -> None:
    a, b = worker(), worker()
    a.save(Changes(contacts=[ANNA]))

    def claim_and_vanish() -> None:
        with a.transaction(beside=True):
            assert a.claim(["anna", "new"]) == {"anna", "new"}
            a.save(Changes(contacts=[ANNA._replace(version=99)]))
            with b.transaction(beside=True):
                assert b.claim(["anna", "new"]) == set()
            with b.engine.begin() as connection:
                connection.exec_driver_sql(
                    "select pg_terminate_backend(pid) from pg_stat_activity where"
                    " datname = current_database() and state = 'idle in transaction'"
                )

    with pytest.raises(StoreError):
        claim_and_vanish()

    def free() -> bool:
        with b.transaction(beside=True):
            return b.claim(["anna", "new"]) == {"anna", "new"}

    until(free)
    assert b.contacts(["anna"]) == [ANNA]


def test_a_worker_that_hangs_in_a_transaction_loses_it(
    worker: Another, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = worker(), worker()
    monkeypatch.setattr(postgresql, "LEASE", 0.05)
    a.engine.dispose()  # the next connection has so short a lease, and nothing but this test in it

    def hang() -> None:
        with a.transaction(beside=True):
            assert a.claim(["new"]) == {"new"}
            until(taken_by_another)
            a.append([ArrivalRow(NOON, "new", "tag", "{}")])

    def taken_by_another() -> bool:
        with b.transaction(beside=True):
            return b.claim(["new"]) == {"new"}

    with pytest.raises(StoreError, match="nothing happened in the transaction for too long"):
        hang()
    assert b.arrivals("pending", 9) == []


# ---------------------------------------------------------------------------- alone, beside


@pytest.mark.parametrize(("first", "second"), [(False, True), (True, False), (False, False)])
def test_alone_means_that_nobody_is_beside(worker: Another, first: bool, second: bool) -> None:
    """`first` and `second` say who of the two would be beside."""
    a, b, c = worker(), worker(), worker()

    def write() -> int:
        with b.transaction(beside=second):
            return b.contacts(["anna"])[0].version

    with ThreadPoolExecutor(1) as pool:
        with a.transaction(beside=first):
            waiting: Future[int] = pool.submit(write)
            until(lambda: waits_for_a_lock(c))
            assert not waiting.done()
            a.save(Changes(contacts=[ANNA._replace(version=5)]))
        assert waiting.result(60) == 5


def test_those_beside_do_not_wait_for_each_other(worker: Another) -> None:
    a, b = worker(), worker()
    with a.transaction(beside=True):
        a.save(Changes(contacts=[ANNA], counters={"started": 1}))
        with b.transaction(beside=True):
            b.save(Changes(contacts=[BEN], counters={"started": 2}))
        assert b.shared().counters == {"started": 2}
    assert b.shared().counters == {"started": 3}


def test_what_comes_in_and_goes_out_waits_for_nobody_who_is_alone(worker: Another) -> None:
    a, b = worker(), worker()
    a.save(Changes(letters=[LETTER]))
    with a.transaction():
        assert b.append([ArrivalRow(NOON, "anna", "tag", "{}")]) == 1
        assert b.import_codes("early", ["A"], NOON) == 1
        assert len(b.claim_letters(NOON, 9)) == 1
        b.mark_letters([])


# ---------------------------------------------------------------------------- what is shared


def test_no_code_goes_out_twice(worker: Another) -> None:
    first = worker()
    first.import_codes("early", [f"C{n:04}" for n in range(300)], NOON)

    def take(store: PostgresqlStore, number: int) -> list[str]:
        mine: list[str] = []
        while True:
            with store.transaction(beside=True):
                found = [code for _, code in store.free_codes("early", 0, 7, claim=True)]
                claimed = [ClaimedCode("early", one, f"c{number}", "Offer", NOON) for one in found]
                store.save(Changes(codes=claimed))
            mine += found
            if not found and store.free("early", 1) == 0:
                return mine

    taken = [code for mine in all_at_once(worker, take) for code in mine]  # type: ignore[attr-defined] # lists
    assert sorted(taken) == [f"C{n:04}" for n in range(300)]
    assert first.shared().stock == {"early": Stock(0, 300)}


def test_codes_that_somebody_has_claimed_are_passed_over_but_free(worker: Another) -> None:
    a, b = worker(), worker()
    a.import_codes("early", ["A", "B", "C"], NOON)
    with a.transaction(beside=True), b.transaction(beside=True):
        assert [code for _, code in a.free_codes("early", 0, 2, claim=True)] == ["A", "B"]
        assert [code for _, code in b.free_codes("early", 0, 2, claim=True)] == ["C"]
        a.save(Changes(codes=[ClaimedCode("early", "A", "anna", "Offer", NOON)]))
        assert (a.free("early", 9), b.free("early", 9)) == (2, 3)


def test_many_who_count_lose_nothing_and_never_wait_in_a_circle(worker: Another) -> None:
    names = [f"n{n}" for n in range(20)]

    def count(store: PostgresqlStore, number: int) -> None:
        for turn in range(10):
            mixed = names[number + turn :] + names[: number + turn]
            with store.transaction(beside=True):
                store.save(Changes(counters=dict.fromkeys(mixed, 1)))
                store.save(Changes(counters=dict.fromkeys(mixed, 1)))

    first = worker()
    all_at_once(worker, count)
    assert first.shared().counters == dict.fromkeys(names, 20 * WORKERS)


def test_many_who_begin_the_same_processes_in_any_order_make_each_once(worker: Another) -> None:
    names = [f"m{n}" for n in range(WORKERS)]

    def begin(store: PostgresqlStore, number: int) -> None:
        rows = [
            ProcessRow(
                "message send", name, "Shop", "", 0, "running", None, 1, 0, {"blocked": 2}, "", "",
                None, NOON, None,
            )
            for name in names[number:] + names[:number]
        ]  # fmt: skip
        with store.transaction(beside=True):
            store.save(Changes(processes=rows))

    all_at_once(worker, begin)
    found = worker().processes()
    assert sorted(row.name for row in found) == names
    assert {(row.done, row.skipped["blocked"]) for row in found} == {(WORKERS, 2 * WORKERS)}


def test_many_who_send_the_same_events_in_any_order_leave_each_once(worker: Another) -> None:
    rows = [ArrivalRow(NOON, "anna", "tag", "{}", f"e{n}") for n in range(300)]

    def send(store: PostgresqlStore, number: int) -> int:
        return store.append(rows[number * 30 :] + rows[: number * 30])

    new = all_at_once(worker, send)
    assert sum(map(int, map(str, new))) == 300
    assert len(worker().arrivals("pending", 999)) == 300


def test_arrivals_keep_the_order_in_which_one_has_sent_them(worker: Another) -> None:
    store = worker()
    names = ["e3", None, "e1", "e2", None]
    store.append([ArrivalRow(NOON, "anna", "tag", "{}", name) for name in names])
    assert [row.id for row in store.arrivals("pending", 9)] == names


def test_many_who_import_into_one_list_give_each_code_one_place(worker: Another) -> None:
    codes = [f"C{n}" for n in range(100)]

    def bring(store: PostgresqlStore, number: int) -> int:
        return store.import_codes("early", codes[number:] + codes[:number], NOON)

    new = all_at_once(worker, bring)
    assert sum(map(int, map(str, new))) == 100
    found = worker().free_codes("early", 0, 999)
    assert [place for place, _ in found] == list(range(1, 101))


def test_no_letter_is_claimed_twice(worker: Another) -> None:
    first = worker()
    first.save(Changes(letters=[replace(LETTER, id=f"l{n}") for n in range(200)]))

    def claim(store: PostgresqlStore, _: int) -> list[str]:
        mine: list[str] = []
        while found := store.claim_letters(NOON, 9):
            mine += [row.letter.id for row in found]
        return mine

    claimed = [one for mine in all_at_once(worker, claim) for one in mine]  # type: ignore[attr-defined] # lists
    assert len(claimed) == len(set(claimed)) == 200


def test_each_connection_counts_in_a_slot_of_its_own(worker: Another) -> None:
    a, b = worker(), worker()
    with a.transaction(beside=True), b.transaction(beside=True):
        for store in (a, b, a, b):
            store.save(Changes(counters={"started": 1}))
    a.close()
    with b.engine.connect() as connection:
        found = connection.exec_driver_sql("select slot, amount from counters order by slot")
        assert [tuple(row) for row in found] == [(0, 2), (1, 2)]


# ---------------------------------------------------------------------------- waking


def test_a_worker_that_saves_over_and_over_wakes_others_once_it_waits(worker: Another) -> None:
    a, b = worker(), worker()
    b.wait(0)
    a.save(Changes(contacts=[ANNA]))
    b.wait(60)
    a.save(Changes(contacts=[ANNA._replace(version=2)]))  # too soon after the first to ring again
    a.wait(0)
    start = monotonic()
    b.wait(60)
    assert monotonic() - start < 30


def test_what_is_rolled_back_wakes_nobody(worker: Another) -> None:
    a, b = worker(), worker()
    b.wait(0)

    def fail() -> None:
        with a.transaction():
            a.append([ArrivalRow(NOON, "anna", "tag", "{}")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    start = monotonic()
    b.wait(0.05)
    assert monotonic() - start >= 0.05
