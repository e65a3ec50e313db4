"""The engine over a store says what the test runner says, and says it once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.config import Settings
from flowlang.contact import Entry
from flowlang.effects import CallReply
from flowlang.engine.admission import as_text
from flowlang.engine.applying import take_codes
from flowlang.engine.arrivals import Refused
from flowlang.engine.pass_report import Report
from flowlang.engine.timeline import Timeline
from flowlang.engine.worker import Worker
from flowlang.engine.world import World
from flowlang.program.program import Program
from flowlang.stores import Store, StoreError, open_store, schema
from flowlang.stores.rows import ArrivalRow, Stock
from flowlang.stores.sql import Sql
from tests.engine.applied import begin, move
from tests.engine.killing import Killed, kill_at_save
from tests.stores.opening import Database

Came = tuple[datetime, str | None, str, dict[str, Any]]
"""An arrival: when, whose, what."""

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SHOP = """
contact
  score number
  wish text

coupons "early"
  when empty halt
  warn below 2

message "Hello"
  kind service
  channel email
  subject "Hello {{ id }}"
  body "Your score is {{ score | default(0) }}."

message "Offer"
  kind marketing
  channel email
  subject "Offer"
  body "Your code is {{ coupon('early') }}."

event purchase
  total number

event birthday
  every day at 08:00
  for contacts where score >= 50

event back_in_stock
  thing text
  for contacts where wish = event.thing

policy "Gently"
  send only between 08:00 and 20:00
  send at most 2 messages in all per 1 day, otherwise wait

campaign "Main"
  start when tagged "go"
  stop when tagged "stop"
  send "Hello"
  wait until tagged "warm" at most 2 days
  if timed out
    set score to score + 1
  else
    send "Offer"
  wait for purchase at most 3 days
  goal "Rich" when score >= 80
  restart tagging "again"

campaign "Greetings"
  runs again
  start on birthday
  policy "Gently"
  send "Hello"

campaign "Stock"
  runs again
  start on back_in_stock
  tag "told" for 1 day

campaign "Test"
  start when tagged "warm"
  split best by purchase after 2 days
    40% "A"
      tag "in A"
    40% "B"
      tag "in B"
  set score to score + 5
"""


def compiled(text: str, **toml: Any) -> Program:
    found = workspace.load_text(
        text, settings=Settings(unsubscribe_url="https://example.com/u", **toml)
    )
    assert found.runnable is not None, found.findings.in_order()
    return found.runnable


def came(hours: float, contact: str | None, kind: str, **data: Any) -> Came:
    return START + hours * HOUR, contact, kind, data


def person(hours: float, name: str, *tags: str, **fields: Any) -> Came:
    data = {"email": f"{name}@example.com", "score": 0, **fields}
    return came(hours, name, "contact", fields=data, tags=tags, consent={"email": True})


def feed(store: Store, arrivals: Iterable[Came]) -> None:
    store.append([ArrivalRow(at, whose, kind, as_text(data)) for at, whose, kind, data in arrivals])


def run(program: Program, store: Store, *stops: float, batch: int = 500) -> Report:
    """Run until each of some hours after the start; what the last pass did."""
    worker = Worker(program, store, batch=batch)
    begin(store, worker.program, START)
    reports = [worker.run(START + hours * HOUR) for hours in stops]
    return reports[-1]


def played(program: Program, arrivals: Iterable[Came], until: float) -> dict[str, list[Entry]]:
    """What the test runner's timeline makes of the same."""
    entries: list[Entry] = []
    world = World(program, writes_letters=True, letters_wait=True, history=entries.append)
    timeline = Timeline(program, world)
    timeline.begin(START)
    for at, whose, kind, data in sorted(arrivals, key=lambda one: one[0]):
        with suppress(Refused):
            timeline.arrive(whose, kind, data, at)
    timeline.advance(START + until * HOUR)
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.contact, []).append(entry)
    return found


def told(store: Store, contacts: Iterable[str]) -> dict[str, list[Entry]]:
    histories = {name: [row.entry for row in store.history(name)] for name in contacts}
    return {name: entries for name, entries in histories.items() if entries}


