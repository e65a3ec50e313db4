"""Files that are handed in by a command: all that is wrong can be seen, by people and programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.machine import Machine, Outcome

SHOP = """
contact
  score number

coupons "codes"
  when empty halt

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "{{ coupon('codes') }}"

campaign "Hello"
  start when tagged "new"
  send "Hello"
"""
WAYS = ("contacts import", "coupons import codes", "event send", "contacts robinson import")


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.file("flow.toml", '[sender]\nfrom = "Shop <shop@example.com>"\n')
    machine.file("shop.flow", SHOP)
    return machine


def hand_in(
    machine: Machine, way: str, text: str | bytes, name: str = "x.csv", *more: str
) -> Outcome:
    return machine(*way.split(), machine.file(name, text), *more)


def data(done: Outcome) -> dict[str, Any]:
    found = json.loads(done.data)
    assert isinstance(found, dict)
    assert done.code == (1 if any(one["severity"] == "error" for one in found["problems"]) else 0)
    return found


@pytest.mark.parametrize("way", WAYS)
def test_of_many_problems_the_first_are_told_and_json_lists_all(machine: Machine, way: str) -> None:
    header, good, bad = {
        "contacts import": ("email,score", "a{}@b.de,{}", "c{}@b.de,x"),
        "coupons import codes": ("code,value", "A{},5", "B" * 201 + "{},5"),
        "event send": ("", '{{"type": "contact", "contact": "c{}", "id": "{}"}}', "{}"),
        "contacts robinson import": ("email,x", "a{}@b.de,y", "nobody {},y"),
    }[way]
    lines = [(good if n % 10 == 0 else bad).format(n, n) for n in range(500)]
    file = "\n".join([header, *lines, ""])
    name = "x.jsonl" if way == "event send" else "x.csv"
    told = hand_in(machine, way, file, name)
    assert (told.code, told.data) == (1, "")
    assert "... and 430 more (`--output-format json` lists all)\n" in told.talk
    found = data(hand_in(machine, way, file.replace("A", "C"), name, "--output-format", "json"))
    assert (found["file"], found["read"], found["left_out"]) == (name, 500, 450)
    wrong = [one for one in found["problems"] if one["left_out"]]
    assert [one["line"] for one in wrong] == [n + 2 for n in range(500) if n % 10]
    assert all(one["message"] for one in wrong)


def test_what_the_store_refuses_is_left_out_like_what_cannot_be_read(machine: Machine) -> None:
    hand_in(machine, "contacts import", "id,email\na,x@b.de\nb,x@b.de\n")
    machine("run", "--once")
    file = "email,score\nx@b.de,1\ny@b.de,2\nz@b.de,bad\n"
    told = hand_in(machine, "contacts import", file)
    assert told.talk.splitlines()[:3] == [
        "x.csv: 3 rows read, 1 taken, 2 left out",
        "x.csv:2: email: 2 contacts have x@b.de; the row needs an id (row left out)",
        'x.csv:4:2: score: expected a number, got "bad" (row left out)',
    ]
    found = data(hand_in(machine, "contacts import", file, "x.csv", "--output-format", "json"))
    counts = {"read": 3, "taken": 1, "new": 0, "changed": 0, "unchanged": 1, "left_out": 2}
    assert found.items() >= counts.items()
    strict = hand_in(
        machine, "contacts import", file.replace(",bad", ",3").replace("z@", "w@"), "x.csv",
        "--strict", "--output-format", "json",
    )  # fmt: skip
    counts = {"read": 3, "taken": 0, "new": 0, "changed": 0, "unchanged": 0, "left_out": 3}
    assert data(strict).items() >= counts.items()
    assert machine("contacts", "show", "w@b.de").code == 1


def test_objects_of_an_array_in_one_line_are_rows_of_their_own(machine: Machine) -> None:
    people = [{"id": "a", "score": 1}, {"id": "b", "score": 2}, {"email": "c@b.de"}]
    hand_in(machine, "contacts import", json.dumps(people), "x.json")
    machine("run", "--once")
    shown = json.loads(machine("contacts", "list", "--output-format", "json").data)
    assert [(one["id"], one["fields"].get("score")) for one in shown] == [
        ("a", 1), ("b", 2), ("c@b.de", None),
    ]  # fmt: skip
    tag = {"type": "tag", "tag": "new"}
    events = [tag | {"contact": one} for one in ("a", "nobody", "b", "nobody2")]
    sent = hand_in(machine, "event send", json.dumps(events), "x.json", "--output-format", "json")
    assert data(sent).items() >= {"read": 4, "taken": 2, "known": 0, "left_out": 2}.items()
    assert [one["message"] for one in data(sent)["problems"]] == [
        'there is no contact "nobody"', 'there is no contact "nobody2"',
    ]  # fmt: skip
    events = [{"at": "2026-11-20T09:00Z"} | one for one in events]
    played = machine(
        "simulate", ".", "--contacts", machine.file("c.json", json.dumps(people)),
        "--events", machine.file("e.json", json.dumps(events)),
    )  # fmt: skip
    assert "e.json: 4 events read, 2 taken, 2 left out" in played.talk


def test_a_file_without_any_row_is_told_in_json_too(machine: Machine) -> None:
    for way in WAYS:
        found = data(hand_in(machine, way, "", "x.txt", "--output-format", "json"))
        assert (found["read"], found["left_out"]) == (0, 0)
        assert [one["message"] for one in found["problems"]] == ["the file is empty"]
    assert data(
        hand_in(machine, WAYS[1], "A1\nA2\nA1\n", "x.txt", "--output-format", "json")
    ) == {
        "file": "x.txt", "list": "codes", "read": 3, "new": 2, "known": 0, "duplicates": 1,
        "left_out": 0, "free": 2, "halted": [], "problems": [],
    }  # fmt: skip
