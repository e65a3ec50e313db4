"""Which ways the tests of a workspace have walked: what counts, what was walked, how it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.coverage.measuring import Coverage, percent
from flowlang.coverage.recording import Recorder
from flowlang.coverage.ways import sections
from tests.cli.calling import GOOD, flow
from tests.cli.calling import workspace as folder

SEMANTICS = Path(__file__).parents[1] / "semantics"
ALL = """\
contact
  score  number

event purchase
  total  number

coupons "gift"
  when empty show "GIFT"

coupons "rare"
  when empty halt

message "Gift"
  kind marketing
  channel email
  subject "{{ coupon('gift') }}"
  body "For you."

message "Rare"
  kind service
  channel email
  subject "{{ coupon('rare') }}"
  body "For you."

campaign "All"
  start when tagged "a"
  start on purchase where total > 10
  stop when tagged "over"
  if score > 5
    send "Gift"
  send "Rare"
  wait for purchase at most 1 day
  repeat up to 2 times
    wait 1 hour
  wait at most 2 hours
    for purchase where total > 50
      tag "much"
    for purchase
      tag "little"
  split
    50% "left"
      tag "l"
    50% "right"
      tag "r"
  wait until 1 day before event.at, stop if past
  goal "Done" when tagged "done", otherwise stop
  restart
"""


def coverage(text: str) -> Coverage:
    found = workspace.load_text(text)
    program = found.runnable
    assert program is not None, [finding.message for finding in found.findings.in_order()]
    recorder = Recorder(program)
    for script in found.tests:
        result = script.run(program, {}, recorder.stage)
        assert result.passed, result.message
    return Coverage(tuple(sections(program)), recorder.walked)


def ways(text: str) -> list[str]:
    return [way.words for section in coverage(text).sections for way in section.ways]


def walked(text: str) -> list[str]:
    found = coverage(text)
    return [
        way.words for section in found.sections for way in section.ways if way.key in found.walked
    ]


def test_every_start_ending_and_outcome_is_a_way() -> None:
    assert ways(ALL) == [
        'start when tagged "a"',
        "start on purchase where total > 10",
        'stop when tagged "over"',
        "if score > 5: yes",
        "if score > 5: no",
        'send "Gift": sent',
        'send "Gift": not sent',
        'send "Gift": sent, with the text in place of a code',
        'send "Rare": sent',
        'send "Rare": not sent',
        'send "Rare": halted',
        "wait for purchase at most 1 day: in time",
        "wait for purchase at most 1 day: timed out",
        "repeat up to 2 times: once more",
        "repeat up to 2 times: no more",
        "wait 1 hour",
        "wait at most 2 hours: purchase",
        "wait at most 2 hours: purchase (2)",
        "wait at most 2 hours: otherwise",
        'tag "much"',
        'tag "little"',
        "split: left",
        "split: right",
        'tag "l"',
        'tag "r"',
        "wait until 1 day before event.at, stop if past: in time",
        "wait until 1 day before event.at, stop if past: stops: past",
        'goal "Done" when tagged "done", otherwise stop: met',
        'goal "Done" when tagged "done", otherwise stop: not met',
        "restart",
    ]


def test_what_was_walked() -> None:
    test = """
test "a halt, and what follows"
  given contact
  given coupons "rare" 0 codes
  at 2026-03-02 10:00 tag "a"
  expect halted in "All"
  at 2026-03-02 11:00 import coupons "rare" "R1"
  at 2026-03-02 11:01 resume "Rare"
  at 2026-03-03 14:00 event purchase total 60
  expect tagged "much"
"""
    found = walked(ALL + test)
    assert 'start when tagged "a"' in found
    assert "start on purchase where total > 10" not in found
    assert 'send "Rare": halted' in found
    assert 'send "Rare": sent' in found
    assert "wait for purchase at most 1 day: timed out" in found
    assert "wait for purchase at most 1 day: in time" not in found
    assert "repeat up to 2 times: no more" in found
    assert "wait at most 2 hours: purchase" in found
    assert "wait at most 2 hours: purchase (2)" not in found


def test_a_wait_that_never_ended_was_not_walked() -> None:
    assert walked(GOOD) == ['start when tagged "new"', 'send "Hello": sent']


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ('given coupons "gift" 1 code', "sent"),
        ('given coupons "gift" 0 codes', "sent, with the text in place of a code"),
    ],
)  # fmt: skip
def test_a_text_in_place_of_a_code_is_a_way_of_its_own(given: str, outcome: str) -> None:
    test = f"""
test "gift"
  given contact
    score 9
    marketing by email
  {given}
  at 2026-03-02 10:00 tag "a"
  expect sent "Gift"
"""
    found = [one for one in walked(ALL + test) if one.startswith('send "Gift"')]
    assert found == [f'send "Gift": {outcome}']


def test_goals_are_met_by_jumping_too() -> None:
    text = """\
campaign "Goals"
  start when tagged "a"
  wait 1 day
  goal "First" when tagged "b"
  wait 1 day
  goal "Second" when tagged "c"

test "jumps"
  given contact
  at 2026-03-02 10:00 tag "a"
  at 2026-03-02 11:00 tag "c"
  expect finished in "Goals"
"""
    assert walked(text) == ['start when tagged "a"', 'goal "Second" when tagged "c": met']


def test_what_is_written_out_decides_and_what_lies_behind_does_not_count() -> None:
    text = """\
campaign "Fixed"
  start when tagged "a"
  if 1 > 2 or "a" = "b"
    tag "never"
  else
    tag "always"
