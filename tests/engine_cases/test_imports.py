"""Files that come in: dirty ones, the same one again; read = taken + left out."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.machine import Machine, Outcome
from tests.stores.opening import Database

SHOP = """
contact
  first_name text
  visit datetime
  birthday date

coupons "codes"
  when empty halt

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello"

campaign "Hello"
  runs again
  start when email is set
  send "Hello"
"""


@pytest.fixture
def machine(machine: Machine, database: Database) -> Machine:
    machine.over(database.url)
    machine.file(
        "flow.toml", 'timezone = "Europe/Berlin"\n[sender]\nfrom = "Shop <shop@example.com>"\n'
    )
    machine.file("shop.flow", SHOP)
    return machine


def counts(done: Outcome) -> tuple[int, int, int]:
    """How many rows were read, taken and left out, as the report says."""
    found = re.search(r"([\d,]+) rows? read, ([\d,]+) taken, ([\d,]+) left out", done.talk)
    assert found is not None, done.talk
    read, taken, left_out = (int(one.replace(",", "")) for one in found.groups())
    return read, taken, left_out


def fields(machine: Machine, contact: str) -> dict[str, str]:
    shown = machine("contacts", "show", contact, "--output-format", "json")
    found = json.loads(shown.data)["fields"]
    assert isinstance(found, dict)
    return found


def test_a_thousand_of_whom_ten_live_nowhere_all_get_their_mail(machine: Machine) -> None:
    """parcelvoy#610."""
    rows = [
        f"c{one},c{one}@example.com,{'Europe/Atlantis' if one % 100 == 7 else 'Europe/Vienna'}"
        for one in range(1_000)
    ]
    machine.file("c.csv", "\n".join(["id,email,timezone", *rows, ""]))
    done = machine("contacts", "import", "c.csv")
    assert counts(done) == (1_000, 1_000, 0)
    lines = re.findall(r"c\.csv:(\d+):3: warning: .*Atlantis", done.talk)
    assert lines == [str(one + 2) for one in range(7, 1_000, 100)]
    assert "sent       Hello 1,000" in machine("run", "--once").talk
    assert len(list((machine.folder / ".flow" / "outbox").iterdir())) == 1_000


def test_a_moment_without_an_offset_is_the_workspaces(machine: Machine) -> None:
    """mautic PR#9854: date-times taken as UTC."""
    machine.file(
        "c.csv",
        "id,email,visit\na,a@example.com,2026-12-01 18:00\n"
        "b,b@example.com,2026-12-01T18:00:00+00:00\nc,c@example.com,2026-07-01 18:00\n",
    )
    assert counts(machine("contacts", "import", "c.csv")) == (3, 3, 0)
    machine("run", "--once")
    assert [fields(machine, one)["visit"] for one in "abc"] == [
        "2026-12-01T17:00:00+00:00", "2026-12-01T18:00:00+00:00", "2026-07-01T16:00:00+00:00",
    ]  # fmt: skip


def test_a_date_that_cannot_be_read_leaves_its_row_out_and_nothing_else(machine: Machine) -> None:
    """mautic PR#2885: 11/1/16, 00-00-0000."""
    bad = ["11/1/16", "00-00-0000", "2026-02-30", "yesterday", "31.02.2026"]
    good = ["2026-02-28", "28.2.2026", ""]
    rows = [f"c{one},c{one}@example.com,{day}" for one, day in enumerate([*good, *bad])]
    machine.file("c.csv", "\n".join(["id,email,birthday", *rows, ""]))
    done = machine("contacts", "import", "c.csv")
    assert done.code == 1
    assert counts(done) == (8, 3, 5)
    for line, day in enumerate(bad, 5):
        assert re.search(rf"c\.csv:{line}:3: .*birthday.*{re.escape(day)}", done.talk), done.talk
    machine("run", "--once")
    assert [fields(machine, f"c{one}").get("birthday") for one in (0, 1)] == ["2026-02-28"] * 2
    assert machine("contacts", "show", "c3").code != 0


def test_the_same_file_again_changes_nothing_and_starts_nobody(machine: Machine) -> None:
    """teamforus/Forus#1386, for contacts; mautic PR#16183."""
    rows = [f"c{one},c{one}@example.com,N{one}" for one in range(30)]
    machine.file("c.csv", "\n".join(["id,email,first_name", *rows, ""]))
    machine("contacts", "import", "c.csv")
    assert "sent       Hello 30" in machine("run", "--once").talk
    before = [machine("contacts", "history", f"c{one}").data for one in (0, 29)]
    again = machine("contacts", "import", "c.csv")
    assert "0 new, 0 changed, 30 as they were" in again.talk
    assert "sent " not in machine.at("2026-11-21 10:00")("run", "--once").talk
    assert [machine("contacts", "history", f"c{one}").data for one in (0, 29)] == before


def test_codes_that_come_again_by_any_file_are_known_and_left_out(machine: Machine) -> None:
    """teamforus/Forus#1386: the same CSV uploaded twice."""
    codes = [f"K{one:02}" for one in range(20)]
    machine.file("a.csv", "code\n" + "".join(f"{one}\n" for one in codes))
    machine.file("a.txt", "".join(f"{one}\n" for one in reversed(codes)))
    machine.file("b.txt", "K19\nNEW\nNEW\nK01\n")

    def imported(name: str) -> str:
        talk = machine("coupons", "import", "codes", name).talk
        return next(line for line in talk.splitlines() if line.startswith('"codes"'))

    assert "20 read, 20 new, 0 known" in imported("a.csv")
    assert "20 read, 0 new, 20 known" in imported("a.csv")
    assert "20 read, 0 new, 20 known" in imported("a.txt")
    assert "4 read, 1 new, 2 known, 1 twice in the file" in imported("b.txt")
    assert machine("coupons", "list").data == "codes: 21 left, 0 used\n"
