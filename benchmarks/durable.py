"""Workload D: for each contact a state row, a history row and a coupon code, durably.

    python benchmarks/durable.py            # SQLite and PostgreSQL, batches of 1, 100, 1,000
    python benchmarks/durable.py --batches 1000 --rounds 9 --workers 2

Beside each other, within one run: the same rows written by hand through the driver, as fast as its
documentation knows how to, and through `Store.save`, with its locks, its counters and its claims.
What is written survives a power failure.  PostgreSQL is the one of the tests, with its usual
settings, on the same machine: the server shares its processors with those who write.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from flowlang.contact import Entry
from flowlang.stores import Store, open_store
from flowlang.stores.rows import Changes, ClaimedCode, ContactRow, HistoryRow
from tests.postgresql import OwnServer

AT = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = int(AT.timestamp() * 1_000_000)
STATE = '{"fields":{"country":"DE","score":64,"plan":"free"},"tags":["signup","hot"],"runs":[]}' * 3
AMOUNTS = {1: 400, 100: 10_000, 1000: 20_000}
"""How many contacts are written in one round, by batch."""

PUT = (
    "insert into contacts (id, number, zone, due, began, entries, version, deleted, state)"
    " values ({0}, {0}, '', {0}, 1, 1, 1, false, {0}) on conflict (id) do update set"
    " due = excluded.due, entries = excluded.entries, version = excluded.version,"
    " state = excluded.state"
)
NOTE = "insert into history values ({0}, {0}, {0}, 'J', 1, 'send', 7, 'sent', '')"
FREE = "select code from codes where list = 'A' and contact is null order by position limit {0} {1}"
TAKE = "update codes set contact = {0}, message = 'offer', at = {0} where list = 'A' and code = {0}"


class Writer(ABC):
    """Writes batches; each is one transaction."""

    @abstractmethod
    def write(self, names: list[str], number: int) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


class Through(Writer):
    """Through the store."""

    def __init__(self, url: str) -> None:
        self.store: Store = open_store(url, Path())

    def write(self, names: list[str], number: int) -> None:
        store = self.store
        with store.transaction(beside=True):
            codes = [code for _, code in store.free_codes("A", 0, len(names), claim=store.many)]
            changes = Changes()
            for place, (name, code) in enumerate(zip(names, codes, strict=True), number):
                changes.contacts.append(ContactRow(name, place, STATE, due=AT, began=1, entries=1))
                entry = Entry(AT, name, "J", 1, "send", 7, "sent", "")
                changes.history.append(HistoryRow(place, entry))
                changes.codes.append(ClaimedCode("A", code, name, "offer", AT))
            store.save(changes)

    def close(self) -> None:
        self.store.close()


class Sqlite(Writer):
    """By hand."""

    def __init__(self, url: str) -> None:
        self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self.connection.execute("pragma synchronous = full")

    def write(self, names: list[str], number: int) -> None:
        do = self.connection
        places = list(enumerate(names, number))
        do.execute("begin immediate")
        codes = [code for (code,) in do.execute(FREE.format("?", ""), (len(names),))]
        do.executemany(PUT.format("?"), [(name, place, STAMP, STATE) for place, name in places])
        do.executemany(NOTE.format("?"), [(name, place, STAMP) for place, name in places])
        taken = [(name, STAMP, code) for name, code in zip(names, codes, strict=True)]
        do.executemany(TAKE.format("?"), taken)
        do.execute("commit")

    def close(self) -> None:
        self.connection.close()


class Postgresql(Writer):
    """By hand: `executemany`, which sends all rows before it reads an answer."""

    def __init__(self, url: str) -> None:
        import psycopg

        self.connection = psycopg.connect(url)

    def write(self, names: list[str], number: int) -> None:
        places = list(enumerate(names, number))
        with self.connection.cursor() as do:
            found = do.execute(FREE.format("%s", "for update skip locked").encode(), (len(names),))
            codes = [code for (code,) in found.fetchall()]
            put = [(name, place, STAMP, STATE) for place, name in places]
            do.executemany(PUT.format("%s").encode(), put)
            note = [(name, place, STAMP) for place, name in places]
            do.executemany(NOTE.format("%s").encode(), note)
            taken = [(name, STAMP, code) for name, code in zip(names, codes, strict=True)]
            do.executemany(TAKE.format("%s").encode(), taken)
        self.connection.commit()

    def close(self) -> None:
        self.connection.close()


def measured(open_one: Callable[[], Writer], batch: int, amount: int, workers: int) -> float:
    """Contacts in a second; with several writers each writes its share, beside the others."""
    numbers = count(time.time_ns())
    ready = threading.Barrier(workers + 1)

    def work() -> None:
        with closing(open_one()) as writer:
            share = [f"c{next(numbers)}" for _ in range(amount // workers)]
            ready.wait()
            for start in range(0, len(share), batch):
                writer.write(share[start : start + batch], start + 1)
            ready.wait()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for one in threads:
        one.start()
    ready.wait()
    begun = time.perf_counter()
    ready.wait()
    took = time.perf_counter() - begun
    for one in threads:
        one.join()
    return amount / took


@contextmanager
def databases(name: str) -> Iterator[Callable[[], str]]:
    """Fresh ones, each time with empty tables."""
    if name == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            places = count()
            yield lambda: f"sqlite:///{folder}/{next(places)}.db"
        return
    server = OwnServer(tempfile.gettempdir(), ["shared_buffers=256MB"])
    try:
        yield lambda: server.url(server.database())
    finally:
        server.close()


def compare(name: str, by_hand: type[Any], arguments: argparse.Namespace) -> None:
    """Print both ways in turn, batch by batch."""
    with databases(name) as another:
        for batch in arguments.batches:
            amount = AMOUNTS.get(batch, 20 * batch)
            found: dict[str, list[float]] = {"by hand": [], "Store.save": []}
            for _ in range(arguments.rounds):
                for way, kind in (("by hand", by_hand), ("Store.save", Through)):
                    url = another()
                    with closing(open_store(url, Path())) as store:
                        store.import_codes("A", [f"A{n:06}" for n in range(amount)], AT)
                    one = measured(lambda u=url, k=kind: k(u), batch, amount, arguments.workers)  # type: ignore[misc] # bound now
                    found[way].append(one)
            hand, ours = (statistics.median(found[way]) for way in found)
            print(
                f"{name:<10} {batch:>5} a transaction: by hand {hand:>9,.0f} contacts/s,"
                f" Store.save {ours:>9,.0f}, ratio {ours / hand:.2f}"
            )


def main() -> None:
    """Measure what the command line asks for."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--batches", type=int, nargs="+", default=[1, 100, 1000])
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--workers", type=int, default=1, help="of PostgreSQL, in threads")
    arguments = asked.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.platform()}")
    if arguments.workers == 1:
        compare("sqlite", Sqlite, arguments)
    compare("postgresql", Postgresql, arguments)


if __name__ == "__main__":
    main()