"""
    assert ways(text) == [
        'start when tagged "a"', 'if 1 > 2 or "a" = "b": no', 'tag "always"',
    ]  # fmt: skip


def test_automations_have_ways_by_what_sets_them_off_and_for_their_audience() -> None:
    text = """\
group "G"

message "M"
  kind service
  channel email
  subject "M"
  body "M"

automation "A"
  every monday at 07:00
  on import finished
  send "M" to group "G"

automation "B"
  notify inbox "done"

test "by hand is no schedule"
  given contact
    group "G"
  at 2026-03-03 10:00 run automation "A"
  expect sent "M"
  at 2026-03-03 10:01 run automation "B"
  expect notified inbox contains "done"
"""
    assert ways(text) == [
        "every monday at 07:00: its schedule",
        "on import finished: import finished",
        'send "M" to group "G"',
        'send "M" to group "G": sent',
        'send "M" to group "G": not sent',
        'automation "B": run by hand',
        'notify inbox "done"',
    ]
    assert walked(text) == [
        'send "M" to group "G"',
        'send "M" to group "G": sent',
        'automation "B": run by hand',
        'notify inbox "done"',
    ]


def test_listening_changes_nothing() -> None:
    for path in sorted(SEMANTICS.glob("*.flow")):
        found = workspace.load(path, [path])
        program = found.runnable
        assert program is not None
        recorder = Recorder(program)
        for script in found.tests:
            assert script.run(program, {}, recorder.stage).passed, script.name
        known = {way.key for section in sections(program) for way in section.ways}
        # A campaign with a start may be started by a step as well; of a group send, only the send
        # itself is a way.
        steps = {key for key in recorder.walked if key.kind != "start" and "send " not in key[0]}
        assert steps <= known, path


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(0, 3, 0.0), (1, 3, 33.3), (2999, 3000, 99.9), (0, 0, 100.0)]
)
def test_only_all_is_a_hundred_percent(part: int, whole: int, shown: float) -> None:
    assert percent(part, whole) == shown


# ------------------------------------------------------------------ the commands


def test_coverage_for_people(tmp_path: Path) -> None:
    folder(tmp_path / "shop")
    done = flow("test", "shop", "--coverage", cwd=tmp_path)
    assert done.returncode == 0
    told = """\
shop/shop.flow
     40%  2 of 5  "Hello"
            9  not walked: send "Hello": not sent
           10  not walked: wait 1 day
           11  not walked: tag "greeted"

40% of 5 ways walked
"""
    assert done.stdout.endswith(told)


def test_coverage_as_data_only_where_it_is_asked_for(tmp_path: Path) -> None:
    folder(tmp_path / "shop")
    plain = json.loads(flow("test", "shop", "--output-format", "json", cwd=tmp_path).stdout)
    assert "coverage" not in plain
    done = flow("test", "shop", "--coverage", "--output-format", "json", cwd=tmp_path)
    data = json.loads(done.stdout)["coverage"]
    assert (data["percent"], data["walked"], data["ways"]) == (40.0, 2, 5)
    (campaign,) = data["campaigns"]
    assert campaign["name"] == "Hello"
    assert campaign["not_walked"][0] == {
        "line": 9, "statement": 'send "Hello"', "way": "not sent",
    }  # fmt: skip


@pytest.mark.parametrize(("least", "code"), [("40", 0), ("40.1", 1), ("100", 1), ("0", 0)])
def test_too_little_is_found(tmp_path: Path, least: str, code: int) -> None:
    folder(tmp_path / "shop")
    done = flow("test", "shop", "--fail-under", least, cwd=tmp_path)
    assert done.returncode == code
    assert ("less than" in done.stderr) is (code == 1)


def test_a_percentage_is_one(tmp_path: Path) -> None:
    folder(tmp_path / "shop")
    assert flow("test", "shop", "--fail-under", "nan", cwd=tmp_path).returncode == 2
    done = flow("test", "shop", "--fail-under", "101", cwd=tmp_path)
    assert done.returncode == 2
    assert "101" in done.stderr


def test_what_a_module_brings_is_not_ours_to_test(tmp_path: Path) -> None:
    folder(tmp_path / "shop", f'use "consent"\n\n{GOOD}')
    done = flow("test", "shop", "--coverage", "--output-format", "json", cwd=tmp_path)
    names = [one["name"] for one in json.loads(done.stdout)["coverage"]["campaigns"]]
    assert names == ["Hello"]
    done = flow("graph", "shop", "--coverage", "--output-format", "json", cwd=tmp_path)
    assert [one["campaign"] for one in json.loads(done.stdout)["graphs"]] == ["Hello"]
    done = flow("graph", "shop", "--output-format", "json", cwd=tmp_path)
    assert len(json.loads(done.stdout)["graphs"]) > 1


def test_the_picture_says_what_was_walked(tmp_path: Path) -> None:
    folder(tmp_path / "shop")
    done = flow("graph", "shop", "--coverage", "--output-format", "json", cwd=tmp_path)
    (graph,) = json.loads(done.stdout)["graphs"]
    assert {node["id"]: node["walked"] for node in graph["nodes"]} == {
        "start1": True, "step1": True, "step2": False, "step3": False, "end": False,
    }  # fmt: skip
    assert [edge["walked"] for edge in graph["edges"]] == [True, True, False, False]
    mermaid = flow("graph", "shop", "--coverage", cwd=tmp_path).stdout
    assert "class c1_step2,c1_step3,c1_end unwalked" in mermaid
    assert "linkStyle 2,3 " in mermaid
    plain = flow("graph", "shop", "--output-format", "json", cwd=tmp_path).stdout
    assert "walked" not in plain