PEOPLE = ["anna", "ben", "cleo", "dora", "emil", "finn"]
STORY: list[Came] = [
    came(0, None, "import coupons", list="early", codes=("C1", "C2", "C3")),
    *(
        person(0, name, score=40 + 10 * number, wish=("sofa", "lamp")[number % 2])
        for number, name in enumerate(PEOPLE)
    ),
    *(came(1, name, "tag", tag="go") for name in PEOPLE),
    *(came(20 + number, name, "tag", tag="warm") for number, name in enumerate(PEOPLE)),
    came(23.5, None, "event", name="back_in_stock", data={"thing": "lamp"}),
    came(30, "anna", "event", name="purchase", data={"total": 9}),
    came(31, "ben", "tag", tag="stop"),
    came(40, "nobody", "tag", tag="go"),
    came(50, None, "import coupons", list="early", codes=("C4", "C5", "C1", "C6")),
    came(51, None, "resume", message="Offer"),
    came(60, "cleo", "set", field="timezone", value="America/New_York"),
    came(70, "dora", "delete"),
    came(80, "dora", "tag", tag="go"),
    came(90, "emil", "set", field="score", value=90),
]  # fmt: skip


@pytest.mark.parametrize("batch", [500, 3, 1])
def test_the_engine_and_the_test_runner_tell_the_same_history(store: Store, batch: int) -> None:
    program = compiled(SHOP)
    feed(store, STORY)
    report = run(program, store, 200, batch=batch)
    assert told(store, PEOPLE) == played(program, STORY, 200)
    assert [why for _, why in report.refused] == [
        'there is no contact "nobody"', 'the contact "dora" was deleted'
    ]  # fmt: skip
    assert report.sent["Offer"] == store.shared().stock["early"].used


def test_it_makes_no_difference_when_the_engine_runs_and_what_it_has_seen_by_then(
    store: Store,
) -> None:
    program = compiled(SHOP)
    for hours in range(0, 201, 10):
        feed(store, [one for one in STORY if hours - 10 < (one[0] - START) / HOUR <= hours])
        run(program, store, hours, hours)
    assert told(store, PEOPLE) == played(program, STORY, 200)


kinds = st.one_of(
    st.tuples(
        st.just("tag"), st.fixed_dictionaries({"tag": st.sampled_from(["go", "warm", "stop"])})
    ),
    st.tuples(
        st.just("untag"), st.fixed_dictionaries({"tag": st.sampled_from(["go", "warm", "stop"])})
    ),
    st.tuples(
        st.just("set"),
        st.fixed_dictionaries(
            {"field": st.just("score"), "value": st.sampled_from([0, 49, 50, 81])}
        ),
    ),
    st.tuples(st.just("event"), st.just({"name": "purchase", "data": {"total": 5}})),
    st.tuples(st.just("withdraw"), st.just({"channel": "email"})),
)
arrivals = st.lists(
    st.tuples(st.integers(1, 120), st.sampled_from(PEOPLE[:4]), kinds), max_size=25
).map(lambda found: [came(hours, name, kind[0], **kind[1]) for hours, name, kind in found])


@given(arrivals, st.sampled_from([500, 2]))
@example([came(1, "anna", "tag", tag="go"), came(1, "anna", "tag", tag="go")], 2)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_story_is_told_alike(
    tmp_path_factory: pytest.TempPathFactory, story: list[Came], batch: int
) -> None:
    program = compiled(SHOP)
    store = open_store("sqlite:///:memory:", tmp_path_factory.getbasetemp())
    codes = came(0, None, "import coupons", list="early", codes=("C1", "C2"))
    everything = [codes, *(person(0, name, score=50) for name in PEOPLE[:4]), *story]
    feed(store, everything)
    run(program, store, 240, batch=batch)
    assert told(store, PEOPLE) == played(program, everything, 240)
    store.close()


