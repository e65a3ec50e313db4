"""A server on a real port over a real store, an engine, and a client that speaks HTTP."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from flowlang import workspace
from flowlang.config import Settings
from flowlang.contact import Letter
from flowlang.engine.admission import as_text
from flowlang.engine.worker import Worker
from flowlang.program.program import Program
from flowlang.stores import Store, open_store
from flowlang.stores.rows import ArrivalRow
from flowlang.web.server import BACKLOG, bind, server
from flowlang.web.service import Service

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = b"the key of this test, which nobody else has"
BASE = "https://shop.example.com/u"
SHOP = """
contact
  wish text

event confirmed

event nightly
  every day at 03:00
  for contacts where wish = "nightly"

message "News"
  kind marketing
  channel email
  subject "News"
  body "No more of them: {{ unsubscribe_link }}"

message "Ask"
  kind service
  channel email
  subject "Is it you?"
  body "Yes: {{ event_link('confirmed') }}"

campaign "News"
  runs again
  start when tagged "news"
  untag "news"
  send "News"

campaign "Ask"
  runs again
  start when tagged "ask"
  untag "ask"
  send "Ask"

campaign "Confirmed"
  runs again
  start on confirmed
  tag "confirmed"
  notify inbox "{{ id }} confirmed"
"""


def compiled(text: str = SHOP, **toml: Any) -> Program:
    settings = Settings(
        **{"unsubscribe_url": BASE, "sender": "Shop & Söhne <shop@example.com>", **toml}
    )
    found = workspace.load_text(text, settings=settings)
    assert found.runnable is not None, found.findings.in_order()
    program = found.runnable
    program.config = replace(program.config, link_key=KEY)
    return program


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    """By name in lower case."""
    text: str


@dataclass(slots=True)
class Site:
    """A shop in a store: its clock, its engine, its server."""

    program: Program
    store: Store
    now: datetime = START
    port: int = 0
    told: list[str] = field(default_factory=list)
    """What the server told the person who runs it."""

    def arrive(self, kind: str, contact: str = "c1", **data: Any) -> None:
        self.store.append([ArrivalRow(self.now, contact, kind, as_text(data))])

    def person(self, contact: str = "c1", *, agreed: bool = True, **fields: Any) -> None:
        self.arrive(
            "contact", contact, fields={"email": f"{contact}@example.com", **fields},
            consent={"email": True} if agreed else {},
        )  # fmt: skip

    def run(self) -> None:
        """Let the engine do all that is to be done by now; then a minute passes."""
        Worker(self.program, self.store).run(self.now)
        self.now += timedelta(minutes=1)

    def letter(self, tag: str, contact: str = "c1") -> Letter | None:
        """What a contact is sent when it is tagged, if anything."""
        before = {row.letter.id for row in self.store.letters(["queued"], 1000)}
        self.arrive("tag", contact, tag=tag)
        self.run()
        new = [row.letter for row in self.store.letters(["queued"], 1000)]
        return next((one for one in new if one.id not in before), None)

    def news(self, contact: str = "c1") -> str:
        """The path of the one-click link in a new letter."""
        letter = self.letter("news", contact)
        assert letter is not None
        assert letter.unsubscribe in letter.text
        return urlsplit(letter.unsubscribe).path

    def ask_link(self, contact: str = "c1") -> str:
        """The path of the event link in a new letter."""
        letter = self.letter("ask", contact)
        assert letter is not None
        return urlsplit(letter.text.split()[-1]).path

    def history(self, contact: str = "c1") -> list[tuple[str, str]]:
        """What happened and why, in order."""
        return [(row.entry.what, row.entry.because) for row in self.store.history(contact)]

    def withdrawals(self, contact: str = "c1") -> int:
        return self.history(contact).count(("consent withdrawn", "marketing by email"))

    def waiting(self) -> int:
        """Arrivals that the engine has not seen."""
        return len(self.store.arrivals("pending", 1000))

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, body: str = "List-Unsubscribe=One-Click") -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body.encode(), kind)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read().decode())
        finally:
            connection.close()


@contextmanager
def serving(
    folder: Path, program: Program, url: str = "sqlite:///state.db", **more: Any
) -> Iterator[Site]:
    """A site whose server runs; `more` goes to its `Service`."""
    store = open_store(url, folder)
    site = Site(program, store)
    running = server(Service(program, store, lambda: site.now, site.told.append, **more))
    with bind("127.0.0.1", 0) as listening:
        listening.listen(BACKLOG)
        site.port = listening.getsockname()[1]
        thread = Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield site
        finally:
            running.should_exit = True
            thread.join()
            store.close()
