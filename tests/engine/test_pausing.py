"""What pausing, resuming and cancelling mean (language reference, "What flowlang decided")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flowlang.effects import CallReply
from flowlang.engine.controls import Control
from flowlang.engine.processes import Identity
from tests.engine.pausing import InMemory, Stage, Stored

DECLARED = """
contact
  score number

event purchase
  total number

coupons "codes"
  when empty halt

message "First"
  kind service
  channel email
  subject "First"
  body "It is {{ id }}."

message "Second"
  kind marketing
  channel email
  subject "Second"
  body "It is {{ id }}."

message "Coded"
  kind service
  channel email
  subject "Your code"
  body "{{ coupon('codes') }}"
"""
SHOP = Identity("campaign", "Shop")
Setting = Callable[..., Stage]


@pytest.fixture(params=["in memory", "sqlite", "sqlite, killed and begun again", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Setting]:
    """After each test its sums are right."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    else:
        url = f"sqlite:///{tmp_path}/state.db"
    stages: list[Stage] = []

    def opened(text: str, **codes: int) -> Stage:
        if request.param == "in memory":
            stages.append(InMemory(DECLARED + text, codes))
        else:
            batch = 2 if "killed" in request.param else 500
            stages.append(Stored(DECLARED + text, codes, url, batch=batch))
        return stages[-1]

    yield opened
    assert [one.wrong() for one in stages] == [[]] * len(stages)


# ---------------------------------------------------------------------- a campaign

WAITS = """
campaign "Shop"
  start when tagged "go"
  stop when tagged "stop"
  wait 2 hours
  send "Coded"
  tag "had it"
  send "Second"
  goal "Bought" when tagged "bought"
  wait 10 hours
  tag "end"
"""


def three_waits(stage: Setting) -> Stage:
    """Three contacts whose waits fall due at hours 3, 4 and 5, in a campaign paused at 2.5; one
    more, dora, comes at hour 4.5.
    """
    play = stage(WAITS, codes=9)
    play.people(0, "anna", "ben", "cleo", "dora")
    for hours, name in ((1, "cleo"), (2, "ben"), (2.25, "anna")):
        play.arrive(hours, name, "tag", tag="go")
    assert play.control(2.5, "pause", SHOP) == ""
    play.arrive(4.5, "dora", "tag", tag="go")
    return play


def test_what_came_due_in_a_pause_is_done_once_on_resume_in_the_order_of_its_moments(
    stage: Setting,
) -> None:
    play = three_waits(stage)
    play.until(8)
    assert play.sent() == []
    assert play.told("held") == [
        (3, "cleo", "held paused"),
        (4, "ben", "held paused"),
        (4.25, "anna", "held paused"),
        (4.5, "dora", "held paused"),
    ]
    process = play.process(SHOP)
    assert (process.status, process.who, process.because) == ("paused", "ada", "a mistake")
    assert play.control(8, "resume", SHOP) == ""
    play.until(30)
    names = ["anna", "ben", "cleo", "dora"]
    assert play.told("goes on") == [(8, name, "goes on") for name in names]
    codes = {name: what.split()[4] for _, name, what in play.told("sent") if "code" in what}
    assert codes == {"cleo": "codes-0", "ben": "codes-1", "anna": "codes-2", "dora": "codes-3"}
    assert play.sent() == [
        *[(8, name) for name in names[:3] for _ in range(2)], (10, "dora"), (10, "dora"),
    ]  # fmt: skip
    ended = [(at, name) for at, name, what in play.told("tagged") if what == "tagged end"]
    assert ended == [(18, "anna"), (18, "ben"), (18, "cleo"), (20, "dora")]
    assert play.process(SHOP).status == "running"


def test_with_skip_overdue_what_came_due_is_passed_over_and_the_history_says_so(
    stage: Setting,
) -> None:
    play = three_waits(stage)
    play.arrive(5, "ben", "delete")
    assert play.control(8, "resume", SHOP, skip_overdue=True) == ""
    play.until(30)
    assert play.told("passed over") == [
        (8, "anna", "passed over overdue"),
        (8, "cleo", "passed over overdue"),
        (8, "dora", "passed over overdue"),
    ]
    # dora stood before her first wait: what comes after it is not overdue.
    assert play.sent() == [(10, "dora"), (10, "dora")]
    assert play.told("skipped") == [
        (8, name, "skipped overdue") for name in ("anna", "anna", "cleo", "cleo")
    ]
    assert [what for _, name, what in play.told("tagged") if name == "cleo"] == [
        "tagged go", "tagged had it", "tagged end",
    ]  # fmt: skip
    coded = play.process(Identity("message send", "Coded", "Shop"))
    assert (coded.done, coded.skipped) == (1, {"overdue": 2})


