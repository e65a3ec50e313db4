"""Several workers on one PostgreSQL, each beside the others."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowlang.contact import Entry
from flowlang.engine.beside import SHARE
from flowlang.engine.receiving import Fate, receive_codes, receive_events
from flowlang.engine.worker import Worker
from flowlang.intake.coupons import given_codes
from flowlang.intake.events import Arrival
from flowlang.stores import Store, open_store
from flowlang.stores.rows import Stock
from tests.engine import applied
from tests.engine.automating import Memory
from tests.engine.test_worker import (
    HOUR,
    START,
    Came,
    came,
    compiled,
    feed,
    person,
    played,
    told,
)
from tests.postgresql import Server

JOURNEY = """
contact
  score number

coupons "A"
  when empty show "none left"

message "welcome"
  kind service
  channel email
  subject "Hello"
  body "Hello {{ id }}"

message "offer"
  kind marketing
  channel email
  subject "Offer"
  body "{{ coupon('A') }}"

message "tips"
  kind service
  channel email
  subject "Tips"
  body "Tips"

campaign "J"
  start when tagged "signup"
  send "welcome"
  wait 1 day
  if score >= 50
    tag "hot"
    send "offer"
  else
    wait 2 days
    send "tips"
  wait until 09:00
  untag "signup"
  restart
"""


STOCK = """
contact
  score number
  wish text

event back_in_stock
  thing text
  for contacts where wish = event.thing

message "m"
  kind service
  channel email
  subject "S"
  body "B"

campaign "Main"
  start when tagged "go"
  wait 9 hours
  set wish to "none"
  send "m"

campaign "Stock"
  runs again
  start on back_in_stock
  tag "told"
"""


class Crew:
    """Workers on one store, each with a connection and a program of its own, each in a thread."""

    def __init__(self, url: str, text: str, *, workers: int, batch: int) -> None:
        self.url = url
        self.text = text
        self.batch = batch
        self.stretches = [Counter[str]() for _ in range(workers)]
        self.failures: list[BaseException] = []

    def run(self, until: datetime) -> None:
        """Let all of them work until none finds anything to do."""
        threads = [threading.Thread(target=self._work, args=(one, until)) for one in self.stretches]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        if self.failures:
            raise self.failures[0]

    def _work(self, stretches: Counter[str], until: datetime) -> None:
        store = open_store(self.url, Path())
        try:
            worker = Worker(compiled(self.text), store, batch=self.batch)
            stretches.update(worker.run(until).stretches)
        except BaseException as failure:  # noqa: BLE001 - raised again by the test
            self.failures.append(failure)
        finally:
            store.close()


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Store]:
    store = open_store(postgresql_url, Path())
    yield store
    store.close()


def journeys(amount: int) -> list[Came]:
    """People who sign up one after the other, some of them twice."""
    names = [f"p{number:04}" for number in range(amount)]
    found = [person(0, name, score=number % 101) for number, name in enumerate(names)]
    found += [
        came(1 + number / 100, name, "tag", tag="signup") for number, name in enumerate(names)
    ]
    found += [came(200, name, "tag", tag="signup") for name in names[::5]]
    return found


def codes_of(store: Store, people: list[str]) -> list[str]:
    return [
        code
        for entries in told(store, people).values()
        for entry in entries
        for code in re.findall('code (.+?) of "', entry.because)
    ]


def without_codes(histories: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """Which code somebody gets is decided by who comes first, and several come at once."""
    return {
        name: [one._replace(because=re.sub("code .+? of", "code of", one.because)) for one in story]
        for name, story in histories.items()
    }


def begin(store: Store, text: str) -> None:
    program = compiled(text)
    applied.begin(store, program, START)
    Worker(program, store).run(START)


def test_several_workers_tell_each_contact_the_story_that_one_tells(
    store: Store, postgresql_url: str
) -> None:
    story = journeys(300)
    people = sorted({whose for _, whose, _, _ in story if whose})
    store.import_codes("A", [f"A{number}" for number in range(20_000)], START)
    begin(store, JOURNEY)
    feed(store, story)
    crew = Crew(postgresql_url, JOURNEY, workers=4, batch=20)
    crew.run(START + 500 * HOUR)
    codes = came(0, None, "import coupons", list="A", codes=tuple(f"A{n}" for n in range(20_000)))
    expected = played(compiled(JOURNEY), [codes, *story], 500)

    assert without_codes(told(store, people)) == without_codes(expected)
    found = codes_of(store, people)
    assert len(found) == len(set(found)) == store.shared().stock["A"].used
    sent = Counter(row.letter.message for row in store.letters(["queued"], 100_000))
    assert sum(sent.values()) == sum(
        entry.what == "sent" for entries in expected.values() for entry in entries
    )
    assert {one.name: one.done for one in store.processes() if one.type == "message send"} == sent
    assert sum(bool(one["beside"]) for one in crew.stretches) > 1


REPORTING = """
message "hello"
  kind service
  channel email
  subject "Hello"
  body "Hello"

