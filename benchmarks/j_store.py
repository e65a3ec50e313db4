"""Workload J through a store: durable steps a second, with one worker and with several.

    python benchmarks/j_store.py          # SQLite; PostgreSQL with 1, 2 and 4 workers
    python benchmarks/j_store.py --contacts 100000 --stores sqlite

Every contact, its arrivals and the codes lie in the store before the clock starts; the workers are
processes of their own.  The counts are held to those of one worker.  Beside it, in the same run,
the floor: as many rows of the same size, written by hand to the same database in batches as large.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import j
from benchmarks.durable import Postgresql, Sqlite, Writer, databases
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
from flowlang.stores.rows import ArrivalRow

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
        admitted = admit_events(store, events.arrivals)
        store.append([one for one in admitted if isinstance(one, ArrivalRow)])


@dataclass(order=True)
class Work:
    """What some workers did together; the less time it took, the less it is."""

    seconds: float
    wakes: int = field(default=0, compare=False)
    """How often a contact was read, went on, and was written."""
    busy: float = field(default=0.0, compare=False)
    """Seconds of processor time that the workers took; the server's are its own."""
    stretches: Counter[str] = field(default_factory=Counter, compare=False)
    """Transactions: beside the others, alone, and begun again alone."""
    waits: Counter[str] = field(default_factory=Counter, compare=False)
    """What a worker's connection was found at, each time it was looked at within a transaction."""

    def __str__(self) -> str:
        beside, looked = self.stretches["beside"], sum(self.waits.values())
        text = f"{self.busy / self.seconds:.2f} processors"
        if beside:
            text += f", {beside} of {sum(self.stretches.values())} transactions beside others"
        if looked:
            text += f", waits for a lock in {self.waits['Lock'] / looked:.1%} of {looked:,} looks"
        return text


def worked(url: str, folder: Path, workers: int) -> Work:
    """Let so many workers do it all."""
    begun = time.perf_counter()
    children = [_worker(url, folder) for _ in range(workers)]
    with waits(url) as found:
        work = Work(0, waits=found)
        for child, said in children:
            with os.fdopen(said) as pipe:
                told = pipe.read()
            _, status, used = os.wait4(child, 0)
            if status:
                raise SystemExit("a worker failed")
            work.busy += used.ru_utime + used.ru_stime
            wakes, stretches = json.loads(told)
            work.wakes += wakes
            work.stretches.update(stretches)
    work.seconds = time.perf_counter() - begun
    return work


def _worker(url: str, folder: Path) -> tuple[int, int]:
    """A process that works, and the end of a pipe at which it says what it did."""
    says, tells = os.pipe()
    child = os.fork()
    if child:
        os.close(tells)
        return child, says
    code = 1
    try:
        program = workspace.load(folder).program
        assert program is not None
        with closing(open_store(url, folder)) as store:
            report = Worker(program, store).run(END)
        os.write(tells, json.dumps([report.contacts, report.stretches]).encode())
        code = 0
    finally:
        os._exit(code)


@contextmanager
def waits(url: str) -> Iterator[Counter[str]]:
    """Look, over and over, at what the connections of workers wait for."""
    found: Counter[str] = Counter()
    if url.startswith("sqlite"):
        yield found
        return
    import psycopg

    over = threading.Event()

    def look() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(0.02):
                found.update(dict(connection.execute(_AT).fetchall()))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()


_AT = """
select coalesce(wait_event_type, 'none'), count(*) from pg_stat_activity
where application_name = 'flow' and xact_start is not null and datname = current_database()
group by 1
"""


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
            works, told = list[Work](), (0, 0)
            for _ in range(asked.rounds):
                url = another()
                filled(url, folder)
                works.append(worked(url, folder, some))
                with closing(open_store(url, folder)) as store:
                    told = rows_of(store, asked.contacts)
                    used = store.shared().stock["A"]
            work = statistics.median_low(works)
            took = work.seconds
            print(
                f"{name:<10} {some} at work: {steps / took:>9,.0f} steps/s,"
                f" {work.wakes / took:>7,.0f} wakes/s ({work.wakes / took / hand:.2f} by hand),"
                f" {told[0] / took:>8,.0f} history entries/s, {asked.contacts / took:>7,.0f}"
                f" contacts/s; {told[1]:,} sent, {used.used:,} codes; {work}"
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
