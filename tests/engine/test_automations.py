"""Automations over a store do what they do in memory, and go on where they were killed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowlang.engine.worker import Worker
from flowlang.figures.files import WorkspaceFiles
from flowlang.stores import Store, open_store
from tests.engine.applied import begin, move
from tests.engine.automating import (
    HOUR,
    START,
    Came,
    Memory,
    came,
    compiled,
    feed,
    imported,
    notices,
    person,
    processes,
    run,
    told,
)
from tests.engine.killing import Killed, kill_at_save
from tests.stores.opening import Database

CLUB = """
contact
  score number

group "Club"

segment "hot"
  score >= 50

coupons "gift"
  when empty halt
  warn below 3

message "News"
  kind marketing
  channel email
  subject "News"
  body "There is news."

message "Gift"
  kind service
  channel email
  subject "A gift"
  body "{{ coupon('gift') }}"

policy "Daytime"
  send only between 08:00 and 20:00

event birthday
  every day at 08:00
  for contacts where score = 60

campaign "Greeted"
  start when tagged "never"
  wait 1 hour
  tag "greeted"

campaign "Birthday"
  runs again
  start on birthday
  send "News"

campaign "Bought"
  start when tagged "bought"
  send "Gift"

automation "Weekly"
  every monday at 07:00
  every day at 08:00
  policy "Daytime"
  add segment "hot" to group "Club"
  send "News" to group "Club" spread over 3 hours
  start campaign "Greeted" for segment "hot"
  if last run is set
    notify inbox "once more"

automation "Gifts"
  on import finished where source = "shop"
  wait 1 hour
  send "Gift" to group "Club" spread over 2 hours
  send "Gift" to segment "hot"
  report to "ops@example.com"

automation "Keep going"
  on coupons low "gift"
  on coupons empty
  on send halted
  notify inbox "codes run out"
  wait 1 day
  start campaign "Greeted" for segment "hot"

automation "After each send"
  on send finished where event.sent > 1
  export contacts where score >= 50 to "hot-{date}.csv"
"""


PEOPLE = ["anna", "ben", "cleo", "dora", "emil", "finn", "gus"]
EVERYONE = ["", *PEOPLE]
STORY: list[Came] = [
    came(0, None, "import coupons", list="gift", codes=("C1", "C2", "C3", "C4")),
    *(
        person(0, name, score=20 + 10 * number, groups=("Club",) * (number % 2))
        for number, name in enumerate(PEOPLE)
    ),
    imported(2),
    came(3.5, "finn", "delete"),
    came(3.6, "ben", "set", field="email", value=None),
    came(30, None, "run automation", automation="Weekly"),
    came(40, "anna", "tag", tag="bought"),
    came(50, None, "import coupons", list="gift", codes=("D1", "D2", "D3", "D4", "D5", "D6")),
    came(51, None, "resume", message="Gift"),
    came(60, "gus", "withdraw", channel="email"),
    came(71, None, "run automation", automation="Nobody"),
]


@pytest.mark.parametrize("batch", [500, 3, 1])
def test_a_store_and_memory_tell_the_same_history_of_automations(store: Store, batch: int) -> None:
    program = compiled(CLUB)
    feed(store, STORY)
    report = run(program, store, 200, batch=batch)
    memory = Memory(program, STORY, 200)
    assert told(store, EVERYONE) == memory.histories
    assert processes(store) == memory.processes()
    assert notices(store) == [(one.at, one.who, one.text) for one in memory.world.notices]
    assert [why for _, why in report.refused] == ['there is no automation "Nobody"']


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # for it takes long
def test_it_makes_no_difference_when_the_engine_runs(store: Store) -> None:
    program = compiled(CLUB)
    for hours in range(0, 201, 5):
        feed(store, [one for one in STORY if hours - 5 < (one[0] - START) / HOUR <= hours])
        run(program, store, hours, hours, batch=2)
    memory = Memory(program, STORY, 200)
    assert told(store, EVERYONE) == memory.histories
    assert processes(store) == memory.processes()


happenings: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("set"), st.sampled_from([{"field": "score", "value": n} for n in (0, 60)])),
    st.tuples(st.just("tag"), st.just({"tag": "bought"})),
    st.tuples(st.just("withdraw"), st.just({"channel": "email"})),
    st.tuples(st.just("join"), st.just({"group": "Club"})),
    st.tuples(st.just("delete"), st.just({})),
)
of_people = st.tuples(st.integers(1, 90), st.sampled_from(PEOPLE[:4]), happenings).map(
    lambda one: came(one[0], one[1], one[2][0], **one[2][1])
)
of_system = st.one_of(
    st.tuples(st.integers(1, 90), st.sampled_from(["Weekly", "Gifts"])).map(
        lambda one: came(one[0], None, "run automation", automation=one[1])
    ),
    st.integers(1, 90).map(lambda hours: came(hours, None, "resume", message="Gift")),
    st.integers(1, 90).map(
        lambda hours: came(hours, None, "import coupons", list="gift", codes=(f"H{hours}", "X"))
    ),
)


@given(st.lists(of_people, max_size=8), st.lists(of_system, max_size=4), st.sampled_from([500, 2]))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_story_is_told_alike(
    tmp_path_factory: pytest.TempPathFactory, first: list[Came], second: list[Came], batch: int
) -> None:
    program = compiled(CLUB)
    store = open_store("sqlite:///:memory:", tmp_path_factory.getbasetemp())
    codes = came(0, None, "import coupons", list="gift", codes=("C1", "C2"))
    story = [codes, *(person(0, name, score=60) for name in PEOPLE[:4]), *first, *second]
    feed(store, story)
    run(program, store, 120, batch=batch)
    memory = Memory(program, story, 120)
    assert told(store, EVERYONE) == memory.histories
    assert processes(store) == memory.processes()
    store.close()


@pytest.mark.parametrize(
    ("database", "after"),
    [("sqlite", False), ("sqlite", True), ("postgresql", True)],
    indirect=["database"],
)
def test_killed_at_every_transaction_it_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    monkeypatch.chdir(tmp_path)  # where the paths of a text without a file begin
    program = compiled(CLUB)
    feed(database.open(), STORY)
    deaths = 0
    while True:
        store = database.open()
        kill_at_save(store, monkeypatch, 5, after=after)
        files = WorkspaceFiles(tmp_path, program, store)
        try:
            Worker(program, store, files=files, batch=3).run(START + 200 * HOUR)
        except Killed:
            deaths += 1
            continue
        finally:
            store.close()
        break
    store = database.open()
    memory = Memory(program, STORY, 200)
    assert deaths > 20
    assert told(store, EVERYONE) == memory.histories
    assert processes(store) == memory.processes()
    sent = Counter(
        (row.letter.contact, row.letter.message, row.letter.campaign, row.letter.at)
        for row in store.letters(["queued", "taken back"], 999)
        if row.letter.contact
    )
    assert max(sent.values()) == 1
    assert (tmp_path / "hot-2026-11-21.csv").read_text().count("\n") == 4
    assert not list(tmp_path.glob(".*.part"))


def test_the_system_is_no_contact_for_those_who_ask_for_contacts(store: Store) -> None:
    feed(store, STORY)
    run(compiled(CLUB), store, 200)
    assert store.contacts([""])[0].number == 0
    assert "" not in {row.id for row in store.walk(0, 99)}
    assert store.find([""]) == {}


def test_runs_of_automations_and_group_sends_do_not_pile_up(store: Store) -> None:
    program = compiled(CLUB.replace("when empty halt", "when empty skip"))
    feed(store, STORY[1:-4])
    run(program, store, 24 * 10 + 5)
    states = Worker(program, store).states
    contacts = [states.read(row.state)[0] for row in store.contacts(EVERYONE)]
    left = [key for contact in contacts for key in contact.runs]
    assert {name for name, _ in left} <= {"Greeted", "Birthday", "Bought"}
    standing = {campaign for campaign, *_ in store.standing()}
    assert standing <= {"Greeted", "Birthday", "Bought"}


# ---------------------------------------------------------------------- schedules

MORNINGS = """
automation "Figures"
  every day at 07:00
  if last run is set
    notify inbox "since {{ now }}"
  else
    notify inbox "for the first time"
