"""`flow contacts why` over a store: it tells what the history says, whatever set it off."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.cli.machine import Machine

EXAMPLES = Path(__file__).parents[2] / "examples"

SHOP = """
contact
  score number

group "All"

coupons "codes"
  when empty halt

message "News"
  kind service
  channel email
  subject "News"
  body "Hello"

message "Gift"
  kind service
  channel email
  subject "A gift"
  body "{{ coupon('codes') }}"

automation "By hand"
  send "News" to group "All"

campaign "Wave"
  start when tagged "go"
  if score > 5
    wait 1 day
  send "News"

campaign "Present"
  start when tagged "present"
  send "Gift"
  tag "has gift"
"""
PEOPLE = "id,email,groups,score\na,a@x.example,All,9\nb,b@x.example,,9\n"


@pytest.fixture
def shop(machine: Machine) -> Machine:
    machine.file("flow.toml", 'timezone = "UTC"\n\n[sender]\nfrom = "a@example.com"\n')
    machine.file("shop.flow", SHOP)
    machine("contacts", "import", machine.file("people.csv", PEOPLE))
    assert machine("run", "--once").code == 0
    return machine


def why(machine: Machine, *args: str) -> str:
    """What is answered; the program is the same, so nothing went another way."""
    done = machine("contacts", "why", *args)
    assert done.code == 0, done.talk
    assert "today" not in done.data
    return done.data


def tagged(machine: Machine, contact: str, tag: str) -> None:
    machine.events({"contact": contact, "type": "tag", "tag": tag})
    machine("run", "--once")


def example(machine: Machine, name: str) -> Machine:
    shutil.copytree(
        EXAMPLES / name, machine.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*")
    )
    return machine


SENT = 'send "News" to group "All": sent (to a@x.example)'


def test_an_automation_that_was_run_by_hand(shop: Machine) -> None:
    shop("automation", "run", "By hand")
    shop("run", "--once")
    assert SENT in why(shop, "a", "--message", "News")
    assert SENT in why(shop, "a")
    assert "has not sent it to b" in why(shop, "b", "--message", "News")


def test_what_a_replay_cannot_know_is_answered_from_the_history(shop: Machine) -> None:
    shop("automation", "run", "By hand")
    shop("run", "--once")
    with sqlite3.connect(shop.folder / ".flow" / "state.db") as connection:
        connection.execute("delete from arrivals where type = 'run automation'")
    assert SENT in why(shop, "a", "--message", "News")
    assert SENT in why(shop, "a")


def test_after_a_resume_the_last_decision_is_the_last(shop: Machine) -> None:
    tagged(shop, "a", "present")
    assert "halted (the coupon list" in why(shop, "a").splitlines()[0]
    shop.at("2026-11-21 10:00")
    shop("coupons", "import", "codes", shop.file("codes.txt", "X1\n"))
    shop("process", "resume", "Gift")
    shop("run", "--once")
    first, *rest = why(shop, "a").splitlines()
    assert first == '2026-11-21 10:00  "Present"  finished'
    assert any('send "Gift": sent (to a@x.example, code X1 of "codes")' in line for line in rest)
    assert '    yes  tagged "present"' in rest
    assert not any("halted" in line for line in rest)


def test_what_is_paused_is_held(shop: Machine) -> None:
    tagged(shop, "a", "go")
    shop("process", "pause", "Wave", "--because", "a typo")
    shop.at("2026-11-21 12:00")
    shop("run", "--once")
    first, second = why(shop, "a").splitlines()
    assert first == '2026-11-21 10:00  "Wave"  send "News": held (paused)'
    assert second.split() == ["campaign", "Wave", "paused", "by", "ada:", "a", "typo"]
    shop.at("2026-11-22 12:00")
    shop("process", "resume", "Wave")
    shop("run", "--once")
    told = why(shop, "a", "--message", "News")
    assert told.startswith('2026-11-22 12:00  "Wave"  send "News": sent')
    assert "yes  score > 5  score: 9" in told


def test_only_a_changed_program_goes_another_way(shop: Machine) -> None:
    tagged(shop, "a", "go")
    shop.at("2026-11-22 12:00")
    shop("run", "--once")
    shop.file("shop.flow", SHOP.replace("wait 1 day", "wait 3 days"))
    told = shop("contacts", "why", "a", "--message", "News").data
    assert "of today" not in told
    shop("apply")
    told = shop("contacts", "why", "a", "--message", "News").data
    assert told.startswith('2026-11-21 10:00  "Wave"  send "News": sent')
    assert "From here on the program of today goes another way than the history" in told


def test_a_campaign_that_was_edited_is_not_brought_up_where_another_is_asked_about(
    shop: Machine,
) -> None:
    tagged(shop, "a", "present")
    tagged(shop, "a", "go")
    shop.at("2026-11-22 12:00")("run", "--once")
    shop.file("shop.flow", SHOP.replace('  send "Gift"', '  wait 1 hour\n  send "Gift"'))
    assert shop("apply").code == 0
    wave = why(shop, "a", "--message", "News")
    assert "    yes  score > 5  score: 9" in wave.splitlines()
    assert "Present" not in wave
    present = shop("contacts", "why", "a", "--message", "Gift").data
    assert "From here on the program of today goes another way than the history" in present
    assert present.splitlines()[-1].split("  ")[1] == '"Present"'


def test_the_latest_decision_about_a_message_comes_first(machine: Machine) -> None:
    example(machine, "vet-practice").at("2026-02-01 08:00")
    machine("contacts", "import", "contacts.csv")
    machine("event", "send", "events.jsonl")
    for now in ("2026-02-01 08:00", "2026-03-16 12:00", "2026-04-30 12:00"):
        machine.at(now)("run", "--once")
    latest, *before = why(machine, "V14", "--message", "Tick season").split("\n\n")
    assert latest.startswith(
        '2026-04-09 09:00  "Tick season"  send "Tick season": skipped (objection)\n'
    )
    assert "marketing by email  withdrawn" in latest
    (sent,) = before
    assert sent.startswith('2026-03-16 09:00  "Tick season"  send "Tick season": sent')


def test_what_was_taken_back_did_not_go_out(machine: Machine) -> None:
    example(machine, "vet-practice").at("2026-02-01 08:00")
    machine("contacts", "import", "contacts.csv")
    machine("event", "send", "events.jsonl")
    machine.at("2026-04-30 12:00")("run", "--once")
    told = why(machine, "V14", "--message", "Tick season")
    assert '"Tick season"  taken back ("Tick season": objection)' in told


def test_an_end_says_how_it_came_there(machine: Machine) -> None:
    example(machine, "club").at("2026-01-05 08:00")
    machine("contacts", "import", "contacts.csv")
    machine("event", "send", "events.jsonl")
    machine("run", "--once")
    machine.at("2026-04-15 12:00")("run", "--once")
    end, started, sent = why(machine, "M013").splitlines()
    assert end.endswith('"Qualifikation abgelaufen"  abgeschlossen')
    assert "gestartet (qualifikation_abgelaufen: " in started
    assert 'sende "Qualifikation abgelaufen": gesendet (an lukas.maier@example.com)' in sent


def test_the_history_by_address(shop: Machine) -> None:
    by_id = shop("contacts", "history", "a")
    assert "created" in by_id.data
    assert shop("contacts", "history", "A@x.example").data == by_id.data
    unknown = shop("contacts", "history", "nobody@x.example")
    assert (unknown.code, unknown.data) == (1, "")
    assert 'no history of a contact "nobody@x.example"' in unknown.talk


@pytest.mark.parametrize(
    ("was", "now", "gone"),
    [
        ('send "News"\n\ncampaign', 'tag "x"\n\ncampaign', "has no step"),
        ('campaign "Wave"', 'campaign "Surf"', 'the program of today has no campaign "Wave"'),
        ('"News"', '"Bulletin"', 'the program of today has no message "News"'),
        ("if score > 5", "if score > 50", ""),
    ],
)  # fmt: skip
def test_what_was_sent_stays_true_when_the_program_has_changed(
    shop: Machine, was: str, now: str, gone: str
) -> None:
    tagged(shop, "a", "go")
    shop.at("2026-11-22 12:00")("run", "--once")
    assert was in SHOP
    shop.file("shop.flow", SHOP.replace(was, now))
    applied = shop("apply", "--move", "Wave=finish")
    shop("apply")
    told = shop("contacts", "why", "a", "--message", "News")
    assert told.code == 0, (told.talk, applied.talk)
    assert told.data.startswith('2026-11-21 10:00  "Wave"  send "News": sent (to a@x.example)\n')
    assert gone in told.data


def test_an_address_of_several_is_not_one_of_them(shop: Machine) -> None:
    shop("contacts", "import", shop.file("more.csv", "id,email\nc,a@x.example\n"))
    shop("run", "--once")
    asked = shop("contacts", "why", "a@x.example")
    assert (asked.code, asked.data) == (1, "")
    assert asked.talk == (
        'several contacts have the address "a@x.example": "a", "c"; ask for one by its id\n'
    )
    session = shop("repl", "--contact", "a@x.example")
    assert (session.code, session.talk) == (1, asked.talk)


def test_what_one_got_who_was_merged_is_in_the_answer_for_the_one_that_is_kept(
    shop: Machine,
) -> None:
    tagged(shop, "b", "go")
    shop.at("2026-11-21 12:00")
    shop("contacts", "merge", "b", "a")
    shop("run", "--once")
    kept = why(shop, "a", "--message", "News")
    assert kept.startswith('2026-11-21 10:00  "Wave"  send "News": sent (to b@x.example; as "b")\n')
    gone = why(shop, "b", "--message", "News")
    assert gone == f'"b" was merged into "a"\n\n{kept}'


@pytest.mark.parametrize(
    "verb",
    [
        ["contacts", "list"], ["contacts", "show", "a"], ["contacts", "history", "a"],
        ["contacts", "why", "a"], ["contacts", "export", "x.csv"], ["repl", "--contact", "a"],
        ["process", "list"], ["inbox"], ["coupons", "list"], ["report", "campaigns"],
    ],
)  # fmt: skip
def test_who_only_looks_makes_no_store(machine: Machine, verb: list[str]) -> None:
    machine.file("flow.toml", "")
    machine.file("shop.flow", SHOP)
    asked = machine(*verb, "--store", "sqlite:///none/x.db")
    assert (asked.code, asked.data) == (2, "")
    assert "there is no store at none/x.db; `flow contacts import` makes one\n" in asked.talk
    assert not (machine.folder / "none").exists()