def test_a_second_pass_does_nothing(store: Store) -> None:
    program = compiled(SHOP)
    feed(store, STORY)
    run(program, store, 200)
    before = told(store, PEOPLE), store.shared(), store.letters(["queued"], 99)
    assert run(program, store, 200).idle
    assert run(program, store, 190).idle
    assert (told(store, PEOPLE), store.shared(), store.letters(["queued"], 99)) == before


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_stretch_it_loses_and_doubles_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    program = compiled(SHOP)
    feed(database.open(), STORY)
    deaths = 0
    for patience in range(1, 2000):
        store = database.open()
        kill_at_save(store, monkeypatch, 3, after=after)
        try:
            Worker(program, store, batch=4).run(START + 200 * HOUR)
        except Killed:
            deaths = patience
            continue
        finally:
            store.close()
        break
    store = database.open()
    assert deaths > 5
    assert told(store, PEOPLE) == played(program, STORY, 200)
    codes = [
        code
        for entries in told(store, PEOPLE).values()
        for entry in entries
        for code in re.findall('code (.+?) of "early"', entry.because)
    ]
    assert len(codes) == len(set(codes)) == store.shared().stock["early"].used


def test_what_comes_late_happens_at_the_contacts_clock_but_says_when_it_was(store: Store) -> None:
    program = compiled(SHOP)
    feed(store, [person(0, "anna", "go")])
    run(program, store, 60)
    feed(store, [came(5, "anna", "event", name="purchase", data={"total": 3})])
    run(program, store, 61)
    entries = told(store, ["anna"])["anna"]
    assert entries == sorted(entries, key=lambda one: one.at)
    event = next(one for one in entries if one.what == "event")
    assert event.at == START + 48 * HOUR
    states = Worker(program, store).states
    contact, _ = states.read(store.contacts(["anna"])[0].state)
    assert contact.events["purchase"][0].at == START + 5 * HOUR


def test_what_lies_ahead_waits_for_its_time(store: Store) -> None:
    program = compiled(SHOP)
    feed(store, [person(0, "anna"), came(10, "anna", "tag", tag="go")])
    assert run(program, store, 9).sent == {}
    assert run(program, store, 11).sent == {"Hello": 1}


def test_a_schedule_that_was_missed_is_caught_up_day_by_day(store: Store) -> None:
    program = compiled(SHOP)
    feed(store, [person(0, "anna", score=60)])
    run(program, store, 1)
    report = run(program, store, 24 * 5)
    assert report.sent == {"Hello": 5}
    sent = [one.at for one in told(store, ["anna"])["anna"] if one.what == "sent"]
    assert sent == [START.replace(hour=8) + number * DAY for number in range(1, 6)]


def test_a_schedule_that_was_missed_is_passed_over_where_flow_toml_says_so(store: Store) -> None:
    program = compiled(SHOP, missed="skip")
    feed(store, [person(0, "anna", score=60)])
    run(program, store, 1)
    report = run(program, store, 24 * 5)
    assert report.passed_over == 4
    assert report.sent == {"Hello": 1}


def test_a_halted_send_goes_on_when_it_is_resumed_and_there_are_codes(store: Store) -> None:
    program = compiled(SHOP)
    worker = Worker(program, store)
    feed(store, [came(0, None, "import coupons", list="early", codes=("C1",))])
    feed(store, [person(0, name, "go", "warm") for name in PEOPLE])
    run(program, store, 1)
    assert store.shared().halted == {"Offer": 5}
    with pytest.raises(Refused, match='missing 5 codes in "early"'):
        worker.may_resume("Offer", START + HOUR)
    store.import_codes("early", [f"D{number}" for number in range(5)], START)
    assert worker.may_resume("Offer", START + HOUR) == 5
    feed(store, [came(2, None, "resume", message="Offer")])
    assert run(program, store, 3).sent == {"Offer": 5}
    assert store.shared().halted == {}
    with pytest.raises(Refused, match="nobody waits"):
        worker.may_resume("Offer", START + 3 * HOUR)


def test_who_comes_later_waits_behind_those_who_wait_though_they_are_not_at_hand(
    store: Store,
) -> None:
    program = compiled(SHOP)
    feed(store, [person(0, "anna", "go", "warm")])
    run(program, store, 1)
    store.import_codes("early", ["C1", "C2"], START)
    feed(store, [person(2, "ben", "go", "warm")])
    assert run(program, store, 3).sent == {"Hello": 1}
    assert store.shared().halted == {"Offer": 2}


