"""What a test says when it fails: the line, what was so instead, and the contact's timeline."""

from __future__ import annotations

import pytest

from flowlang import workspace

PROGRAM = """
message "M"
  kind service
  channel email
  subject "m"
  body "m"

message "N"
  kind service
  channel email
  subject "n"
  body "n"

campaign "X"
  start when tagged "x"
  send "M"
  wait 2 days

test "t"
  given contact "anna"
  at 2026-06-01 10:00 tag "x"
"""


def _message(line: str) -> str:
    found = workspace.load_text(f"{PROGRAM}  {line}\n")
    assert found.runnable is not None
    result = found.tests[0].run(found.runnable, {})
    assert not result.passed
    return result.message


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ('expect not sent "M"', '"M" was sent once: 2026-06-01 10:00 to anna@example.com'),
        ('expect sent "M" times 2', '"M" was sent once: 2026-06-01 10:00 to anna@example.com'),
        ('expect sent "M" to "b@example.com"', '"M" was sent once: 2026-06-01 10:00 to anna@'),
        ('expect sent "N"', '"N" was not sent'),
        ('expect tagged "y"', 'its tags are "x"'),
        ("expect language = 'de'".replace("'", '"'), "language is not set"),
        ('expect finished in "X"', "waiting at `wait 2 days` until 2026-06-03 10:00 (round 1)"),
        ('expect waiting until 2026-06-04 10:00 in "X"', "until 2026-06-03 10:00"),
        ('expect skipped "M"', '"M" was not skipped'),
        ('expect notified inbox contains "a"', "inbox was told nothing"),
        ('expect refused "no"', "nothing was refused"),
    ],
)
def test_a_failed_expectation_says_what_was_so_instead(line: str, instead: str) -> None:
    said = _message(line)
    assert said.startswith(f"line 22: {line}\nbut ")
    assert instead in said
    assert "2026-06-01 10:00" in said.partition("the timeline")[2]


def test_a_refusal_that_was_not_expected_fails_the_test() -> None:
    said = _message('at 2026-06-01 11:00 resume "M"')
    assert said == 'line 22: this was refused: "M" is not halted: nobody waits for it'


def test_time_only_goes_forward_also_after_looking_ahead() -> None:
    lines = 'expect not sent "M" at 2026-06-05 10:00\n  at 2026-06-02 10:00 tag "y"'
    assert _message(lines) == "line 23: time only goes forward: it is 2026-06-05 10:00 already"


@pytest.mark.parametrize(
    "line", ["at 9999-12-31 23:00", "at 2201-01-01", "after 1000 years", "after 200 years"]
)
def test_a_moment_that_the_clock_cannot_show_is_a_finding(line: str) -> None:
    found = workspace.load_text(f"{PROGRAM}  {line}\n")
    told = [finding.message for finding in found.findings.in_order()]
    assert told == ["a moment lies between 1900 and 2200"]
    assert found.runnable is None