def test_stops_consent_and_goals_that_came_meanwhile_hold(stage: Setting) -> None:
    play = three_waits(stage)
    play.arrive(6, "anna", "tag", tag="stop")
    play.arrive(6, "cleo", "withdraw", channel="email")
    play.arrive(7, "ben", "tag", tag="bought")
    play.control(8, "resume", SHOP)
    play.until(9)
    assert play.told("stopped") == [(6, "anna", 'stopped stop when tagged "stop" (tag "stop")')]
    assert play.told("goal met") == [(7, "ben", "goal met Bought")]
    assert play.told("goes on")[0] == (8, "ben", "goes on")
    assert play.sent() == [(8, "cleo")]
    assert play.told("skipped") == [(8, "cleo", "skipped no consent")]
    play.until(20)
    ended = [(at, name) for at, name, what in play.told("tagged") if what == "tagged end"]
    assert ended == [(18, "ben"), (18, "cleo"), (20, "dora")][: len(ended)]
    assert len(ended) == 3


def test_a_wait_that_ends_in_a_pause_has_ended(stage: Setting) -> None:
    play = stage("""
campaign "Shop"
  start when tagged "go"
  wait for purchase at most 2 hours
  if timed out
    tag "late"
  else
    tag "bought"
""")
    play.people(0, "anna", "ben")
    play.arrive(1, "anna", "tag", tag="go")
    play.arrive(1, "ben", "tag", tag="go")
    play.control(1.5, "pause", SHOP)
    play.arrive(2, "ben", "event", name="purchase", data={"total": 3})
    play.arrive(4, "anna", "event", name="purchase", data={"total": 3})
    play.control(5, "resume", SHOP)
    assert play.told("timed out") == [(3, "anna", "timed out after 2 hours")]
    assert [one for one in play.told("tagged") if one[0] == 5] == [
        (5, "anna", "tagged late"),
        (5, "ben", "tagged bought"),
    ]


def test_a_pause_and_a_resume_start_nobody(stage: Setting) -> None:
    play = stage(WAITS)
    play.people(0, "anna", tags=("go",))
    play.people(0, "ben")
    play.until(20)
    before = len(play.entries())
    play.control(21, "pause", SHOP)
    play.control(22, "resume", SHOP)
    play.until(40)
    assert len(play.entries()) == before


def test_who_starts_in_a_pause_stands_before_the_first_step(stage: Setting) -> None:
    play = stage('campaign "Shop"\n  start when tagged "go"\n  send "First"\n')
    play.people(0, "anna", "ben")
    play.control(1, "pause", SHOP)
    play.arrive(2, "anna", "tag", tag="go")
    play.arrive(3, "ben", "delete")
    play.until(5)
    assert play.told("started", "sent", "held")[-1] == (2, "anna", "held paused")
    play.control(6, "resume", SHOP)
    assert play.sent() == [(6, "anna")]


def test_a_call_whose_next_try_falls_into_a_pause_is_tried_on_resume() -> None:
    play = InMemory(
        DECLARED + 'campaign "Shop"\n  start when tagged "go"\n'
        '  call "https://example.com/x"\n  if failed\n    tag "failed"\n  else\n    tag "called"\n',
        {},
    )
    replies = [CallReply("answered", {}), CallReply("failed")]
    play.world.answers = lambda call: replies.pop()
    play.people(0, "anna")
    play.arrive(1, "anna", "tag", tag="go")
    play.control(1.1, "pause", SHOP)
    play.until(3)
    assert [what for _, _, what in play.told("call failed", "held")][1:] == ["held paused"]
    play.control(4, "resume", SHOP)
    assert play.told("called", "tagged")[1:] == [
        (4, "anna", "called https://example.com/x"),
        (4, "anna", "tagged called"),
    ]


def test_a_campaign_cannot_be_cancelled(stage: Setting) -> None:
    play = stage(WAITS)
    assert play.control(1, "cancel", SHOP) == (
        'the campaign "Shop" cannot be cancelled: pause it, or take it out of the program'
    )


@pytest.mark.parametrize(
    ("verbs", "refusal"),
    [
        (["resume"], 'the campaign "Shop" is running'),
        (["pause", "pause"], 'the campaign "Shop" is paused already'),
        (["pause", "resume", "resume"], 'the campaign "Shop" is running'),
    ],
)
def test_what_does_not_fit_is_refused(stage: Setting, verbs: list, refusal: str) -> None:
    play = stage(WAITS)
    *before, last = verbs
    for hours, verb in enumerate(before, 1):
        assert play.control(hours, verb, SHOP) == ""
    assert play.control(9, last, SHOP) == refusal


