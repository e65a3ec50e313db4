"""What tests of automations share: a store, the timeline in memory, and the same story for both."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from flowlang import workspace
from flowlang.config import Settings
from flowlang.contact import Entry
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.engine.admission import as_text
from flowlang.engine.arrivals import Refused
from flowlang.engine.files import Files
from flowlang.engine.pass_report import Report
from flowlang.engine.timeline import Timeline
from flowlang.engine.worker import Worker
from flowlang.engine.world import World
from flowlang.program.program import Program
from flowlang.stores import Store
from flowlang.stores.rows import ArrivalRow
from tests.engine.applied import begin

Came = tuple[datetime, str | None, str, dict[str, Any]]
"""An arrival: when, whose, what."""
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""A Friday."""
HOUR = timedelta(hours=1)


def compiled(text: str, **toml: Any) -> Program:
    settings = Settings(unsubscribe_url="https://example.com/u", **toml)
    found = workspace.load_text(text, settings=settings)
    assert found.runnable is not None, found.findings.in_order()
    return found.runnable


def came(hours: float, contact: str | None, kind: str, **data: Any) -> Came:
    return START + hours * HOUR, contact, kind, data


def person(hours: float, name: str, *, groups: tuple[str, ...] = (), **fields: Any) -> Came:
    data = {"email": f"{name}@example.com", "score": 0, **fields}
    return came(hours, name, "contact", fields=data, groups=groups, consent={"email": True})


def imported(hours: float) -> Came:
    process = ["import contacts", "shop", "", "1"]
    data = {"source": "shop", "taken": 3, "left_out": 1, "process": process}
    return came(hours, None, "import finished", **data)


def feed(store: Store, arrivals: Iterable[Came]) -> None:
    store.append([ArrivalRow(at, whose, kind, as_text(data)) for at, whose, kind, data in arrivals])


def run(
    program: Program, store: Store, *stops: float, batch: int = 500, files: Files | None = None
) -> Report:
    worker = Worker(program, store, batch=batch, files=files)
    begin(store, worker.program, START)
    return [worker.run(START + hours * HOUR) for hours in stops][-1]


class Memory:
    """What the timeline of tests and simulations makes of the same."""

    def __init__(
        self, program: Program, arrivals: Iterable[Came], until: float, files: Files | None = None
    ) -> None:
        entries: list[Entry] = []
        self.world = World(program, writes_letters=True, letters_wait=True, history=entries.append)
        timeline = Timeline(program, self.world, files)
        timeline.begin(START)
        for at, whose, kind, data in sorted(arrivals, key=lambda one: one[0]):
            with suppress(Refused):
                timeline.arrive(whose, kind, data, at)
        timeline.advance(START + until * HOUR)
        timeline.rest()
        self.histories: dict[str, list[Entry]] = {}
        for entry in entries:
            self.histories.setdefault(entry.contact, []).append(entry)

    def processes(self) -> list[tuple[Any, ...]]:
        return sorted(
            (*one.identity, one.status, one.audience, one.done, sorted(one.skipped.items()))
            for one in self.world.processes
        )


def told(store: Store, contacts: Iterable[str]) -> dict[str, list[Entry]]:
    histories = {name: [row.entry for row in store.history(name)] for name in contacts}
    return {name: entries for name, entries in histories.items() if entries}


def processes(store: Store) -> list[tuple[Any, ...]]:
    return sorted(
        (one.type, one.name, one.by, one.key, one.status, one.audience, one.done,
         sorted(one.skipped.items()))
        for one in store.processes()
        if one.type != "campaign"
    )  # fmt: skip


def notices(store: Store) -> list[tuple[datetime, str, str]]:
    return [(one.at, one.who, one.text) for one in store.notices(9999)]


class Refusing(Delivery):
    """A delivery that takes no letter to one address."""

    def __init__(self, address: str = "c1@example.com") -> None:
        self._address = address

    def hand_over(self, letters: Any) -> list[Outcome]:
        return [
            Outcome(one.id, "failed" if one.address == self._address else "delivered", "550 no")
            for one in letters
        ]
