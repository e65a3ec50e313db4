"""`flow contacts merge`, as a person calls it."""

from __future__ import annotations

import pytest

from tests.cli.machine import Machine

SHOP = """
contact
  name text

campaign "Welcome"
  start when tagged "new"
  wait 2 days
  tag "welcomed"
"""
PEOPLE = """id,email,name
c1,anna@example.com,Anna
c2,anna@example.org,
"""


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.file("flow.toml", "")
    machine.file("shop.flow", SHOP)
    machine.file("people.csv", PEOPLE)
    machine("contacts", "import", "people.csv")
    machine.events({"contact": "c2", "type": "tag", "tag": "new"})
    machine("run", "--once")
    return machine


def test_one_becomes_part_of_the_other(machine: Machine) -> None:
    merged = machine("contacts", "merge", "c2", "c1")
    assert (merged.code, merged.data) == (0, "")
    assert merged.talk == '"c2" becomes part of "c1"\n`flow run` applies it\n'
    machine("run", "--once")
    assert 'campaign "Welcome": waiting' in machine("contacts", "show", "c1").data
    gone = machine("contacts", "show", "c2")
    assert (gone.code, gone.talk) == (1, 'the contact "c2" was merged into "c1"\n')
    assert 'merged (into "c1")' in machine("contacts", "history", "c2").data
    assert 'merged ("c2" into this one)' in machine("contacts", "history", "c1").data


def test_what_comes_later_goes_to_the_one_that_is_kept(machine: Machine) -> None:
    machine("contacts", "merge", "c2", "c1")
    machine("run", "--once")
    assert machine.events({"contact": "c2", "type": "tag", "tag": "late"}).code == 0
    machine("run", "--once")
    assert "late" in machine("contacts", "show", "c1").data
    imported = machine("contacts", "import", "people.csv")
    assert imported.code == 1
    assert 'people.csv:3: "c2" was merged into "c1"' in imported.talk


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (("c1", "c1"), "a contact cannot be merged into itself"),
        (("c1", "c9"), 'there is no contact "c9"'),
        (("c9", "c1"), 'there is no contact "c9"'),
        (("\x1b[2J", "c1"), 'there is no contact "?[2J"'),
    ],
)
def test_what_cannot_be_merged_is_refused(
    machine: Machine, call: tuple[str, str], why: str
) -> None:
    refused = machine("contacts", "merge", *call)
    assert (refused.code, refused.talk) == (1, f"refused: {why}\n")


def test_it_is_not_done_twice(machine: Machine) -> None:
    machine("contacts", "merge", "c2", "c1")
    machine("run", "--once")
    again = machine("contacts", "merge", "c2", "c1")
    assert again.talk == 'refused: the contact "c2" was merged into "c1"\n'
    back = machine("contacts", "merge", "c1", "c2")
    assert back.talk == 'refused: the contact "c2" was merged into "c1"\n'


def test_the_event_of_the_same_name(machine: Machine) -> None:
    assert machine.events({"contact": "c2", "type": "merge", "into": "c1"}).code == 0
    itself = machine.events({"contact": "c2", "type": "merge", "into": "c2"})
    assert (itself.code, "cannot be merged into itself" in itself.talk) == (1, True)
    machine("run", "--once")
    assert machine("contacts", "show", "c2").talk == 'the contact "c2" was merged into "c1"\n'