def test_what_is_not_there_is_refused(stage: Setting) -> None:
    play = stage(WAITS)
    nobody = Identity("message send", "First", "Shop")
    assert play.control(1, "pause", nobody) == (
        'the message send "First" of "Shop" is over, or there is none'
    )
    assert "there is none" in play.control(1, "pause", Identity("campaign", "Mall"))


# ---------------------------------------------------------------------- the sends of a message

SENDS = """
policy "Day"
  send only between 08:00 and 12:00

campaign "Shop"
  policy "Day"
  start when tagged "go"
  send "Coded"
  tag "had it"
  wait 1 hour
  send "First"

campaign "Mall"
  start when tagged "mall"
  send "Coded"
"""
CODED = Identity("message send", "Coded", "Shop")


def test_a_paused_send_holds_and_everything_else_goes_on(stage: Setting) -> None:
    play = stage(SENDS, codes=9)
    play.people(0, "anna", "ben", "cleo")
    play.arrive(0, "anna", "tag", tag="go")
    assert play.control(0.5, "pause", CODED) == ""
    play.arrive(1, "cleo", "tag", tag="go")
    play.arrive(1, "ben", "tag", tag="go")
    play.arrive(1, "ben", "tag", tag="mall")
    play.until(2)
    assert play.sent() == [(0, "anna"), (1, "anna"), (1, "ben")]
    play.control(2, "resume", CODED)
    assert play.sent()[3:] == [(2, "ben"), (2, "cleo")]


def test_a_paused_send_keeps_the_place_of_who_waits_for_the_window(stage: Setting) -> None:
    play = stage(SENDS, codes=9)
    play.people(0, "anna", "ben")
    play.arrive(5, "anna", "tag", tag="go")  # 14:00: the window opens at 08:00, in hour 23
    play.control(6, "pause", CODED)
    play.arrive(24, "ben", "tag", tag="go")
    play.until(25)
    assert play.told("held") == [(23, "anna", "held paused"), (24, "ben", "held paused")]
    play.control(28, "resume", CODED)  # 13:00: it is closed again
    play.until(60)
    assert [one for one in play.sent() if one[0] < 48] == [(47, "anna"), (47, "ben")]


def test_a_paused_send_that_skips_what_is_overdue(stage: Setting) -> None:
    play = stage(SENDS, codes=9)
    play.people(0, "anna")
    play.control(0, "pause", CODED)  # before anyone has come to it
    play.arrive(1, "anna", "tag", tag="go")
    play.control(2, "resume", CODED, skip_overdue=True)
    play.until(30)
    assert play.told("skipped", "sent") == [
        (2, "anna", "skipped overdue"),
        (3, "anna", "sent to anna@example.com"),
    ]
    assert play.free("codes") == 9


def test_a_cancelled_send_is_passed_over_until_it_is_resumed(stage: Setting) -> None:
    play = stage(SENDS, codes=1)
    play.people(0, "anna", "ben", "cleo", "dora", "emil")
    for name in ("anna", "ben"):
        play.arrive(1, name, "tag", tag="go")
    play.arrive(1, "cleo", "tag", tag="mall")
    assert play.process(CODED).status == "halted"
    play.control(1.5, "cancel", CODED)
    play.arrive(2, "dora", "tag", tag="go")
    play.until(4)
    process = play.process(CODED)
    assert (process.status, process.done, process.skipped) == ("cancelled", 1, {"cancelled": 2})
    assert play.told("skipped") == [
        (1.5, "ben", "skipped cancelled"),
        (2, "dora", "skipped cancelled"),
    ]
    # The other campaign's send of this message still waits for codes.
    assert play.process(Identity("message send", "Coded", "Mall")).status == "halted"
    assert play.control(5, "pause", CODED) == (
        'the message send "Coded" of "Shop" is cancelled: resume it first'
    )
    play.arrive(5, None, "import coupons", list="codes", codes=["N1", "N2", "N3"])
    assert play.control(6, "resume", CODED) == ""
    play.arrive(23, None, "resume", message="Coded")
    play.arrive(24, "emil", "tag", tag="go")
    play.until(30)
    coded = [(at, name) for at, name, what in play.told("sent") if "N" in what]
    assert coded == [(23, "cleo"), (24, "emil")]
    assert play.process(CODED).status == "running"


