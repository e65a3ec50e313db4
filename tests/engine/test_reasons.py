"""`why not` finds where the way to a send was left, and what stood there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repl.sessions import SHOP, said, session

QUIET = SHOP.replace(SHOP[SHOP.index("automation") : SHOP.index("test ")], "")
"""The shop without its group send."""
ANNA = "contact anna score=60 country=DE first_name=Anna marketing by email"


def asked(folder: Path, *lines: str, text: str = QUIET) -> str:
    """What the last of some lines is answered."""
    one = session(folder, text)
    said(one, *lines[:-1])
    return said(one, lines[-1])


def campaign(*steps: str, settings: str = "") -> str:
    """The shop with a campaign of its own."""
    body = "\n".join(f"  {step}" for step in ['start when tagged "go"', settings, *steps] if step)
    return f'{QUIET}\ncampaign "Own"\n{body}\n'


def test_it_was_sent(tmp_path: Path) -> None:
    assert '"Hello" was sent\n' in asked(tmp_path, ANNA, 'tag "new"', 'why not "Hello"')


@pytest.mark.parametrize(
    ("lines", "reason", "fact"),
    [
        (["contact bob first_name=Bob"], "no consent", "marketing by email  never granted"),
        ([ANNA, "withdraw marketing by email"], "no consent", "marketing by email  withdrawn"),
        ([ANNA, "block"], "blocked", "blocked  yes"),
        ([ANNA, "clear email"], "no address", "email  not set"),
        (
            [ANNA, 'set email to "x [NO MAILING]@y.de"'], "no address",
            "the mark [NO MAILING]  no marketing goes there",
        ),
        (
            [ANNA, 'bounced "Hello"'], "no address",
            "anna@example.com  it bounced, so nothing more goes there",
        ),
        (
            ["contact bob first_name=Bob marketing by email robinson"], "robinson",
            "bob@example.com  on the Robinson list",
        ),
        (
            ["contact bob marketing by email"], "missing value: first_name",
            "first_name  not set, and the placeholder has no default",
        ),
    ],
)  # fmt: skip
def test_it_was_skipped(tmp_path: Path, lines: list[str], reason: str, fact: str) -> None:
    text = campaign('send "Gift"')
    told = asked(tmp_path, *lines, 'tag "go"', 'why not "Gift"', text=text)
    assert '"Gift" was skipped\n' in told
    assert f'send "Gift": skipped ({reason})' in told
    assert fact in told


def test_a_cap_that_was_full(tmp_path: Path) -> None:
    text = campaign('send "Gift"', "wait 1 day", 'send "Gift"', settings='policy "Decent hours"')
    told = asked(tmp_path, ANNA, 'tag "go"', "advance 1 day", "why", text=text)
    assert "skipped (cap)" in told
    assert 'policy "Decent hours"  send at most 1 marketing message per 7 days' in told
    assert 'counted                "Gift" 2026-11-20 10:00' in told


def test_a_window_that_is_closed(tmp_path: Path) -> None:
    lines = [ANNA, "at 2026-11-22 10:00", 'tag "new"', 'why not "Hello"']
    told = asked(tmp_path, *lines)
    assert '"Hello" waits\n' in told
    assert "opens                  2026-11-23 08:00" in told
    assert "it is 2026-11-22 10:00, sunday" in told


def test_a_list_that_is_empty(tmp_path: Path) -> None:
    told = asked(tmp_path, ANNA, 'tag "new"', "advance 4 days", 'why not "Offer"')
    assert '"Offer" is halted\n' in told
    assert 'coupons left "codes"  0' in told


def test_a_fork_that_went_the_other_way(tmp_path: Path) -> None:
    lines = ["contact anna score=60 country=CH", 'tag "new"', "advance 3 days", 'why not "Offer"']
    told = asked(tmp_path, *lines)
    assert '"Offer" was not reached: the run took another way\n' in told
    assert 'if in segment "hot": no' in told
    assert 'country in ("DE", "AT")  country: "CH"' in told
    assert "it would have had to be yes" in told


def test_what_else_stands_on_the_way(tmp_path: Path) -> None:
    lines = [ANNA, "set score=5", 'tag "new"', "advance 9 days", 'why not "Offer"']
    assert "it would have had to be yes" in asked(tmp_path, *lines)
    told = asked(tmp_path, ANNA, 'tag "new"', "advance 3 days", 'why not "Gift"')
    assert "it would have had to be no" in told
    assert "else if score > 10 or vip: has to be yes\n      yes  score > 10" in told


def test_a_wait_that_timed_out(tmp_path: Path) -> None:
    lines = ["contact anna score=1", 'tag "new"', "advance 9 days", 'why not "Gift"']
    told = asked(tmp_path, *lines)
    assert "if timed out: yes" in told
    assert 'wait until tagged "warm" at most 3 days: timed out' in told
    assert "it would have had to be no" in told


@pytest.mark.parametrize(
    ("event", "words", "entry"),
    [
        ('tag "gone"', "the run was stopped", 'stopped (stop when tagged "gone"'),
        ("event purchase total=1", "the run jumped over it", "goal met"),
    ],
)
def test_the_run_left(tmp_path: Path, event: str, words: str, entry: str) -> None:
    told = asked(tmp_path, ANNA, 'tag "new"', event, 'why not "Offer"')
    assert f'"Offer" was not reached: {words}\n' in told
    assert entry in told


def test_a_restart_by_a_setting(tmp_path: Path) -> None:
    text = campaign("wait 1 day", 'send "Gift"', settings='restart when tagged "again"')
    told = asked(tmp_path, ANNA, 'tag "go"', 'tag "again"', 'why not "Gift"', text=text)
    assert '"Gift" was not reached: the run went back to the start\n' in told
    assert '  yes  tagged "again"' in told


def test_a_race_that_went_another_way(tmp_path: Path) -> None:
    text = campaign(
        "wait at most 2 hours", "  for purchase", '    send "Gift"', "  otherwise", '    tag "slow"'
    )
    told = asked(tmp_path, ANNA, 'tag "go"', "advance 3 hours", 'why not "Gift"', text=text)
    assert '"Gift" was not reached: the run took another way\n' in told
    assert "it would have had to be purchase" in told


def test_a_branch_that_was_not_taken(tmp_path: Path) -> None:
    split = ["split", '  50% "A"', '    tag "a"', '  50% "B"', '    send "Gift"']
    names = [f"c{number}" for number in range(8)]
    one = session(tmp_path, campaign(*split))
    told = [said(one, f"contact {name}", 'tag "go"', 'why not "Gift"') for name in names]
    left = [text for text in told if "split: branch (A)" in text]
    assert 0 < len(left) < len(names)
    assert all("it would have had to be B" in text for text in left)


def test_it_is_still_ahead(tmp_path: Path) -> None:
    told = asked(tmp_path, ANNA, 'import coupons "codes" X1', 'tag "new"', 'why not "Offer"')
    assert '"Offer" is still ahead: it goes out if nothing else happens\n' in told
    assert '2026-11-23 08:00  "Welcome"  send "Offer": sent' in told
    assert 'if in segment "hot": has to be yes' in told


def test_a_send_ahead_speaks_of_no_second_one(tmp_path: Path) -> None:
    text = campaign("wait 1 day", 'send "Gift"', "restart")
    told = asked(tmp_path, ANNA, 'tag "go"', 'why not "Gift"', text=text)
    assert '"Gift" is still ahead: it goes out if nothing else happens\n' in told
    assert "why not again" not in told


def test_it_is_ahead_and_will_not_come(tmp_path: Path) -> None:
    told = asked(tmp_path, "contact anna score=1", 'tag "new"', 'why not "Offer"')
    assert '"Offer" is still ahead, but if nothing else happens it does not go out\n' in told
    assert 'if in segment "hot": no' in told


def test_a_forecast_moves_no_clock(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, ANNA, 'tag "new"')
    before = one.now, len(one.stage.decisions)
    said(one, 'why not "Offer"')
    assert (one.now, len(one.stage.decisions)) == before
    assert "started" in said(one, 'tag "split"')


# ---------------------------------------------------------------------- not begun


def test_no_start_holds(tmp_path: Path) -> None:
    told = asked(tmp_path, ANNA, "block", 'why not "Welcome"')
    assert '"Welcome" has not started\n' in told
    assert 'start when tagged "new": has to be yes\n    no   tagged "new"' in told


def test_a_start_that_holds_by_now(tmp_path: Path) -> None:
    told = asked(tmp_path, f'{ANNA} tag "new"', "advance 1 hour", 'why not "Welcome"')
    assert "its start holds now, but nothing has happened to anna since" in told


def test_a_stop_that_holds(tmp_path: Path) -> None:
    told = asked(tmp_path, f'{ANNA} tag "gone"', 'tag "new"', 'why not "Welcome"')
    assert '"Welcome" has not started: while this holds, nothing starts\n' in told
    assert 'stop when tagged "gone": has to be no' in told


def test_an_event_that_never_came_or_did_not_fit(tmp_path: Path) -> None:
    told = asked(tmp_path, ANNA, "block", 'why not "Orders"')
    assert "start on purchase where total > 10: purchase has not happened" in told
    told = asked(tmp_path, ANNA, "event purchase total=5 order_id=A", 'why not "Orders"')
    assert "purchase happened once\n    no   total > 10  total: 5" in told


def test_a_trigger_that_came_too_early(tmp_path: Path) -> None:
    text = campaign("restart", settings="")
    lines = [ANNA, 'tag "go"', 'untag "go"', 'tag "go"', "history"]
    assert "too early" in asked(tmp_path, *lines, text=text)


def test_no_campaign_sends_it(tmp_path: Path) -> None:
    text = QUIET.replace('send "Gift"', 'send "Hello"')
    told = asked(tmp_path, ANNA, "block", 'why not "Gift"', text=text)
    assert told == 'no campaign sends "Gift"\n'


def test_a_group_send(tmp_path: Path) -> None:
    told = asked(tmp_path, ANNA, "advance 4 days", 'why not "Gift"', text=SHOP)
    assert 'send "Gift" by the automation "Round"' in told
    told = asked(tmp_path, "contact bob", "advance 4 days", 'why not "Gift"', text=SHOP)
    assert 'the automation "Round" has not sent it to bob' in told
