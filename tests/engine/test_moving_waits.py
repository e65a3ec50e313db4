"""Who waits at a step that another version has changed, or for what it has changed: due at once, or
later; nobody for ever.  (Customer.io and Klaviyo: a delay is shortened or lengthened while people
stand in it.)
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang.engine.moving import WaitingSend
from flowlang.program.program import Program
from flowlang.stores import Store, open_store
from tests.engine.applied import begin, move
from tests.engine.automating import HOUR, START, came, compiled, feed, person, run, told


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///state.db", tmp_path)


GOAL = """
campaign "C"
  start when tagged "go"
  goal "G" when tagged "{tag}"{otherwise}
  tag "past"
"""


def goal(otherwise: str, tag: str = "g") -> Program:
    return compiled(GOAL.format(tag=tag, otherwise=otherwise))


def what(store: Store, contact: str) -> list[str]:
    """What the campaign did, after it had begun to wait."""
    entries = told(store, [contact])[contact]
    return [one.what for one in entries if one.campaign][2:]


@pytest.mark.parametrize(
    ("after", "due", "then"),
    [
        (goal(""), (1, 0), ["waiting", "goes on", "goal not met", "tagged", "finished"]),
        (goal(", otherwise stop"), (1, 0), ["waiting", "goes on", "ends here", "finished"]),
        (
            goal(", otherwise wait", "h"), (1, 0),
            ["waiting", "goes on", "goal met", "tagged", "finished"],
        ),
        (goal(", otherwise wait", "i"), (0, 1), ["waiting"]),
    ],
)  # fmt: skip
def test_a_goal_that_waits_no_more_lets_go_who_stands_at_it(
    store: Store, after: Program, due: tuple[int, int], then: list[str]
) -> None:
    before = goal(", otherwise wait")
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="h")])
    feed(store, [came(2, "anna", "tag", tag="go")])
    run(before, store, 3)
    tally = move(store, before, after, START + 4 * HOUR).tallies["C"]
    assert (tally.at_once[0], tally.later[0]) == due
    run(after, store, 5)
    assert what(store, "anna") == then
    feed(store, [came(6, "anna", "tag", tag="i")])
    run(after, store, 7)
    assert what(store, "anna")[-1] == "finished"


SENDS = """
message "S"
  kind service
  channel email
  subject "S"
  body "S"
{policy}
campaign "C"
{under}  start when tagged "go"
  send "S"{own}
"""
WEEKEND = "send only between 09:00 and 17:00 on saturday"
NEVER = "send at most 0 messages per 1 day, otherwise wait"
FULL = "send at most 1 message in all per 1 day, otherwise wait"


def sending(line: str, *, own: bool = False) -> Program:
    """The campaign with a policy of one line, or none; `own`: it stands at the send."""
    policy = f'\npolicy "P"\n  {line}\n' if line else ""
    under = '  policy "P"\n' if line and not own else ""
    at_send = ' under policy "P"' if line and own else ""
    return compiled(SENDS.format(policy=policy, under=under, own=at_send))


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize(
    ("line", "other", "sent_at"),
    [
        (WEEKEND, "", 4),
        (WEEKEND, "send only between 09:00 and 17:00 on friday", 4),
        (WEEKEND, "send only between 14:00 and 17:00", 5),
        (WEEKEND, WEEKEND.replace("saturday", "sunday"), 48),
        (NEVER, "", 4),
        (NEVER, FULL, 25),
        (FULL, FULL.replace("1 message", "2 messages"), 4),
        (FULL, FULL.replace("1 day", "6 hours"), 7),
    ],
)
def test_a_send_waits_for_the_windows_and_caps_that_there_are_now(
    store: Store, line: str, other: str, sent_at: int, own: bool
) -> None:
    """START is a Friday, 09:00 UTC; someone else got the message at 10:00."""
    free, before, after = sending(""), sending(line, own=own), sending(other, own=own)
    feed(store, [person(0, "first"), person(0, "anna"), came(1, "first", "tag", tag="go")])
    begin(store, free, START)
    run(free, store, 1)
    move(store, free, before, START + 2 * HOUR)
    feed(store, [came(3, "anna", "tag", tag="go")])
    run(before, store, 3)
    assert what(store, "anna") == []
    plan = move(store, before, after, START + 4 * HOUR)
    assert plan.sends == {WaitingSend("C", "S", sent_at == 4): 1}
    run(after, store, 4, 60)
    sent = [one.at for one in told(store, ["anna"])["anna"] if one.what == "sent"]
    assert [(at - START) / HOUR for at in sent] == [sent_at]


def test_what_did_not_change_is_not_looked_at(store: Store) -> None:
    before, after = (
        sending(WEEKEND),
        compiled(
            SENDS.format(policy=f'\npolicy "P"\n  {WEEKEND}\n', under='  policy "P"\n', own="")
            + '\npolicy "Other"\n  send only between 09:00 and 17:00\n'
        ),
    )
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(before, store, 1)
    assert not move(store, before, after, START + 2 * HOUR).sends


ELSEWHERE = """
message "S"
  kind service
  channel email
  subject "S"
  body "S"

policy "P"
  send only between 09:00 and 17:00{days}
  send at most 0 messages per 1 day, otherwise wait

campaign "C"
  start when tagged "go"
  policy "P"
  send "S" to "boss@example.com"
"""


def test_a_cap_holds_nobody_whose_send_goes_to_another_address(store: Store) -> None:
    before = compiled(ELSEWHERE.format(days=" on saturday"))
    after = compiled(ELSEWHERE.format(days=""))
    feed(store, [person(0, "anna"), came(1, "anna", "tag", tag="go")])
    run(before, store, 2)
    plan = move(store, before, after, START + 3 * HOUR)
    assert plan.sends == {WaitingSend("C", "S", True): 1}
    run(after, store, 4)
    assert "sent" in what(store, "anna")
