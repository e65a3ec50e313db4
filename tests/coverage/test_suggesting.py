"""Suggested tests: they pass, they walk what they say, and nothing that can be walked is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.cli.codes import of_files
from flowlang.cli.coverage import Measured
from flowlang.coverage.suggesting import Suggested
from tests.cli.calling import GOOD, flow
from tests.cli.calling import workspace as folder

EXAMPLES = Path(__file__).parents[2] / "examples"
SAMPLE = (
    "club", "hello", "lead-score", "members", "vet-practice", "vouchers", "webinar", "webinar-de",
    "webinar-series", "recipes/r015-fixed-date.flow", "recipes/r033-onboarding-survey",
    "recipes/r045-grading-reminder.flow", "recipes/r072-wedding-countdown.flow",
    "recipes/r117-weihnachten.flow",
)  # fmt: skip
"""All of them, with those that take longer, are in `benchmarks/suggest.py`."""


def suggested(text: str) -> Suggested:
    found = workspace.load_text(text)
    program = found.runnable
    assert program is not None, [finding.message for finding in found.findings.in_order()]
    measured = Measured.of(found, program)
    for script in found.tests:
        assert script.run(program, {}, measured.recorder.stage).passed
    return measured.suggest({}, seed=0)


def not_found(text: str) -> list[str]:
    return [way.words for _, way in suggested(text).left]


@pytest.mark.parametrize("name", SAMPLE)
def test_examples_can_be_walked_completely(name: str) -> None:
    (found,) = [workspace.load(*one) for one in workspace.find([EXAMPLES / name])][:1]
    program = found.runnable
    assert program is not None
    codes, _ = of_files(program)
    measured = Measured.of(found, program)
    for script in found.tests:
        script.run(program, codes, measured.recorder.stage)
    before = measured.coverage
    result = measured.suggest(codes, seed=0)
    assert [way.words for _, way in result.left] == []
    assert bool(result.tests) is (before.percent < 100)


def test_they_make_the_coverage_complete_and_pass(tmp_path: Path) -> None:
    folder(tmp_path / "shop")
    made = flow("test", "shop", "--suggest", cwd=tmp_path)
    assert made.returncode == 0
    (tmp_path / "shop" / "more.flow").write_text(made.stdout)
    done = flow("test", "shop", "--coverage", "--fail-under", "100", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert flow("fmt", "--check", "shop/more.flow", cwd=tmp_path).returncode == 0


def test_a_suggested_test_reads_like_one_that_a_person_wrote(tmp_path: Path) -> None:
    folder(tmp_path / "shop")
    made = flow("test", "shop", "--suggest", cwd=tmp_path)
    assert (
        made.stdout
        == """\
test "Hello: send 'Hello': not sent"
  given contact
    blocked
  at 2026-03-02 10:00 tag "new"
  expect skipped "Hello" because "blocked"
  expect waiting until 2026-03-03 10:00 in "Hello"

test "Hello: wait 1 day"
  given contact
  at 2026-03-02 10:00 tag "new"
  at 2026-03-03 10:00
  expect sent "Hello" at 2026-03-02 10:00
  expect finished in "Hello"
  expect tagged "greeted"
"""
    )
    assert "1 passed, 0 failed" in made.stderr


def test_german_files_get_german_tests(tmp_path: Path) -> None:
    folder(tmp_path / "laden")
    flow("fmt", "--to", "de", "laden", cwd=tmp_path)
    made = flow("test", "laden", "--suggest", cwd=tmp_path)
    assert made.stdout.startswith(
        "# sprache: de\n"
        "test \"Hello: sende 'Hello': nicht gesendet\"\n"
        "  gegeben kontakt\n"
        "    gesperrt\n"
    )


def test_a_field_that_starts_a_campaign_is_tried_with_values_for_its_wait() -> None:
    text = """
contact
  webinar_date  datetime

campaign "W"
  start when webinar_date is set
  wait until webinar_date at 03:00
  tag "over"
"""
    found = suggested(text)
    assert found.left == ()
    assert "wait until webinar_date at 03:00: in time" in found.text


def test_a_suggested_test_is_named_by_what_it_does(tmp_path: Path) -> None:
    long = " or ".join(f'tagged "t{number}"' for number in range(20))
    found = suggested(f'campaign "W"\n  start when tagged "go"\n  if {long}\n    tag "x"\n')
    names = [one.name for one in found.tests]
    assert "W: start when tagged 'go'" in names
    assert any(name.startswith("W: if tagged 't0' or ") and " ...: " in name for name in names)
    assert max(map(len, names)) < 90


def test_the_same_seed_gives_the_same_tests() -> None:
    text = (EXAMPLES / "lead-score" / "leads.flow").read_text().partition("test ")[0]
    assert suggested(text) == suggested(text)


def test_where_nothing_is_missing_nothing_is_suggested(tmp_path: Path) -> None:
    text = """\