def test_a_cancelled_send_lets_go_who_waits_for_the_window(stage: Setting) -> None:
    play = stage(SENDS, codes=9)
    play.people(0, "anna")
    play.arrive(5, "anna", "tag", tag="go")
    play.control(6, "cancel", CODED)
    assert play.told("skipped") == [(6, "anna", "skipped cancelled")]


def test_a_halted_send_that_is_paused_keeps_its_queue(stage: Setting) -> None:
    play = stage(SENDS, codes=1)
    play.people(0, "anna", "ben", "cleo")
    play.arrive(1, "anna", "tag", tag="go")
    play.arrive(1, "ben", "tag", tag="go")
    assert play.control(1.25, "pause", CODED) == ""
    play.arrive(1.5, "cleo", "tag", tag="go")
    assert play.process(CODED).status == "paused"
    # There are no codes: what was paused is halted again, and nobody is lost.
    assert play.control(2, "resume", CODED) == ""
    process = play.process(CODED)
    assert (process.status, process.because) == ("halted", 'missing 1 code in "codes"')
    assert [name for _, name in play.sent()] == ["anna", "anna"]
    play.until(2.1)
    play.arrive(2.2, None, "import coupons", list="codes", codes=["N1", "N2"])
    play.arrive(2.3, None, "resume", message="Coded")
    play.until(2.5)
    assert [(at, name) for at, name, what in play.told("sent") if "code" in what] == [
        (1, "anna"),
        (2.3, "ben"),
        (2.3, "cleo"),
    ]


def test_a_halted_send_whose_codes_came_while_it_was_paused_goes_on_at_once(
    stage: Setting,
) -> None:
    play = stage(SENDS, codes=0)
    play.people(0, "anna", "ben")
    play.arrive(1, "anna", "tag", tag="go")
    play.control(1.25, "pause", CODED)
    play.arrive(1.5, "ben", "tag", tag="go")
    play.arrive(1.75, None, "import coupons", list="codes", codes=["N1", "N2"])
    play.control(2, "resume", CODED)
    play.until(2.5)
    assert play.sent() == [(2, "anna"), (2, "ben")]
    assert play.process(CODED).status == "running"


def test_a_resumed_message_holds_where_its_campaign_is_paused(stage: Setting) -> None:
    play = stage(SENDS, codes=0)
    play.people(0, "anna", "cleo")
    play.arrive(1, "anna", "tag", tag="go")
    play.arrive(1, "cleo", "tag", tag="mall")
    play.control(1.25, "pause", SHOP)
    play.arrive(1.5, None, "import coupons", list="codes", codes=["N1", "N2"])
    play.arrive(1.6, None, "resume", message="Coded")
    assert play.sent() == [(1.6, "cleo")]
    assert play.told("held") == [(1.6, "anna", "held paused")]
    play.control(2, "resume", SHOP)
    assert play.sent() == [(1.6, "cleo"), (2, "anna")]


def test_a_campaign_and_its_send_are_resumed_each_for_itself(stage: Setting) -> None:
    play = stage(SENDS, codes=9)
    play.people(0, "anna")
    play.control(0.2, "pause", SHOP)
    play.control(0.4, "pause", CODED)
    play.arrive(1, "anna", "tag", tag="go")
    play.control(1.2, "resume", SHOP)
    assert play.sent() == []
    play.control(1.4, "pause", SHOP)
    play.control(1.6, "resume", CODED)
    assert play.sent() == []
    play.control(1.8, "resume", SHOP)
    assert play.sent() == [(1.8, "anna")]
    assert len(play.told("held")) == 1


# ---------------------------------------------------------------------- a group send

GROUP = """
automation "Round"
  every day at 10:00
  send "First" to everyone spread over 10 hours
"""


def group_send(play: Stage) -> Identity:
    return next(one for one in play.processes() if one.type == "group send")


def ten(stage: Setting) -> tuple[Stage, Identity]:
    """A group send to ten, one an hour from hour 1 on, paused in hour 4.5: four are sent."""
    play = stage(GROUP)
    play.people(0, *"abcdefghij")
    play.until(4.5)
    return play, group_send(play)