def test_the_robinson_list_holds_also_for_an_address_that_comes_later(store: Store) -> None:
    program = compiled(SHOP)
    store.import_robinson(["anna@example.com", "new@example.com"])
    store.import_codes("early", ["C1", "C2"], START)
    feed(store, [person(0, "anna", "go", "warm"), person(0, "ben", "go")])
    feed(
        store,
        [
            came(1, "ben", "set", field="email", value="New@example.com"),
            came(2, "ben", "tag", tag="warm"),
        ],
    )
    assert run(program, store, 3).skipped == {("Offer", "robinson"): 2}


def test_letters_of_a_deleted_contact_are_taken_back(store: Store) -> None:
    program = compiled(SHOP)
    feed(store, [person(0, "anna", "go")])
    run(program, store, 1)
    feed(store, [came(2, "anna", "delete")])
    run(program, store, 3)
    assert store.letters(["queued"], 9) == []
    assert "example.com" not in store.contacts(["anna"])[0].state
    feed(store, [person(4, "anna", "go")])
    assert run(program, store, 5).sent == {"Hello": 1}


def test_two_sends_of_one_step_are_two_letters(store: Store) -> None:
    program = compiled(
        SHOP
        + '\ncampaign "Loop"\n  start when tagged "loop"\n  repeat up to 3 times\n'
        + '    send "Hello" to "boss@example.com"\n    wait 1 day\n'
    )
    feed(store, [person(0, "anna", "loop")])
    run(program, store, 100)
    assert len({row.letter.id for row in store.letters(["queued"], 9)}) == 3


EXISTING = '\ncampaign "Late"\n  include existing contacts\n  start when score > 45\n  tag "late"\n'


def test_a_campaign_that_includes_existing_contacts_looks_once(store: Store) -> None:
    feed(store, [person(0, name, score=40 + 10 * number) for number, name in enumerate(PEOPLE)])
    run(compiled(SHOP), store, 1)
    late, more = compiled(SHOP + EXISTING), compiled(SHOP + EXISTING + '  untag "x"\n')
    move(store, compiled(SHOP), late, START + 2 * HOUR)
    Worker(late, store, batch=2).run(START + 3 * HOUR)
    assert ("Late", "finished", "", 5) in store.standing()
    move(store, late, more, START + 4 * HOUR)
    assert Worker(more, store).run(START + 5 * HOUR).entries == 0


DAILY = """
event morning
{}
  for contacts where score > 45

campaign "Daily"
  runs again
  start on morning
  tag "woken"
"""


def daily(*times: str) -> Program:
    every = "\n".join(f"  every day at {time}" for time in times)
    return compiled("contact\n  score number\n" + DAILY.format(every))


def test_a_schedule_is_not_made_up_for_in_a_zone_where_nobody_was(store: Store) -> None:
    program = daily("08:00")
    feed(store, [person(0, name, score=40 + 10 * number) for number, name in enumerate(PEOPLE)])
    run(program, store, 1)
    moved = as_text({"field": "timezone", "value": "Asia/Kathmandu"})
    store.append([ArrivalRow(datetime(1970, 1, 1, tzinfo=UTC), PEOPLE[0], "set", moved)])
    feed(store, [came(1.5, PEOPLE[0], "set", field="score", value=99)])
    worker = Worker(program, store)
    worker.run(START + DAY)
    woken = [one.at for one in told(store, PEOPLE[:1])[PEOPLE[0]] if one.what == "event"]
    assert woken == [datetime(2026, 11, 21, 2, 15, tzinfo=UTC)]
    assert worker.report.stretches.total() < 20


def test_a_schedule_in_front_of_others_comes_on_the_day_it_is_applied(store: Store) -> None:
    before, after = daily("08:00", "12:00"), daily("20:00", "08:00", "12:00")
    feed(store, [person(0, "anna", score=99)])
    begin(store, before, START)
    run(before, store, 24)
    move(store, before, after, START + DAY)
    run(after, store, 48)
    hours = [f"{one.at:%d %H}" for one in told(store, ["anna"])["anna"] if one.what == "event"]
    assert hours == ["20 12", "21 08", "21 12", "21 20", "22 08"]


def test_a_schedule_begins_with_the_first_contact_not_with_the_first_run(store: Store) -> None:
    program = daily("08:00")
    feed(store, [person(0, "anna", score=99)])
    begin(store, program, START + 4 * DAY)
    run(program, store, 4 * 24)
    days = [one.at.day for one in told(store, ["anna"])["anna"] if one.what == "event"]
    assert days == [21, 22, 23, 24]


