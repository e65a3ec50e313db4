"""What a worker promises of calls: made once, each by its own name, and nobody else waits."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from flowlang.effects import CallReply
from flowlang.engine.worker import Worker
from flowlang.stores import Store
from tests.engine.applied import begin
from tests.engine.automating import HOUR, START, Came, Memory, came, compiled, feed, person, told
from tests.engine.killing import Killed, kill_at_save
from tests.stores.opening import Database

URL = "https://shop.example/charge"
NAMES = ("anna", "ben", "cleo")
ASK = f"""
contact
  score number

campaign "Ask"
  start when tagged "go"
  call "{URL}" with score as answer
  if failed
    tag "no answer"
  else
    set score to answer.score
"""


class Web:
    """Answers calls, and keeps what came; `failing` times it fails first."""

    def __init__(self, failing: int = 0) -> None:
        self.failing = failing
        self.keys: list[str] = []
        self.values: list[dict[str, Any]] = []

    def __call__(self, url: str, values: dict[str, Any], contact: str, key: str) -> CallReply:
        self.keys.append(key)
        self.values.append(values)
        if len(self.keys) <= self.failing:
            return CallReply("failed", why="the answer is 500")
        return CallReply("answered", {"score": 7})


def work(store: Store, text: str, web: Any, arrivals: list[Came], hours: float) -> Worker:
    program = compiled(text)
    begin(store, program, START)
    feed(store, arrivals)
    worker = Worker(program, store, answers=web, batch=20)
    worker.run(START + hours * HOUR)
    return worker


def whats(store: Store, name: str) -> list[str]:
    return [f"{one.what} {one.because}".strip() for one in told(store, [name]).get(name, ())]


# ---------------------------------------------------------------------- what it is called by


def test_a_call_has_one_key_however_often_it_is_tried(store: Store) -> None:
    web = Web(failing=3)
    arrivals = [person(0, "anna", score=5), came(1, "anna", "tag", tag="go")]
    arrivals += [came(1.05, "anna", "tag", tag="x")]
    arrivals += [came(1.1, "anna", "set", field="score", value=9)]
    work(store, ASK, web, arrivals, 3)
    assert len(web.keys) == 4
    assert len(set(web.keys)) == 1
    assert web.values == [{"score": 5}] * 4
    assert whats(store, "anna")[3:5] == [
        f"call failed {URL}: the answer is 500, tried again 10:10",
        "waiting until 2026-11-20 10:10",
    ]


EACH = f"""
contact
  score number

event answered

campaign "C"
  runs again
  start when tagged "go"
  call "{URL}" with id
  call "{URL}" with id
  repeat up to 2 times
    call "{URL}" with id
  wait at most 1 day
    for answered
      call "{URL}" with id
      wait again
    otherwise
      tag "end"
  untag "go"

campaign "D"
  start when tagged "go"
  call "{URL}" with id

automation "A"
  on import finished
  call "{URL}"
"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_call_has_a_key_of_its_own(store: Store) -> None:
    """Side by side, in a loop, in a race, in another campaign, round, run, contact or life."""
    web = Web()
    arrivals = [
        person(0, "anna"), person(0, "ben"),
        came(1, "anna", "tag", tag="go"), came(1, "ben", "tag", tag="go"),
        came(2, "anna", "event", name="answered", data={}),
        came(3, "anna", "event", name="answered", data={}),
        came(60, "anna", "tag", tag="go"),
        came(61, "ben", "delete"), person(62, "ben"), came(63, "ben", "tag", tag="go"),
    ]  # fmt: skip
    work(store, EACH, web, arrivals, 200)
    assert len(web.keys) == 21
    assert len(set(web.keys)) == 21


# ---------------------------------------------------------------------- how it is made


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_fewer_contacts_are_taken_at_a_time_where_any_step_may_call(store: Store) -> None:
    calls, none = compiled(ASK), compiled('campaign "Ask"\n  start when tagged "go"\n  tag "x"\n')
    system = compiled(f'automation "A"\n  on import finished\n  call "{URL}"\n')
    assert [Worker(one, store).batch for one in (calls, none, system)] == [20, 1_000, 20]
    none.keep(calls, "Ask")
    assert Worker(none, store).batch == 20


def test_who_answers_may_write_to_the_store_meanwhile(database: Database) -> None:
    """A slow webhook keeps out nobody: its own answer may be an event that it sends before."""
    store, other = database.open(), database.open()

    def web(url: str, values: dict[str, Any], contact: str, key: str) -> CallReply:
        feed(other, [came(2, contact, "tag", tag="asked")])
        return CallReply("answered", {"score": 7})

    begin(store, compiled(ASK), START)
    arrivals = [came for name in NAMES for came in (person(0, name), _go(name))]
    work(store, ASK, web, arrivals, 3)
    for name in NAMES:
        assert whats(store, name)[-2:] == ["finished", "tagged asked"]


def _go(name: str) -> Came:
    return came(1, name, "tag", tag="go")


