"""Workload J through a store: durable steps a second, with one worker and with several.

    python benchmarks/j_store.py          # SQLite; PostgreSQL with 1, 2 and 4 workers
    python benchmarks/j_store.py --contacts 100000 --stores sqlite

Every contact, its arrivals and the codes lie in the store before the clock starts; the workers are
processes of their own.  The counts are held to those of one worker.  Beside it, in the same run,
the floor: as many rows of the same size, written by hand to the same database in batches as large.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import j
from durable import Postgresql, Sqlite, Writer, databases

from flowlang import workspace
from flowlang.cli.codes import of_files
from flowlang.engine.admission import admit_contacts, admit_events
from flowlang.engine.applying import begin, named, take_codes
from flowlang.engine.state import States
from flowlang.engine.version import Version
from flowlang.engine.worker import BATCH, Worker
from flowlang.intake import schemas
from flowlang.intake.contacts import read_contacts
from flowlang.intake.events import read_events
from flowlang.stores import Store, open_store

END = j.START.replace(year=2027)


def filled(url: str, folder: Path) -> None:
    """A store in which all that happens has arrived, and nothing has happened."""
    program = workspace.load(folder).program
    assert program is not None
    zone = program.config.timezone
    contacts = read_contacts(
        "contacts.csv", (folder / "contacts.csv").read_bytes(),
        schemas.contact_schema(program), zone,
    )  # fmt: skip
    events = read_events(
        (folder / "events.jsonl").read_bytes(), schemas.event_schema(program), zone
    )
    codes, _ = of_files(program)
    with closing(open_store(url, folder)) as store:
        worker = Worker(program, store)
        take_codes(store, codes, j.START)
        begin(store, program, named(Version(), program), j.START)
        store.append(admit_contacts(store, States(program), contacts.rows, j.START).arrivals)
        worker.run(j.START)
        store.append(admit_events(store, events.arrivals).arrivals)


def worked(url: str, folder: Path, workers: int) -> float:
    """The seconds until so many workers have done it all."""
    begun = time.perf_counter()
    children = [_worker(url, folder) for _ in range(workers)]
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit("a worker failed")
    return time.perf_counter() - begun


def _worker(url: str, folder: Path) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        program = workspace.load(folder).program
        assert program is not None
        with closing(open_store(url, folder)) as store:
            Worker(program, store).run(END)
        code = 0
    finally:
        os._exit(code)


def rows_of(store: Store, amount: int) -> tuple[int, int]:
    """History entries and sends of all contacts."""
    names = [str(number) for number in range(amount)]
    entries = store.entries(names)
    return len(entries), sum(one.what == "sent" for one in entries)


def floor(open_one: Callable[[str], Writer], url: str, writes: int) -> float:
    """The seconds for so many contact rows with a history row and a code each, by hand."""
    with closing(open_store(url, Path())) as store:
        store.import_codes("A", [f"A{number:07}" for number in range(writes)], j.START)
    with closing(open_one(url)) as writer:
        begun = time.perf_counter()
        for start in range(0, writes, BATCH):
            names = [f"c{number}" for number in range(start, min(start + BATCH, writes))]
            writer.write(names, start + 1)
        return time.perf_counter() - begun


def measure(name: str, workers: list[int], folder: Path, asked: argparse.Namespace) -> None:
    """Print how fast so many workers are on a database."""
    by_hand: type[Writer] = Sqlite if name == "sqlite" else Postgresql
    steps = j.STEPS * asked.contacts // 100_000
    with databases(name) as another:
        hand = statistics.median(
            asked.contacts / floor(by_hand, another(), asked.contacts) for _ in range(asked.rounds)
        )
        print(f"{name:<10} by hand: {hand:>9,.0f} contacts/s, each with a history row and a code")
        for some in workers:
            times, told = [], (0, 0)
            for _ in range(asked.rounds):
                url = another()
                filled(url, folder)
                times.append(worked(url, folder, some))
                with closing(open_store(url, folder)) as store:
                    told = rows_of(store, asked.contacts)
                    used = store.shared().stock["A"]
            took = statistics.median(times)
            print(
                f"{name:<10} {some} at work: {steps / took:>9,.0f} steps/s,"
                f" {told[0] / took:>8,.0f} history entries/s, {asked.contacts / took:>7,.0f}"
                f" contacts/s; {told[1]:,} sent, {used.used:,} codes"
            )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stores", nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        j.write(folder, asked.contacts)
        for name in asked.stores:
            measure(name, [1] if name == "sqlite" else [1, 2, 4], folder, asked)


if __name__ == "__main__":
    main()
