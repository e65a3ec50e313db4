"""What falls due while a person has paused something (more of it: tests/engine/test_pausing.py)."""

from __future__ import annotations

from datetime import datetime

import pytest

from flowlang.engine.controls import Control
from flowlang.engine.processes import Identity
from flowlang.engine.worker import Worker
from flowlang.stores import Store
from flowlang.stores.rows import ProcessRow
from tests.engine.applied import begin
from tests.engine.test_worker import HOUR, START, came, compiled, feed, person, told

SHOP = """
contact
  score number

message "News"
  kind marketing
  channel email
  subject "News"
  body "News"

message "Note"
  kind service
  channel email
  subject "Note"
  body "Note"

campaign "Tour"
  runs again
  start when tagged "go"
  stop when tagged "stop"
  wait 2 hours
  send "News"
  send "Note"
  goal "Bought" when tagged "bought"
  tag "end"

automation "Round"
  send "Note" to everyone spread over 10 hours
"""
TOUR = Identity("campaign", "Tour")
PEOPLE = ["anna", "ben", "cleo", "dora", "emil", "finn"]


def control(worker: Worker, hours: float, verb: str, of: Identity, *, skip: bool = False) -> None:
    said = Control(verb, of, who="ada", because="a mistake", skip_overdue=skip)  # type: ignore[arg-type] # a verb
    feed(worker.store, [came(hours, None, verb, **said.data())])
    worker.run(START + hours * HOUR)


def began(store: Store, batch: int) -> Worker:
    """Six contacts of whom three come due while the campaign is paused, one after the other; the
    three others stop, withdraw and buy meanwhile.
    """
    worker = Worker(compiled(SHOP), store, batch=batch)
    begin(store, worker.program, START)
    feed(store, [person(0, name) for name in PEOPLE])
    hours = {"cleo": 1.0, "ben": 1.25, "anna": 1.5, "dora": 1.5, "emil": 1.5, "finn": 1.5}
    feed(store, [came(hours[name], name, "tag", tag="go") for name in PEOPLE])
    control(worker, 2, "pause", TOUR)
    feed(store, [came(5, "dora", "tag", tag="stop"), came(5, "finn", "tag", tag="bought")])
    feed(store, [came(5, "emil", "withdraw", channel="email")])
    return worker


def sends(store: Store, *whats: str) -> list[tuple[datetime, str, str, str]]:
    return sorted(
        (one.at, name, one.what, one.step if one.what != "skipped" else one.because)
        for name in PEOPLE
        for one in told(store, [name]).get(name, ())
        if one.what in whats
    )


@pytest.mark.parametrize("batch", [500, 2])
def test_what_falls_due_in_a_pause_is_done_once_after_it(store: Store, batch: int) -> None:
    """dittofeed endToEnd.test.ts "status transitions", mautic ExecuteEventCommandTest."""
    worker = began(store, batch)
    for hours in (3, 4, 9, 30):
        worker.run(START + hours * HOUR)
        assert store.letters(["queued"], 99) == []
    control(worker, 31, "resume", TOUR)
    control(worker, 32, "pause", TOUR)
    control(worker, 33, "resume", TOUR)
    worker.run(START + 90 * HOUR)
    at = START + 31 * HOUR
    both = ['send "News"', 'send "Note"']
    gone = [(at, name, "sent", step) for name in ("anna", "ben", "cleo") for step in both]
    assert sends(store, "sent") == [*gone, (at, "emil", "sent", both[1])]
    letters = [row.letter for row in store.claim_letters(START + 90 * HOUR, 99)]
    assert [one.contact for one in letters if one.message == "News"] == ["cleo", "ben", "anna"]
    assert sends(store, "skipped") == [(at, "emil", "skipped", "no consent")]
    ends = {name: told(store, [name])[name][-1].what for name in PEOPLE}
    assert ends == dict.fromkeys(PEOPLE, "finished") | {"dora": "stopped"}
    whats = [one.what for one in told(store, ["dora"])["dora"]]
    assert whats.count("stopped") == 1


@pytest.mark.parametrize("batch", [500, 2])
def test_with_skip_overdue_it_is_passed_over_and_told(store: Store, batch: int) -> None:
    """dittofeed endToEnd.test.ts "status transitions"."""
    worker = began(store, batch)
    control(worker, 30, "resume", TOUR, skip=True)
    worker.run(START + 90 * HOUR)
    assert store.letters(["queued"], 99) == []
    skipped = {(name, why) for _, name, _, why in sends(store, "skipped")}
    assert skipped == {(name, "overdue") for name in ("anna", "ben", "cleo", "emil")}
    passed = [name for _, name, *_ in sends(store, "passed over")]
    assert passed == ["anna", "ben", "cleo", "emil", "finn"]
    for name in ("anna", "ben", "cleo", "emil", "finn"):
        assert told(store, [name])[name][-1].what == "finished"


def group_send(store: Store) -> ProcessRow:
    (found,) = (one for one in store.processes() if one.type == "group send")
    return found


def planned(size: int) -> list[datetime]:
    """When so many go out over ten hours, from hour 1 on."""
    return [START + (1 + 10 * number / size) * HOUR for number in range(size)]


@pytest.mark.parametrize("batch", [500, 3])
def test_a_group_send_paused_at_k_stays_at_k_and_then_spreads_the_rest_anew(
    store: Store, batch: int
) -> None:
    """dittofeed broadcastWorkflowV2.test.ts: rate limit, pause after 2 of N, resume."""
    size = 20
    worker = Worker(compiled(SHOP), store, batch=batch)
    begin(store, worker.program, START)
    feed(store, [person(0, f"c{number:02}") for number in range(size)])
    feed(store, [came(1, None, "run automation", automation="Round")])
    worker.run(START + 4.25 * HOUR)
    done = group_send(store).done
    assert 0 < done < size
    row = group_send(store)
    of = Identity(row.type, row.name, row.by, row.key)  # type: ignore[arg-type] # as the store says
    control(worker, 4.25, "pause", of)
    for hours in (5, 12, 28):
        worker.run(START + hours * HOUR)
        paused = group_send(store)
        assert (paused.status, paused.done, paused.audience) == ("paused", done, size)
        assert len(store.letters(["queued"], 99)) == done
    control(worker, 28.25, "resume", of)
    assert group_send(store).status == "running"
    worker.run(START + 60 * HOUR)
    letters = [row.letter for row in store.letters(["queued"], 99)]
    assert len({one.contact for one in letters}) == len(letters) == size
    later = sorted(one.at for one in letters)[done:]
    assert later == [one + 24 * HOUR for one in planned(size)[done:]]
    assert (group_send(store).status, group_send(store).done) == ("finished", size)