def test_what_a_call_came_to_is_saved_before_another_contact_calls(database: Database) -> None:
    """A webhook that never answers, and an engine that was away: each try of each contact is a
    transaction of its own, so neither database waits for long, and a kill repeats one call.
    """
    store, other = database.open(), database.open()
    seen: list[int] = []

    def web(url: str, values: dict[str, Any], contact: str, key: str) -> CallReply:
        failed = [what for name in NAMES for what in whats(other, name) if "failed" in what]
        seen.append(len(failed))
        return CallReply("failed")

    arrivals = [came for name in NAMES for came in (person(0, name), _go(name))]
    work(store, ASK, web, arrivals, 3)
    assert seen == list(range(12))
    for name in NAMES:
        assert whats(store, name)[-2:] == ["tagged no answer", "finished"]


def test_killed_at_every_save_it_repeats_a_call_with_the_key_it_had(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, web, kills, over = compiled(ASK), Web(), 0, False
    begin(store, program, START)
    feed(store, [one for name in NAMES for one in (person(0, name), _go(name))])
    while not over:
        with monkeypatch.context() as patched:
            kill_at_save(store, patched, 2, after=bool(kills % 2))
            try:
                Worker(program, store, answers=web, batch=20).run(START + 3 * HOUR)
                over = True
            except Killed:
                kills += 1
    assert kills == 2
    assert sorted(Counter(web.keys).values()) == [1, 2, 2]
    for name in NAMES:
        assert whats(store, name)[-2:] == ["set score: 0 → 7", "finished"]


def test_an_engine_leaves_the_calls_to_another_that_makes_them(database: Database) -> None:
    """As where `flow run --once` is started each minute, and one has not ended yet."""
    store, other = database.open(), database.open()
    mine, others = Web(), Web()

    def web(*call: Any) -> CallReply:
        Worker(program, other, answers=others, batch=20).run(START + HOUR)
        return mine(*call)

    program = compiled(ASK)
    work(store, ASK, None, [person(0, "anna")], 0)
    work(store, ASK, web, [_go("anna")], 1)
    assert (len(mine.keys), others.keys) == (1, [])
    feed(other, [came(1, "anna", "untag", tag="go"), person(1, "ben"), _go("ben")])
    Worker(program, other, answers=others, batch=20).run(START + HOUR)
    assert len(others.keys) == 1


def test_an_answer_outlives_a_store_that_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, web = compiled(ASK), Web()
    begin(store, program, START)
    feed(store, [person(0, "anna"), _go("anna")])
    worker = Worker(program, store, answers=web, batch=20)
    for _ in range(3):
        with monkeypatch.context() as patched:
            kill_at_save(store, patched, 1, after=False)
            with pytest.raises(Killed):
                worker.run(START + HOUR)
    worker.run(START + HOUR)
    assert len(web.keys) == 1
    assert whats(store, "anna")[-1] == "finished"


LAST_CODE = f"""
coupons "few"

message "Code"
  kind service
  channel email
  subject "{{{{ coupon('few') }}}}"
  body "x"

campaign "Ask"
  start when tagged "go"
  call "{URL}"
  send "Code"
"""


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_has_to_be_done_alone_after_all_does_not_call_again(store: Store) -> None:
    web = Web()
    store.import_codes("few", ["A"], START)
    worker = work(store, LAST_CODE, web, [person(0, "anna"), _go("anna")], 1)
    assert worker.report.stretches["again"] > 0
    assert len(web.keys) == 1
    assert whats(store, "anna")[-2:] == ['sent to anna@example.com, code A of "few"', "finished"]


STORY = f"""
contact
  score number

event noon
  every day at 12:00
  for contacts where score >= 0

campaign "Asks"
  runs again
  start on noon
  start when tagged "go"
  call "{URL}" with score as answer
  tag "a"
  call "{URL}" with score
  wait 1 hour
  call "{URL}"

campaign "Follows"
  runs again
  start when tagged "a"
  stop when tagged "stop"
  call "{URL}"
  untag "a"
  wait 2 hours
  tag "b"

automation "Reports"
  on import finished
  call "{URL}" as answer
  wait 1 hour
  notify inbox "done"
"""


@pytest.mark.parametrize("batch", [1, 3])
def test_with_calls_a_worker_tells_the_story_that_a_test_tells(store: Store, batch: int) -> None:
    arrivals = [
        *(person(n / 10, name) for n, name in enumerate(NAMES)), _go("anna"), _go("ben"),
        came(1, None, "import finished", source="x", taken=3, left_out=0),
        came(1.5, "ben", "tag", tag="stop"), came(4, "ben", "untag", tag="go"),
        came(4, "ben", "tag", tag="go"), came(4, "cleo", "tag", tag="go"),
    ]  # fmt: skip
    program = compiled(STORY)
    memory = Memory(compiled(STORY), arrivals, 50)
    begin(store, program, START)
    feed(store, arrivals)
    worker = Worker(program, store, answers=lambda *call: CallReply("answered", {}), batch=batch)
    worker.run(START + 50 * HOUR)
    for name in (*NAMES, ""):
        assert whats(store, name) == [
            f"{one.what} {one.because}".strip() for one in memory.histories.get(name, ())
        ]
