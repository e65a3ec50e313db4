"""How long after its start a campaign comes to its steps."""

from __future__ import annotations

from flowlang import workspace
from flowlang.calendar import Duration
from flowlang.documentation.timing import START, Moment, moments, repeated
from flowlang.program.program import Campaign

DAY, WEEK = Duration(days=1), Duration(days=7)
NOW = Duration()
EVENTS = "contact\n  ends date\n\nevent bought\n  total number\n\n"


def campaign(*steps: str) -> Campaign:
    text = (
        EVENTS + 'campaign "C"\n  start when tagged "a"\n' + "".join(f"  {one}\n" for one in steps)
    )
    program = workspace.load_text(text).runnable
    assert program is not None
    return program.campaigns[0]


def last(*steps: str) -> list[Moment]:
    """When a run comes to the last step."""
    return moments(campaign(*steps))[-1]


def test_lengths_of_time_add_up() -> None:
    assert last("wait 1 day", 'tag "b"', "wait 1 week", 'tag "c"') == [
        Moment(START, Duration(days=8), Duration(days=8))
    ]


def test_branches_make_a_stretch_of_time() -> None:
    steps = ['if tagged "b"', "  wait 1 week", 'tag "c"']
    assert last(*steps) == [Moment(START, NOW, WEEK)]


def test_what_may_come_sooner_has_no_least_time() -> None:
    assert last("wait for bought at most 1 week", 'tag "c"') == [Moment(START, NOW, WEEK)]
    assert last('wait until tagged "b" at most 1 day', 'tag "c"') == [Moment(START, NOW, DAY)]


def test_behind_a_date_time_is_counted_from_there() -> None:
    assert last("wait until ends", "wait 1 day", 'tag "c"') == [Moment("wait until ends", DAY, DAY)]
    assert last("wait for bought", 'tag "c"') == [Moment("wait for bought", NOW, NOW)]


def test_a_goal_is_jumped_to_from_anywhere() -> None:
    goal = 'goal "G" when tagged "b"'
    assert last("wait 1 day", goal, 'tag "c"') == [Moment(goal, NOW, NOW), Moment(START, DAY, DAY)]


def test_a_loop_may_take_any_time_and_repeats_what_is_in_it() -> None:
    one = campaign("repeat up to 3 times", '  tag "b"', "  wait 1 day", 'tag "c"')
    assert moments(one)[-1] == [Moment(START, NOW, None)]
    assert repeated(one) == {0, 1, 2, 3}
    steps = ("repeat up to 3 times", '  tag "b"', '  if tagged "d"', "    leave", 'tag "c"')
    assert last(*steps) == [Moment(START, NOW, NOW)]


def test_behind_a_stop_only_the_goal_leads_on() -> None:
    goal = 'goal "G" when tagged "b"'
    assert last("wait 1 day", "stop", goal, 'tag "c"') == [Moment(goal, NOW, NOW)]