def test_a_schedule_that_is_applied_later_comes_in_the_zones_of_those_who_are_there(
    store: Store,
) -> None:
    before, after = compiled("contact\n  score number\n"), daily("08:00")
    zones = {"anna": "America/New_York", "ben": "Pacific/Auckland", "cara": "Mars/Base"}
    story = [person(0, name, score=99, timezone=zone) for name, zone in zones.items()]
    begin(store, before, START)
    feed(store, story)
    run(before, store, 2)
    move(store, before, after, START + 3 * HOUR)
    feed(store, [person(4, "dora", score=99, timezone="Asia/Kathmandu")])
    run(after, store, 3 + 24)
    hours = {"anna": "20 13:00", "ben": "20 19:00", "cara": "21 08:00", "dora": "21 02:15"}
    for name, entries in told(store, list(hours)).items():
        assert [f"{one.at:%d %H:%M}" for one in entries if one.what == "event"] == [hours[name]]


KEYED = """
event order
  order_id text

campaign "Order"
  runs once per event.order_id
  start on order
  wait 1 day
  tag "done"
"""


def test_keys_of_any_length_tell_runs_apart(store: Store) -> None:
    long = Random(1).randbytes(5_000).hex()  # noqa: S311 - what no index can make short
    feed(store, [person(0, "anna")])
    for hours, key in enumerate((long + "1", long + "2", long + "1", "short"), 1):
        feed(store, [came(hours, "anna", "event", name="order", data={"order_id": key})])
    run(compiled(KEYED), store, 10, 60)
    whats = [one.what for one in told(store, ["anna"])["anna"] if one.campaign]
    assert (whats.count("started"), whats.count("start ignored")) == (3, 1)
    assert whats.count("finished") == 3


def test_codes_of_files_are_taken_once(store: Store) -> None:
    codes = {"early": ("C1", "C2"), "late": ()}
    assert take_codes(store, codes, START) == {"early": 2}
    assert take_codes(store, codes, START) == {}
    assert store.shared().stock == {"early": Stock(2, 0)}


def test_a_call_is_answered_by_whom_the_worker_was_given(store: Store) -> None:
    program = compiled(
        'contact\n  score number\n\ncampaign "Ask"\n  start when tagged "ask"\n'
        '  call "https://example.com/score" with score as answer\n'
        '  if failed\n    tag "no answer"\n'
    )
    asked: list[tuple[str, dict[str, Any]]] = []

    def answer(url: str, values: dict[str, Any], contact: str, key: str) -> CallReply:
        asked.append((url, values))
        return CallReply("failed")

    feed(store, [person(0, "anna", "ask", score=7)])
    Worker(program, store, answers=answer).run(START + 5 * HOUR)
    assert asked == [("https://example.com/score", {"score": 7})] * 4
    states = Worker(program, store).states
    assert "no answer" in states.read(store.contacts(["anna"])[0].state)[0].tags


def test_who_was_but_noted_by_a_look_at_those_who_are_there_goes_on_after_it(store: Store) -> None:
    text = 'campaign "C"\n{}  start when tagged "go"\n  wait 10 days\n  tag "end"\n'
    looks = text.format("  include existing contacts\n")
    before, after = compiled(text.format("")), compiled(looks)
    begin(store, before, START)
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(before, store, 2)
    move(store, before, after, START + 3 * HOUR)
    run(after, store, 4)
    feed(store, [came(5, "anna", "tag", tag="x")])
    run(after, store, 6, 300)
    entries = told(store, ["anna"])["anna"]
    assert [one.what for one in entries[4:]] == [
        "start ignored", "tagged", "start ignored", "tagged", "finished"
    ]  # fmt: skip
    assert store.contacts(["anna"])[0].entries == len(entries)


def test_codes_that_are_counted_but_gone_are_told(store: Store) -> None:
    program = compiled(SHOP)
    run(program, store, 1)
    store.import_codes("early", ["A"], START)
    assert isinstance(store, Sql)
    with store.engine.begin() as connection:
        connection.execute(sa.delete(schema.codes))
    feed(store, STORY)
    with pytest.raises(StoreError, match='codes of the list "early" are counted, but not there'):
        run(program, store, 200)