def test_a_paused_group_send_stays_at_k_and_then_spreads_the_rest_anew(stage: Setting) -> None:
    play, send = ten(stage)
    assert play.control(4.5, "pause", send) == ""
    play.until(14.5)
    process = play.process(send)
    assert (process.status, process.done, process.audience) == ("paused", 4, 10)
    assert len(play.sent()) == 4
    play.control(14.75, "resume", send)
    assert play.process(send).status == "running"
    play.until(24)
    # As much later as it was paused: the next one would have been due half an hour later.
    assert [at for at, _ in play.sent()] == [1, 2, 3, 4, *(15.25 + n for n in range(6))]
    assert len({name for _, name in play.sent()}) == 10
    process = play.process(send)
    assert (process.status, process.done) == ("finished", 10)
    assert "is " in play.control(24.5, "pause", send)
    assert play.process(send).status == "finished"


def test_a_group_send_that_skips_what_is_overdue_goes_on_where_it_would_be(stage: Setting) -> None:
    play, send = ten(stage)
    play.control(4.5, "pause", send)
    play.control(7.5, "resume", send, skip_overdue=True)
    play.until(12)
    assert [at for at, _ in play.sent()] == [1, 2, 3, 4, 8, 9, 10]
    process = play.process(send)
    assert (process.status, process.done, process.skipped) == ("finished", 7, {"overdue": 3})


def test_a_cancelled_group_send_adds_up_to_its_audience(stage: Setting) -> None:
    play, send = ten(stage)
    play.control(4.5, "cancel", send)
    play.until(24)
    process = play.process(send)
    assert (process.status, process.who) == ("cancelled", "ada")
    assert (process.done, process.skipped, process.failed) == (4, {"cancelled": 6}, 0)
    assert process.past == process.audience
    assert process.ended is not None
    assert "is " in play.control(24.2, "resume", send)
    assert play.process(send).status == "cancelled"


def test_a_cancelled_group_send_takes_another_reason(stage: Setting) -> None:
    play, send = ten(stage)
    play.control(4.5, "cancel", send)
    play.until(24)
    again = Control("cancel", send, who="bob", because="the wrong text")
    play.arrive(24.1, None, "cancel", **again.data())
    process = play.process(send)
    assert (process.status, process.who, process.because) == ("cancelled", "bob", "the wrong text")
    assert (process.done, process.skipped, process.failed) == (4, {"cancelled": 6}, 0)


def test_a_paused_group_send_can_be_cancelled(stage: Setting) -> None:
    play, send = ten(stage)
    play.control(4.5, "pause", send)
    play.until(6.5)
    play.control(6.5, "cancel", send)
    process = play.process(send)
    assert (process.done, process.skipped) == (4, {"cancelled": 6})


# ---------------------------------------------------------------------- over a store alone


@pytest.mark.parametrize("of", [SHOP, Identity("message send", "First", "Shop")])
@pytest.mark.parametrize(
    ("instead", "becomes", "sent"),
    [
        ('  send "Second"\n', 'send "First"=stay', [(4, "anna")]),
        ("", "*=stay", [(4, "anna")]),
        ("", 'send "First"=tag "end"', []),
    ],
)
def test_who_is_held_at_a_step_that_goes_is_let_go_where_was_said(
    tmp_path: Path, of: Identity, instead: str, becomes: str, sent: list[tuple[float, str]]
) -> None:
    text = DECLARED + 'campaign "Shop"\n  start when tagged "go"\n  send "First"\n  tag "end"\n'
    play = Stored(text, {}, f"sqlite:///{tmp_path}/state.db", batch=500)
    play.people(0, "anna")
    play.control(1, "pause", of)
    play.arrive(2, "anna", "tag", tag="go")
    play.change(3, text.replace('  send "First"\n', instead), f"Shop: {becomes}")
    play.control(4, "resume", of)
    play.until(5)
    assert play.sent() == sent
    assert [one.what for one in play.entries()][-2:] == ["tagged", "finished"]


def test_a_paused_campaign_stays_paused_while_the_program_does_not_have_it(tmp_path: Path) -> None:
    text = DECLARED + WAITS
    play = Stored(text, {"codes": 3}, f"sqlite:///{tmp_path}/state.db", batch=500)
    play.control(1, "pause", SHOP)
    play.change(2, DECLARED)
    assert play.process(SHOP).status == "paused"
    play.change(3, text)
    play.people(4, "anna", tags=("go",))
    play.until(9)
    assert play.sent() == []


def test_a_campaign_is_a_process_while_the_program_has_it(tmp_path: Path) -> None:
    play = Stored(DECLARED + WAITS, {}, f"sqlite:///{tmp_path}/state.db", batch=500)
    assert play.process(SHOP).status == "running"
    play.change(1, DECLARED)
    gone = play.process(SHOP)
    assert (gone.status, gone.because) == ("finished", "the program has it no more")
    play.change(2, DECLARED + WAITS)
    assert play.process(SHOP).status == "running"
