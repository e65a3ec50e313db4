"""A place to play pauses in: the timeline in memory, or the engine over a store; the same answers
are asked of both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flowlang import workspace
from flowlang.config import Settings
from flowlang.contact import Entry
from flowlang.engine.admission import as_text
from flowlang.engine.arrivals import Refused
from flowlang.engine.commons import as_process
from flowlang.engine.controls import Control, Verb
from flowlang.engine.processes import Identity, Process
from flowlang.engine.timeline import Timeline
from flowlang.engine.worker import Worker
from flowlang.engine.world import World
from flowlang.program.program import Program
from flowlang.stores import open_store
from flowlang.stores.rows import ArrivalRow
from tests.engine.applied import begin, move
from tests.engine_cases.sums import wrong_sums

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KILLED_BELOW = 500
"""Workers with smaller batches do one transaction each."""


def compiled(text: str) -> Program:
    found = workspace.load_text(text, settings=Settings(unsubscribe_url="https://example.com/u"))
    assert found.runnable is not None, found.findings.in_order()
    return found.runnable


class Stage(ABC):
    """Contacts, a program, and a clock in hours after the start."""

    refused: str = ""
    """Why the last thing that was to happen was refused."""

    @abstractmethod
    def arrive(self, hours: float, contact: str | None, kind: str, **data: Any) -> None: ...

    @abstractmethod
    def until(self, hours: float) -> None:
        """Let all that falls due happen."""

    @abstractmethod
    def entries(self) -> list[Entry]:
        """The histories of all contacts."""

    @abstractmethod
    def processes(self) -> dict[Identity, Process]: ...

    @abstractmethod
    def free(self, name: str) -> int:
        """How many codes a list has left."""

    def people(self, hours: float, *names: str, tags: tuple[str, ...] = ()) -> None:
        for name in names:
            self.arrive(
                hours, name, "contact", fields={"email": f"{name}@example.com"}, tags=tags,
                consent={"email": True},
            )  # fmt: skip

    def control(self, hours: float, verb: Verb, of: Identity, *, skip_overdue: bool = False) -> str:
        """A person pauses, resumes or cancels; why it was refused, empty where it was not."""
        self.refused = ""
        said = Control(verb, of, who="ada", because="a mistake", skip_overdue=skip_overdue)
        self.arrive(hours, None, verb, **said.data())
        return self.refused

    def wrong(self) -> list[str]:
        """What does not add up."""
        return []

    def process(self, of: Identity) -> Process:
        return self.processes()[of]

    def told(self, *what: str) -> list[tuple[float, str, str]]:
        """When what happened to whom: the entries of some kinds, as hours after the start.

        By time and contact: a store does not say who came first at one moment (the codes do).
        """
        found = [
            ((one.at - START) / HOUR, one.contact, f"{one.what} {one.because}".strip())
            for one in self.entries()
            if one.what in what and one.contact
        ]
        return sorted(found, key=lambda one: one[:2])

    def sent(self) -> list[tuple[float, str]]:
        return [(at, contact) for at, contact, _ in self.told("sent")]


class InMemory(Stage):
    """The timeline of tests and simulations."""

    def __init__(self, text: str, codes: dict[str, int]) -> None:
        self._entries: list[Entry] = []
        program = compiled(text)
        self.world = World(
            program, writes_letters=True, letters_wait=True, history=self._entries.append
        )
        self.timeline = Timeline(program, self.world)
        for name, amount in codes.items():
            self.world.pool(name).add(tuple(f"{name}-{number}" for number in range(amount)))
        self.timeline.begin(START)

    def arrive(self, hours: float, contact: str | None, kind: str, **data: Any) -> None:
        try:
            self.timeline.arrive(contact, kind, data, START + hours * HOUR)
        except Refused as refusal:
            self.refused = str(refusal)

    def until(self, hours: float) -> None:
        self.timeline.advance(START + hours * HOUR)

    def entries(self) -> list[Entry]:
        return self._entries

    def processes(self) -> dict[Identity, Process]:
        return self.world.processes.by_identity

    def free(self, name: str) -> int:
        return self.world.pool(name).left


class Stored(Stage):
    """Workers over a store that is closed and opened again before each thing that happens."""

    def __init__(self, text: str, codes: dict[str, int], url: str, batch: int) -> None:
        self.program, self.url, self.batch = compiled(text), url, batch
        with self._opened() as worker:
            for name, amount in codes.items():
                known = [f"{name}-{number}" for number in range(amount)]
                worker.store.import_codes(name, known, START)
            begin(worker.store, self.program, START)
            worker.run(START)

    def arrive(self, hours: float, contact: str | None, kind: str, **data: Any) -> None:
        at = START + hours * HOUR
        with self._opened() as worker:
            worker.store.append([ArrivalRow(at, contact, kind, as_text(data))])
        self._run(at)

    def until(self, hours: float) -> None:
        self._run(START + hours * HOUR)

    def change(self, hours: float, text: str, *said: str) -> None:
        """Another program is applied."""
        new = compiled(text)
        with self._opened() as worker:
            move(worker.store, self.program, new, START + hours * HOUR, *said)
        self.program = new
        self._run(START + hours * HOUR)

    def _run(self, at: datetime) -> None:
        """Run until a moment; with small batches each transaction is of a worker of its own, as if
        the one before had been killed.
        """
        going = True
        while going:
            with self._opened() as worker:
                if self.batch < KILLED_BELOW:
                    worker.between = partial(setattr, worker, "stopping", True)
                report = worker.run(at)
                for _, why in (*report.refused, *report.moot):
                    self.refused = why
                going = worker.stopping

    def entries(self) -> list[Entry]:
        with self._opened() as worker:
            return worker.store.entries([row.id for row in worker.store.walk(0, 1_000)])

    def processes(self) -> dict[Identity, Process]:
        with self._opened() as worker:
            found = map(as_process, worker.store.processes())
            return {one.identity: one for one in found}

    def wrong(self) -> list[str]:
        with self._opened() as worker:
            return wrong_sums(worker.store)

    def free(self, name: str) -> int:
        with self._opened() as worker:
            return worker.store.shared().stock[name].free

    @contextmanager
    def _opened(self) -> Iterator[Worker]:
        store = open_store(self.url, Path())
        try:
            yield Worker(self.program, store, batch=self.batch)
        finally:
            store.close()