message "offer"
  kind marketing
  channel email
  subject "Offer"
  body "Offer"

campaign "C"
  start when tagged "go"
  report to "ops@example.com"
  send "hello"
  wait 1 day
  send "offer"
"""


def test_several_workers_tell_the_results_that_one_tells(store: Store, postgresql_url: str) -> None:
    people = [f"p{number:03}" for number in range(120)]
    story = [person(0, name) for name in people]
    story += [came(1 + n // 20, name, "tag", tag="go") for n, name in enumerate(people)]
    story += [came(20, name, "withdraw", channel="email") for name in people[::7]]
    begin(store, REPORTING)
    feed(store, story)
    crew = Crew(postgresql_url, REPORTING, workers=3, batch=8)
    crew.run(START + 50 * HOUR)
    expected = Memory(compiled(REPORTING), story, 50).world.reported
    assert len(expected) == 12
    assert [(one.at, one.who, one.text) for one in store.notices(99)] == [
        (one.at, one.who, one.text) for one in expected
    ]
    assert sum(one["beside"] for one in crew.stretches) > 12


def test_two_workers_are_beside_each_other_until_the_end_of_a_list_is_near(
    store: Store, postgresql_url: str
) -> None:
    people = [f"p{number:04}" for number in range(200)]
    store.import_codes("A", [f"A{number}" for number in range(2 * SHARE + len(people))], START)
    begin(store, JOURNEY)
    feed(store, [person(0, name, score=99) for name in people])
    feed(store, [came(1, people[0], "tag", tag="signup")])
    Worker(compiled(JOURNEY), store).run(START + 50 * HOUR)  # each send has its process now
    feed(store, [came(60, name, "tag", tag="signup") for name in people[1:]])
    crew = Crew(postgresql_url, JOURNEY, workers=2, batch=20)
    crew.run(START + 200 * HOUR)
    assert len(set(codes_of(store, people))) == len(people)
    assert not sum(one["again"] for one in crew.stretches)


@pytest.mark.parametrize("beside", [False, True])
def test_events_and_codes_that_come_in_wait_for_nobody(
    store: Store, postgresql_url: str, *, beside: bool
) -> None:
    begin(store, JOURNEY)
    feed(store, [person(0, "anna")])
    Worker(compiled(JOURNEY), store).run(START + HOUR)
    event = Arrival(START, "anna", "tag", {"tag": "signup"}, "e1", 1)
    taken: list[Any] = []
    other = open_store(postgresql_url, Path())

    def hand_in() -> None:
        taken.append(receive_events(other, [event]))
        taken.append(receive_codes(other, "A", given_codes("file", ["X", "Y"]), START, "en"))

    thread = threading.Thread(target=hand_in)
    with closing(other):
        with store.transaction(beside=beside):
            thread.start()
            thread.join(60)
            assert [len(taken), store.shared().stock["A"].free] == [2, 2]
        thread.join()
    assert taken[0] == [Fate(1, "taken")]
    assert taken[1].new == 2
    assert len(store.arrivals("pending", 9)) == 1
    assert Worker(compiled(JOURNEY), store).run(START + 2 * HOUR).applied == 1


def test_who_has_much_before_him_that_is_held_by_another_worker_does_not_wait(
    store: Store, postgresql_url: str
) -> None:
    begin(store, JOURNEY)
    feed(store, [person(0, "busy"), person(0, "quiet")])
    feed(store, [came(1, name, "tag", tag="signup") for name in ("busy", "quiet")])
    Worker(compiled(JOURNEY), store).run(START + 2 * HOUR)
    feed(store, [came(3, "busy", "tag", tag=f"t{number}") for number in range(500)])
    feed(store, [came(4, "quiet", "tag", tag="late")])
    other = open_store(postgresql_url, Path())
    with closing(other), other.transaction(beside=True):
        assert other.claim(["busy"]) == {"busy"}
        done = Worker(compiled(JOURNEY), store, batch=5).run(START + 5 * HOUR)
        assert done.applied == 1
        assert set(done.stretches) == {"beside"}
    assert Worker(compiled(JOURNEY), store, batch=5).run(START + 5 * HOUR).applied == 500


@pytest.mark.parametrize("what", ["back_in_stock", "pause"])
def test_what_concerns_all_is_done_in_time_however_much_waits_before_it(
    store: Store, what: str
) -> None:
    """Also where so many contacts are due at a later moment that a batch is full of them."""
    waiting, others = [f"w{n}" for n in range(5)], [f"o{n:02}" for n in range(40)]
    story = [person(0, one, wish="sofa") for one in waiting] + [person(0, one) for one in others]
    story += [came(1, one, "tag", tag="go") for one in waiting]
    begin(store, STOCK)
    feed(store, story)
    Worker(compiled(STOCK), store, batch=5).run(START + 2 * HOUR)
    later = [came(3, one, "tag", tag="x") for one in others]
    if what == "pause":
        later.append(came(5, None, "pause", process=["campaign", "Main", "", ""], who="ann"))
    else:
        later.append(came(5, None, "event", name=what, data={"thing": "sofa"}))
    feed(store, later)
    Worker(compiled(STOCK), store, batch=5).run(START + 12 * HOUR)
    if what == "pause":
        assert not store.letters(["queued"], 99)
    else:
        assert told(store, waiting) == {
            name: entries
            for name, entries in played(compiled(STOCK), story + later, 12).items()
            if name in waiting
        }


PEOPLE = [f"p{number}" for number in range(7)]
MAIN = ["campaign", "Main", "", ""]
of_one = st.tuples(
    st.integers(1, 60),
    st.sampled_from(PEOPLE),
    st.sampled_from([
        ("tag", {"tag": "go"}), ("untag", {"tag": "go"}),
        ("set", {"field": "wish", "value": "sofa"}), ("set", {"field": "score", "value": 9}),
    ]),
)  # fmt: skip
of_all = st.tuples(
    st.integers(1, 60),
    st.none(),
    st.sampled_from([
        ("event", {"name": "back_in_stock", "data": {"thing": "sofa"}}),
        ("pause", {"process": MAIN, "who": "ann"}), ("resume", {"process": MAIN, "who": "ann"}),
    ]),
)  # fmt: skip


@given(
    st.lists(st.one_of(of_one, of_one, of_one, of_all), max_size=40),
    st.integers(1, 2),
    st.sampled_from([1, 3]),
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_story_is_told_alike_by_workers_beside_each_other(
    postgresql: Server,
    happened: list[tuple[int, str | None, tuple[str, dict[str, Any]]]],
    workers: int,
    batch: int,
) -> None:
    happened.sort(key=itemgetter(0))
    story = [person(0, name, score=1) for name in PEOPLE]
    story += [came(hours, whose, kind, **data) for hours, whose, (kind, data) in happened]
    name = postgresql.database(postgresql.template())
    url = postgresql.url(name)
    with closing(open_store(url, Path())) as store:
        begin(store, STOCK)
        feed(store, story)
        Crew(url, STOCK, workers=workers, batch=batch).run(START + 100 * HOUR)
        assert told(store, PEOPLE) == played(compiled(STOCK), story, 100)
    postgresql.drop(name)


def test_a_worker_before_whom_others_have_all_that_has_come_does_what_is_due(
    store: Store, postgresql_url: str
) -> None:
    begin(store, JOURNEY)
    feed(store, [person(0, "busy"), person(0, "quiet")])
    feed(store, [came(1, "quiet", "tag", tag="signup")])
    Worker(compiled(JOURNEY), store).run(START + 2 * HOUR)
    feed(store, [came(3, "busy", "tag", tag=f"t{number}") for number in range(100)])
    other = open_store(postgresql_url, Path())
    with closing(other), other.transaction(beside=True):
        assert other.claim(["busy"]) == {"busy"}
        worker = Worker(compiled(JOURNEY), store, batch=5)
        passes: list[None] = []
        worker.between = lambda: (
            passes.append(None) if len(passes) < 50 else pytest.fail("it spins")
        )
        done = worker.run(START + 30 * HOUR)
        assert done.entries
    assert told(store, ["quiet"])["quiet"][-1].at > START + 20 * HOUR


@pytest.mark.parametrize("policy", ["halt", "skip", 'show "none"'])
def test_no_code_goes_out_twice_and_none_is_lost(
    store: Store, postgresql_url: str, policy: str
) -> None:
    """teamforus/Forus#2277, mc-magento2#121, eventyay#204."""
    text = JOURNEY.replace('show "none left"', policy)
    people = [f"p{number:04}" for number in range(200)]
    store.import_codes("A", [f"A{number}" for number in range(140)], START)
    begin(store, text)
    feed(store, [person(0, name, "signup", score=99) for name in people])
    feed(store, [came(1, name, "tag", tag="signup") for name in people])
    feed(store, [came(0.5, name, "untag", tag="signup") for name in people])
    Crew(postgresql_url, text, workers=8, batch=10).run(START + 100 * HOUR)
    found = codes_of(store, people)
    assert len(found) == len(set(found)) == 140
    assert store.shared().stock["A"] == Stock(0, 140)
    assert len(store.halted("offer")) == (60 if policy == "halt" else 0)
