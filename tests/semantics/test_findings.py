"""What checking says of campaigns, sends and tests: by code, one for each mistake."""

from __future__ import annotations

import pytest

from flowlang import workspace

DECLARATIONS = """
contact
  n number
  day date
  records wish
    sku text

event ping
  k text

message "S"
  kind service
  channel email
  subject "s"
  body "b"

message "Mk"
  kind marketing
  channel email
  subject "s"
  body "b"

message "E"
  kind service
  channel email
  subject "{{ event.k }}"
  body "b"

coupons "C"
  when empty halt

group "G"

"""

CASES = {
    "existing contacts need a start when": (
        """
campaign "X"
  start on ping
  include existing contacts
  tag "a"
""",
        ["FL409"],
    ),
    "a goal stands on the top level": (
        """
campaign "X"
  start when tagged "a"
  if tagged "b"
    goal "G" when tagged "c"
""",
        ["FL406"],
    ),
    "today is no trigger": (
        """
campaign "X"
  start when day is today
  tag "a"
""",
        ["FL407"],
    ),
    "nor is now": (
        """
campaign "X"
  start when day is before today
  tag "a"
""",
        ["FL407"],
    ),
    "what happened lately comes to hold when it happens": (
        """
campaign "X"
  start when ping happened at least 2 times within the last 30 days
  tag "a"
""",
        [],
    ),
    "that nothing happened lately comes to hold by time": (
        """
campaign "X"
  start when not ping happened within the last 30 days
  tag "a"
""",
        ["FL407"],
    ),
    "days since go by time": (
        """
campaign "X"
  start when days since day > 3
  tag "a"
""",
        ["FL407"],
    ),
    "a keyed campaign is started by its event": (
        """
campaign "X"
  start on ping
  runs once per event.k
  tag "a"
campaign "Y"
  start when tagged "b"
  start campaign "X"
""",
        ["FL408"],
    ),
    "so is one whose step uses the event": (
        """
campaign "X"
  start on ping
  if event.k = "x"
    tag "a"
campaign "Y"
  start when tagged "b"
  start campaign "X"
""",
        ["FL408"],
    ),
    "and one whose message does": (
        """
campaign "X"
  start on ping
  send "E"
campaign "Y"
  start when tagged "b"
  start campaign "X"
""",
        ["FL408"],
    ),
    "and one whose setting does": (
        """
campaign "X"
  start on ping
  stop on ping where k = event.k
  tag "a"
campaign "Y"
  start when tagged "b"
  start campaign "X"
""",
        ["FL408"],
    ),
    "a placeholder of an event that no start brings": (
        """
campaign "X"
  start when tagged "a"
  send "E"
""",
        ["FL303"],
    ),
    "only service goes to another address": (
        """
campaign "X"
  start when tagged "a"
  send "Mk" to "a@b.de"
""",
        ["FL206"],
    ),
    "a key is of an event": (
        """
campaign "X"
  start when tagged "a"
  runs once per event.k
  tag "x"
""",
        ["FL411"],
    ),
    "a campaign has a start": (
        """
campaign "X"
  tag "x"
""",
        ["FL402"],
    ),
    "settings stand above the steps": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
  stop when tagged "b"
""",
        ["FL403"],
    ),
    "an action says whose, with several contacts": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact "a"
  given contact "b"
  at 2026-01-01 10:00 tag "a"
""",
        ["FL115"],
    ),
    "so does an expectation": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact "a"
  given contact "b"
  at 2026-01-01 10:00 tag "a" for "a"
  expect tagged "x"
  expect waiting in "X"
""",
        ["FL115", "FL115"],
    ),
    "an expectation that cannot be read is one mistake, also with several contacts": (
        """
campaign "X"
  start when tagged "a"
  send "S"
test "t"
  given contact "a"
  given contact "b"
  at 2026-01-01 10:00 tag "a" for "a"
  expect sent "S" to "a" times one two
""",
        ["FL001"],
    ),
    "a row of an answer belongs to a list": (
        """
campaign "X"
  start when tagged "a"
  call "https://example.com" as answer
test "t"
  given contact
  given call "https://example.com" answers score 3, (sku "A")
  at 2026-01-01 10:00 tag "a"
""",
        ["FL201"],
    ),
    "time goes forward": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact
  at 2026-01-02 10:00 tag "a"
  at 2026-01-01 10:00 tag "b"
""",
        ["FL502"],
    ),
    "values of a test are data": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact
  at 2026-01-02 10:00 set n to n + 1
""",
        ["FL501"],
    ),
    "a send is no action of a test": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact
  at 2026-01-02 10:00 send "S"
""",
        ["FL503"],
    ),
    "unknown names in a test": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact
  at 2026-01-02 10:00 set nn to 1
  expect scoer = 3
  expect sent "Q"
  expect waiting in "Q"
  expect measured "Q" = 1
""",
        ["FL102", "FL102", "FL101", "FL109", "FL118"],
    ),
    "the clock starts at an at": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact
  after 1 day
""",
        ["FL502"],
    ),
    "a tag for no time": (
        """
campaign "X"
  start when tagged "a"
  tag "x" for 0 days
""",
        ["FL202"],
    ),
    "missed speaks of a step just passed": (
        """
campaign "X"
  start when missed
  tag "x"
""",
        ["FL206"],
    ),
    "since start needs a run": (
        """
campaign "X"
  start when ping happened since start
  tag "x"
""",
        ["FL206"],
    ),
    "runs is said once": (
        """
campaign "X"
  start when tagged "a"
  runs once
  runs again
  tag "x"
""",
        ["FL122"],
    ),
    "what stands after wait until": (
        """
campaign "X"
  start when tagged "a"
  wait until tagged "b" at 09:00
  wait until n
  wait until 2 days
  wait until 09:00, stop if past
""",
        ["FL206", "FL201", "FL201", "FL206"],
    ),
    "a test starts no keyed campaign either": (
        """
campaign "X"
  start on ping
  runs once per event.k
  tag "a"
test "t"
  given contact
  at 2026-01-02 10:00 start campaign "X"
""",
        ["FL408"],
    ),
    "an unknown zone": (
        """
campaign "X"
  timezone "Mars"
  start when tagged "a"
  tag "a"
""",
        ["FL116"],
    ),
    "a goal waits or stops": (
        """
campaign "X"
  start when tagged "a"
  goal "g" when tagged "b", otherwise skip
""",
        ["FL206"],
    ),
    "a window waits or skips": (
        """
policy "P"
  send only between 08:00 and 09:00, otherwise stop
""",
        ["FL206"],
    ),
    "opened names its message": (
        """
campaign "X"
  start when tagged "a"
  tag "x"
test "t"
  given contact
  at 2026-01-02 10:00 opened
""",
        ["FL503"],
    ),
    "one start of two brings the value": (
        """
campaign "X"
  start on ping
  start when tagged "a"
  send "E"
""",
        ["FL303"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_says(name: str) -> None:
    text, codes = CASES[name]
    found = workspace.load_text(DECLARATIONS + text + "\n")
    assert [one.diagnostic.code for one in found.findings.in_order()] == codes
