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
    meanwhile = [came(1.05, "anna", "tag", tag="x"), came(1.1, "anna", "set", field="score", value=9)]
    work(store, ASK, web, [*arrivals, *meanwhile], 3)
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

event reply

campaign "C"
  runs again
  start when tagged "go"
  call "{URL}" with id
  call "{URL}" with id
  repeat up to 2 times
    call "{URL}" with id
  race
    on reply
      call "{URL}" with id
      again
    after 1 day
      tag "end"
  untag "go"

campaign "D"
  start when tagged "go"
  call "{URL}" with id

automation "A"
  run on import finished
  call "{URL}"
"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_call_has_a_key_of_its_own(store: Store) -> None:
    """Side by side, in a loop, in a race, in another campaign, round, run, contact or life."""
    web = Web()
    print(EACH)
    arrivals = [
        person(0, "anna"), person(0, "ben"),
        came(1, "anna", "tag", tag="go"), came(1, "ben", "tag", tag="go"),
        came(2, "anna", "event", name="reply", data={}),
        came(3, "anna", "event", name="reply", data={}),
        came(60, "anna", "tag", tag="go"),
        came(61, "ben", "delete"), person(62, "ben"), came(63, "ben", "tag", tag="go"),
    ]  # fmt: skip
    work(store, EACH, web, arrivals, 200)
    assert len(web.keys) == 21
    assert len(set(web.keys)) == 21


# ---------------------------------------------------------------------- how it is made


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


def test_killed_at_every_save_it_repeats_a_call_with_the_key_it_had(store: Store) -> None:
    program, web, kills = compiled(ASK), Web(failing=2), 0
    begin(store, program, START)
    feed(store, [one for name in NAMES for one in (person(0, name), _go(name))])
    while True:
        worker = Worker(program, store, answers=web, batch=20)
        try:
            with kill_at_save(store, 2):
                worker.run(START + 3 * HOUR)
        except Killed:
            kills += 1
            continue
        break
    assert kills > 3
    assert len(set(web.keys)) == 3
    assert max(Counter(web.keys).values()) <= 6
    for name in NAMES:
        assert whats(store, name)[-2:] == ["set score: 0 → 7", "finished"]


STORY = f"""
contact
  score number

event round
  every day at 12:00

campaign "Asks"
  runs again
  start on round
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
  run on import finished
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
