"""A shop whose store the engine has filled, as reports find it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from flowlang import workspace
from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome, Status
from flowlang.engine.admission import as_text
from flowlang.engine.handover import Handover
from flowlang.engine.worker import Worker
from flowlang.figures.files import WorkspaceFiles, table
from flowlang.figures.source import Source
from flowlang.program.program import Program
from flowlang.stores import Store, open_store
from flowlang.stores.rows import ArrivalRow
from flowlang.tables.formats import formats
from flowlang.tables.table import plain
from tests.engine.applied import begin

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

TOML = """
language = "{}"
timezone = "Europe/Berlin"
[sender]
unsubscribe_url = "https://shop.example.com/u"
"""
SHOP = """
contact
  first_name text
  score number

coupons "early"
  when empty show "WELCOME5"

event purchase
  total number

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Good to have you."

message "Offer"
  kind marketing
  channel email
  subject "Offer"
  body "Your code is {{ coupon('early') }}."

message "To the shop"
  kind service
  channel email
  subject "A new one"
  body "{{ first_name }}"

campaign "Main"
  start when tagged "go"
  stop when tagged "enough"
  send "Hello"
  send "To the shop" to "shop@example.com"
  wait 1 day
  measure "Bought" on purchase within 5 days
  send "Offer"
  wait 10 days
  restart
"""

Came = tuple[datetime, str | None, str, dict[str, Any]]
"""An arrival: when, whose, what."""


def came(hours: float, contact: str | None, kind: str, **data: Any) -> Came:
    return START + hours * HOUR, contact, kind, data


def person(name: str, *tags: str, hours: float = 0, **fields: Any) -> Came:
    data = {"email": f"{name}@example.com", **fields}
    return came(hours, name, "contact", fields=data, tags=tags, consent={"email": True})


STORY: list[Came] = [
    came(0, None, "import coupons", list="early", codes=("A1", "A2")),
    person("anna", "go", first_name="Anna", score=60),
    person("ben", "go", first_name="Ben"),
    person("cleo", "go", first_name="Cleo"),
    person("dora", "go"),
    person("emil", first_name="Emil"),
    came(1, "ben", "withdraw", channel="email"),
    came(2, "dora", "tag", tag="enough"),
    came(26, "anna", "opened", message="Offer"),
    came(27, "anna", "opened", message="Offer"),
    came(28, "anna", "clicked", message="Offer", link="https://shop.example.com/sofa"),
    came(29, "anna", "event", name="purchase", data={"total": 99}),
    came(30, "cleo", "complained", message="Offer", channel="email", address=None),
    came(30, "cleo", "unsubscribed", message="Offer", channel="email", address=None),
    came(31, "cleo", "unsubscribed", message="Offer", channel="email", address=None),
    came(32, "ben", "bounced", message="Hello", channel="email", address=None),
    came(33, "ben", "bounced", message="Hello", channel="email", address=None),
    came(34, "emil", "unsubscribed", message=None, channel="email", address=None),
]
"""Anna gets all and buys, Ben gets no marketing and bounces, Cleo complains and leaves, Dora stops,
Emil is never written to.  Anna and Cleo take the two codes."""


@dataclass
class Refusing(Delivery):
    """A delivery that refuses what goes to some addresses."""

    addresses: frozenset[str] = frozenset()
    others: Status = "delivered"
    """What becomes of all others."""
    handed: list[Letter] = field(default_factory=list)

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        self.handed += letters
        return [
            Outcome(letter.id, "failed", "550 no such user")
            if letter.address in self.addresses
            else Outcome(letter.id, self.others)
            for letter in letters
        ]


@dataclass
class Shop:
    """A program over a store in a folder."""

    folder: Path
    text: str = SHOP
    language: str = "en"
    program: Program = field(init=False)
    store: Store = field(init=False)
    others: Status = "delivered"
    """What becomes of the letters that nobody refuses."""

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "flow.toml").write_text(TOML.format(self.language))
        (self.folder / "shop.flow").write_text(self.text)
        found = workspace.load(self.folder)
        assert found.runnable is not None, found.findings.in_order()
        self.program = found.runnable
        self.store = open_store("sqlite:///state.db", self.folder)

    def run(self, arrivals: Iterable[Came], hours: float, *refused: str) -> None:
        """Let things arrive, run until some hours after the start, and deliver day by day."""
        rows = [ArrivalRow(at, who, kind, as_text(data)) for at, who, kind, data in arrivals]
        self.store.append(rows)
        until = START + hours * HOUR
        files = WorkspaceFiles(self.folder, self.program, self.store)
        worker = Worker(self.program, self.store, files=files)
        begin(self.store, worker.program, START)
        for day in range(int(hours) // 24 + 1):
            for now in (START + day * DAY, min(START + day * DAY + HOUR / 2, until)):
                assert worker.run(now).refused == []
                self.deliver(refused, now)
        assert worker.run(until).refused == []
        self.deliver(refused, until)

    def deliver(self, refused: Iterable[str], at: datetime) -> None:
        """Hand over what is queued, to a server that refuses some addresses."""
        Handover(self.store, Refusing(frozenset(refused), self.others), lambda: at).run()

    def source(self, since: datetime | None = None, until: datetime | None = None) -> Source:
        return Source(self.store, self.program, since, until)

    def text_of(
        self, report: str, form: str = "text", source: Source | None = None, language: str = "en"
    ) -> str:
        stream = StringIO()
        formats()[form].write(table(source or self.source(), report, language), stream)
        return stream.getvalue()

    def rows(self, report: str, source: Source | None = None) -> list[dict[str, Any]]:
        """The rows of a report, as JSON data by the names of its columns."""
        found = table(source or self.source(), report)
        names = [column.name for column in found.columns]
        return [
            dict(zip(names, map(plain, row), strict=True)) for batch in found.rows for row in batch
        ]
