"""Automations as a person runs them: `flow run`, `flow automation`, `flow simulate`."""

from __future__ import annotations

import json

import pytest

from tests.cli.machine import Machine

SHOP = """
contact
  score number

segment "hot"
  score >= 50

coupons "gift"
  when empty skip

message "Tips"
  kind service
  channel email
  subject "Tips"
  body "Three tips"

automation "After the import"
  on import finished
  send "Tips" to segment "hot" spread over 2 hours
  report to "ops@example.com"

automation "Monday figures"
  every monday at 07:00
  export contacts where score >= 50 to "out/hot-{date}.csv"
  export report "messages" to "out/messages.csv"

automation "Refill"
  refill coupons "gift" from "more.txt"
  if failed
    notify inbox "no more codes"
"""
PEOPLE = "id,email,score\nanna,anna@example.com,60\nben,ben@example.com,70\ncleo,,1\n"


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.file("flow.toml", 'timezone = "Europe/Berlin"\n[sender]\nfrom = "shop@example.com"\n')
    machine.file("shop.flow", SHOP)
    machine.file("people.csv", PEOPLE)
    return machine


def test_an_import_by_hand_sets_a_group_send_off_and_its_result_is_mailed(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    assert "sent       Tips 1" in machine("run", "--once").talk
    machine.at("2026-11-20 12:00")
    assert machine("run", "--once").code == 0
    assert 'to ops@example.com: "Tips": 2 sent' in machine("inbox").data
    mails = [file.read_text() for file in (machine.folder / ".flow" / "outbox").glob("*.eml")]
    assert sum("To: ops@example.com" in mail for mail in mails) == 1
    processes = machine("process", "list", "--type", "group send", "--output-format", "json")
    assert [one["status"] for one in json.loads(processes.data)] == ["finished"]


def test_a_schedule_writes_its_files_also_when_it_was_missed(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine("run", "--once")
    machine.at("2026-11-25 12:00")
    machine("run", "--once")
    lines = (machine.folder / "out" / "hot-2026-11-23.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["anna", "ben"]
    # One of two was handed over by the run before; the other waits while the report is written.
    figures = (machine.folder / "out" / "messages.csv").read_text().splitlines()
    assert [line[:10] for line in figures[1:]] == ["Tips,1,1,0"]
    listed = machine("automation", "list").data
    assert "Monday figures: last run 2026-11-23 07:00, next run 2026-11-30 07:00" in listed
    assert "under way" not in listed
    assert not any(file.name.startswith(".") for file in (machine.folder / "out").iterdir())


def test_an_automation_is_run_by_hand_and_its_history_can_be_read(machine: Machine) -> None:
    assert "there is no store" in machine("automation", "history").talk
    assert machine("automation", "run", "Refill").code == 0
    assert machine("run", "--once").code == 0
    assert "no more codes" in machine("inbox").data
    history = machine("automation", "history", "Refill").data
    assert "started (run by hand)" in history
    assert "failed" in history
    assert machine("automation", "history", "After the import").code == 1
    assert "did you mean `Refill`" in machine("automation", "run", "Refil").talk
    machine.file("more.txt", "A1\nA2\n")
    machine.events({"type": "run automation", "automation": "Refill"})
    machine("run", "--once")
    assert "gift: 2 left" in machine("coupons", "list").data


def test_a_simulation_runs_automations_and_writes_nothing(machine: Machine) -> None:
    machine.file("more.txt", "A1\nA2\n")
    machine.file("e.jsonl", '{"type": "run automation", "automation": "Refill",'
                 ' "at": "2026-11-20 10:00"}\n')  # fmt: skip
    done = machine(
        "simulate", "--contacts", "people.csv", "--events", "e.jsonl", "--until", "2026-11-24",
        "--timeline", "t.jsonl", "--output-format", "json",
    )  # fmt: skip
    assert json.loads(done.data)["coupons"]["gift"]["left"] == 2
    assert json.loads(done.data)["contacts"] == 3
    assert not (machine.folder / "out").exists()
    told = (machine.folder / "t.jsonl").read_text()
    assert "2 contacts to out/hot-2026-11-23.csv" in told