"""


def figures(store: Store) -> list[datetime]:
    return [one.entry.at for one in store.history("") if one.entry.what == "started"]


def test_a_missed_schedule_is_caught_up_in_order_and_fires_once(store: Store) -> None:
    program = compiled(MORNINGS, timezone="Europe/Berlin")
    run(program, store, 1)
    run(program, store, 24 * 4)
    run(program, store, 24 * 4)
    mornings = [datetime(2026, 11, day, 6, 0, tzinfo=UTC) for day in (21, 22, 23, 24)]
    assert figures(store) == mornings
    assert notices(store)[0][2] == "for the first time"
    assert "since" in notices(store)[1][2]


def test_a_missed_schedule_is_passed_over_where_flow_toml_says_so(store: Store) -> None:
    program = compiled(MORNINGS, missed="skip")
    run(program, store, 1)
    report = run(program, store, 24 * 4)
    assert report.passed_over == 3
    assert figures(store) == [datetime(2026, 11, 24, 7, 0, tzinfo=UTC)]


def test_a_new_automation_does_not_fire_for_the_past(store: Store) -> None:
    feed(store, [person(0, "anna")])
    at_seven, at_six = compiled(MORNINGS), compiled(MORNINGS.replace("07:00", "06:00"))
    begin(store, at_seven, START + 72 * HOUR)
    Worker(at_seven, store).run(START + 73 * HOUR)
    assert figures(store) == []
    move(store, at_seven, at_six, START + 100 * HOUR)
    Worker(at_six, store).run(START + 120 * HOUR)
    assert figures(store) == [datetime(2026, 11, 25, 6, 0, tzinfo=UTC)]


def test_an_automation_notes_how_many_it_has_put_into_a_group_and_started(store: Store) -> None:
    program = compiled(
        'group "G"\nsegment "all"\n  email is set\n'
        'campaign "C"\n  start when tagged "c"\n  tag "was there"\n'
        'automation "A"\n  add segment "all" to group "G"\n  start campaign "C" for segment "all"\n'
    )
    feed(store, [person(0, "ann", groups=("G",)), person(0, "ben"), person(0, "cy")])
    feed(store, [came(1, "ben", "tag", tag="c")])
    feed(store, [came(2, None, "run automation", automation="A")])
    run(program, store, 3)
    notes = {row.entry.what: row.entry.because for row in store.history("")}
    assert notes["added"] == '2 contacts to group "G"'
    assert notes["campaign started"] == '"C" for 3 contacts, started for 2'