campaign "Tag"
  start when tagged "a"
  tag "b"

test "all of it"
  given contact
  at 2026-03-02 10:00 tag "a"
  expect tagged "b"
"""
    folder(tmp_path / "shop", text)
    made = flow("test", "shop", "--suggest", cwd=tmp_path)
    assert (made.returncode, made.stdout) == (0, "")


def test_a_workspace_without_a_test_gets_its_first_ones(tmp_path: Path) -> None:
    folder(tmp_path / "shop", GOOD.partition("test ")[0])
    made = flow("test", "shop", "--suggest", cwd=tmp_path)
    assert made.returncode == 1
    assert "there is no test" in made.stderr
    (tmp_path / "shop" / "more.flow").write_text(made.stdout)
    assert flow("test", "shop", "--fail-under", "100", cwd=tmp_path).returncode == 0


def test_what_nobody_can_walk_is_told(tmp_path: Path) -> None:
    text = """\
campaign "Never"
  start when tagged "a" and not tagged "a"
  tag "b"
"""
    folder(tmp_path / "shop", text + GOOD)
    made = flow("test", "shop", "--suggest", cwd=tmp_path)
    assert "shop/shop.flow:2: no test found, it may be unreachable: start when" in made.stderr
    data = json.loads(
        flow("test", "shop", "--suggest", "--output-format", "json", cwd=tmp_path).stdout
    )
    (one,) = data["suggested"]
    assert [way["line"] for way in one["not_found"]] == [2, 3]
    assert len(one["tests"]) == 2


@pytest.mark.parametrize(
    "steps",
    [
        """if score between 40 and 42 and country != "AT"
    tag "in\"""",
        """if days since birthday > 20 and days since birthday < 30
    tag "in\"""",
        """if years since birthday >= 18 and months until meeting < 3
    tag "in\"""",
        """if count of purchase where (total > 50) >= 2
    tag "in\"""",
        """if any trip where starts is within the next 2 days and place = "Rome"
    tag "in\"""",
        """if email matches "^info@|^office@"
    tag "in\"""",
        """if weekday of today = sunday
    tag "in\"""",
        """if coupons left "rare" = 7
    tag "in\"""",
        """wait for purchase where total > event.total at most 1 day
  if not timed out
    tag "in\"""",
        """call "https://example.com/x" with score as answer
  if failed
    tag "failed"
  if answer.ok and answer.amount > 12
    tag "in\"""",
        """split
    95% "most"
      tag "most"
    5% "few"
      tag "few\"""",
        """repeat up to 3 times
    wait for purchase at most 1 day
    if not timed out
      leave""",
    ],
)
def test_conditions_are_solved(steps: str) -> None:
    text = f"""\
contact
  score     number
  birthday  date
  meeting   datetime
  country   one of "DE", "AT", "CH"
  records trip
    place   text
    starts  datetime

coupons "rare"
  when empty halt

event begins
  total  number

event purchase
  total  number

campaign "C"
  start on begins
  runs again
  {steps}
  tag "through"
"""
    assert not_found(text) == []


def test_events_that_the_system_makes_are_waited_for() -> None:
    text = """\
contact
  birthday  date
  records permit
    name     text
    expires  date
    notice   duration

event birthday_today
  every day at 08:00
  for contacts where anniversary of birthday is today and not blocked

event permit_ends
  every monday at 06:00
  for each permit where expires - notice is before today and name contains "A"

campaign "Birthday"
  start on birthday_today
  tag "congratulated"

campaign "Permit"
  start on permit_ends
  tag "reminded"
"""
    assert not_found(text) == []


def test_a_halt_is_suggested_only_where_a_list_says_so() -> None:
    text = """\
coupons "rare"
  when empty skip

message "Rare"
  kind service
  channel email
  subject "{{ coupon('rare') }}"
  body "For you."

campaign "C"
  start when tagged "a"
  send "Rare"
  send "Rare" when empty halt
"""
    found = suggested(text)
    assert found.left == ()
    assert "expect halted in" in found.text
