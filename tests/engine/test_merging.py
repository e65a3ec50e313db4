from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flowlang import workspace
from flowlang.contact import Contact
from flowlang.engine.merging import merge
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import World

PROGRAM = """
contact
  name text
  n    number

event ping
  k text

coupons "C"
  when empty halt

message "Code"
  kind service
  channel email
  subject "{{ coupon('C') }}"
  body "b"

campaign "Long"
  start when tagged "long"
  wait 10 days
  tag "waited"

campaign "Keyed"
  runs once per event.k
  start on ping
  wait 10 days
  set n to n + 1

campaign "Code"
  start when tagged "code"
  send "Code"

campaign "On any change"
  runs again
  start when tagged "never started by merging"
  tag "started"
"""

DAY = datetime(2026, 6, 1, 10, tzinfo=UTC)


def _timeline() -> Timeline:
    found = workspace.load_text(PROGRAM)
    assert found.runnable is not None
    timeline = Timeline(found.runnable, World(found.runnable))
    for name in ("anna", "ann"):
        timeline.add(Contact(name, {"email": f"{name}@example.com"}))
    timeline.begin(DAY)
    return timeline


def _arrive(timeline: Timeline, who: str, kind: str, days: int, **data: Any) -> None:
    timeline.arrive(who, kind, data, DAY + timedelta(days))


def test_the_older_run_stays() -> None:
    timeline = _timeline()
    _arrive(timeline, "ann", "tag", 0, tag="long")
    _arrive(timeline, "anna", "tag", 1, tag="long")
    anna, ann = timeline.contacts["anna"], timeline.contacts["ann"]
    merge(timeline.world, anna, ann, DAY)
    timeline.settle(anna)
    run = anna.runs["Long", ""]
    assert run.started == DAY
    assert run.due == DAY + timedelta(10)
    assert timeline.world.started["Long"] == 1 + timeline.world.stopped["Long"]
    timeline.advance(DAY + timedelta(10))
    assert "waited" in anna.tags
    assert run.status == "finished"


def test_runs_of_other_keys_stand_side_by_side() -> None:
    timeline = _timeline()
    _arrive(timeline, "ann", "event", 0, name="ping", data={"k": "A"})
    _arrive(timeline, "anna", "event", 0, name="ping", data={"k": "B"})
    anna = timeline.contacts["anna"]
    merge(timeline.world, anna, timeline.contacts["ann"], DAY)
    assert len(anna.runs) == 2
    assert [one.data["k"] for one in anna.events["ping"]] == ["B", "A"]


def test_history_and_codes_are_kept() -> None:
    timeline = _timeline()
    timeline.arrive(None, "import coupons", {"list": "C", "codes": ("X", "Y")}, DAY)
    _arrive(timeline, "anna", "tag", 0, tag="code")
    _arrive(timeline, "ann", "tag", 1, tag="code")
    anna = timeline.contacts["anna"]
    merge(timeline.world, anna, timeline.contacts["ann"], DAY)
    assert [sent.at for sent in anna.messages] == [DAY, DAY + timedelta(1)]
    assert [sent.seq for sent in anna.messages] == sorted({sent.seq for sent in anna.messages})
    assert anna.codes["C"][0] == "Y"
    assert timeline.world.pool("C").used == 2


def test_one_who_waited_for_a_code_still_does() -> None:
    timeline = _timeline()
    _arrive(timeline, "ann", "tag", 0, tag="code")
    anna = timeline.contacts["anna"]
    merge(timeline.world, anna, timeline.contacts["ann"], DAY)
    timeline.arrive(None, "import coupons", {"list": "C", "codes": ("X",)}, DAY)
    timeline.arrive(None, "resume", {"message": "Code"}, DAY)
    assert [sent.message for sent in anna.messages] == ["Code"]


def test_a_withdrawal_stays_one_and_nothing_starts() -> None:
    timeline = _timeline()
    anna, ann = timeline.contacts["anna"], timeline.contacts["ann"]
    anna.consent["email"] = True
    ann.consent["email"] = False
    ann.tags["never started by merging"] = None
    ann.fields["name"] = "Ann"
    merge(timeline.world, anna, ann, DAY)
    timeline.settle(anna)
    timeline.advance(DAY + timedelta(30))
    assert anna.consent["email"] is False
    assert anna.fields["name"] == "Ann"
    assert anna.fields["email"] == "anna@example.com"
    assert "started" not in anna.tags
    assert ann.deleted
