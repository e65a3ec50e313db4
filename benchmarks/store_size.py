"""Workload S: how much room contacts take in a store, and what the engine needs beside it.

    python benchmarks/store_size.py                                  # SQLite and PostgreSQL
    python benchmarks/store_size.py --contacts 1000 100000 --store sqlite

Contacts go through a campaign of three steps with one wait.  Each amount has a fresh store and a
process of its own, so that its memory is its own.  Printed are bytes for each contact and for each
entry of the history, by table with its indexes; steps in a second, each a history entry; and the
largest memory that the worker had.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from flowlang import workspace
from flowlang.config import Settings
from flowlang.engine.admission import as_text
from flowlang.engine.applying import begin, named
from flowlang.engine.version import Version
from flowlang.engine.worker import Worker
from flowlang.stores import open_store
from flowlang.stores.rows import ArrivalRow

START = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 1_000
"""Contacts that arrive at once."""
CAMPAIGN = """
contact
  first_name text
  country    text
  score      number

message "Welcome"
  kind service
  channel email
  subject "Welcome, {{ first_name }}"
  body "It is good to have you here. Your score is {{ score }}."

message "Tips"
  kind service
  channel email
  subject "Three tips"
  body "Three tips for a start: read, try, ask."

campaign "Journey"
  start when tagged "signup"
  send "Welcome"
  wait 1 day
  send "Tips"
"""


def arrivals(first: int, last: int) -> Iterator[ArrivalRow]:
    """New contacts, who sign up as they come."""
    for number in range(first, last):
        fields = {
            "email": f"contact{number}@example.com", "first_name": f"First {number}",
            "country": "DE", "score": number % 101,
        }  # fmt: skip
        data = {"fields": fields, "tags": ["signup"], "consent": {"email": True}}
        at = START + timedelta(seconds=number % 3600)
        yield ArrivalRow(at, f"c{number:09}", "contact", as_text(data))


def measure(url: str, contacts: int) -> dict[str, Any]:
    """Let contacts come and go through; what the store says of its size, before and after."""
    settings = Settings(unsubscribe_url="https://example.com/u")
    program = workspace.load_text(CAMPAIGN, settings=settings).program
    assert program is not None
    store = open_store(url, Path())
    empty = sizes(store)
    worker = Worker(program, store)
    begin(store, program, named(Version(), program), START)
    for first in range(0, contacts, CHUNK):
        store.append(list(arrivals(first, min(first + CHUNK, contacts))))
    begun, entries = time.perf_counter(), 0
    for day in (1, 3):
        entries += worker.run(START + timedelta(days=day)).entries
    took = time.perf_counter() - begun
    full = sizes(store)
    store.close()
    return {
        "contacts": contacts,
        "entries": entries,
        "seconds": took,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "bytes": {name: full[name] - empty[name] for name in full},
    }


def sizes(store: Any) -> dict[str, int]:
    """Bytes of each table with its indexes, where the database can tell; and of all."""
    with store.engine.connect() as connection:
        run = connection.exec_driver_sql
        if store.engine.dialect.name == "sqlite":
            run("pragma wal_checkpoint(truncate)")
            pages, size = (run(f"pragma {one}").scalar() for one in ("page_count", "page_size"))
            return {"all": pages * size}
        rows = run(
            "select relname, pg_total_relation_size(oid) from pg_class"
            " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
        found = dict(map(tuple, rows))
        return {**found, "all": sum(found.values())}


@contextmanager
def addresses(kind: str) -> Iterator[Any]:
    """Fresh stores, each time another one."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield lambda number: f"sqlite:///{folder}/{number}.db"
        return
    from tests.postgresql import OwnServer

    server = OwnServer(tempfile.gettempdir(), ["shared_buffers=256MB"])
    try:
        yield lambda number: server.url(server.database())
    finally:
        server.close()


def in_a_process(url: str, contacts: int) -> dict[str, Any]:
    """What another process measures."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", url, "--contacts", str(contacts)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def main() -> None:
    """Measure what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--contacts", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    asked.add_argument("--store", nargs="+", default=["sqlite", "postgresql"])
    asked.add_argument("--measure", metavar="URL", help="in this process, as JSON")
    arguments = asked.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.contacts[0])))
        return
    for kind in arguments.store:
        with addresses(kind) as another:
            for number, contacts in enumerate(arguments.contacts):
                tell(kind, in_a_process(another(number), contacts))


def tell(kind: str, found: dict[str, Any]) -> None:
    """Print what was measured."""
    contacts, entries, amounts = found["contacts"], found["entries"], found["bytes"]
    print(
        f"{kind:<10} {contacts:>9,} contacts: {amounts['all'] / contacts:>6,.0f} bytes each,"
        f" {amounts['all'] / entries:>5,.0f} for each of {entries:,} entries;"
        f" {entries / found['seconds']:>6,.0f} steps/s; {found['memory'] / 2**20:,.0f} MiB"
    )
    for name, size in sorted(amounts.items()):
        if name != "all" and size > contacts:
            print(f"           {name:<12} {size / contacts:>8,.0f} bytes a contact")


if __name__ == "__main__":
    main()
