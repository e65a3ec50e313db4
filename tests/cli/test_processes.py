"""Processes, imports and the inbox, as a person handles them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from typing import Any

import pytest

from flowlang.stores import open_store
from tests.cli.calling import FLOW
from tests.cli.machine import Machine

SHOP = """
contact
  score number

coupons "codes"
  when empty halt

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello."

message "Offer"
  kind service
  channel email
  subject "{{ coupon('codes') }}"
  body "Here."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  wait 1 day
  send "Offer"

campaign "Late"
  start when tagged "late"
  send "Offer"

automation "After the shop"
  on import finished where source = "shop" and taken > 1
  notify inbox "the shop's people are here"
"""
NEVER = """
message "Never"
  kind service
  channel email
  subject "Never"
  body "Never."
"""
PEOPLE = "id,email,tags\na,a@example.com,new\nb,b@example.com,new\nc,c@example.com,\n"


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.file("flow.toml", '[sender]\nfrom = "Shop <shop@example.com>"\n')
    machine.file("shop.flow", SHOP)
    machine.file("people.csv", PEOPLE)
    return machine


@pytest.fixture
def running(machine: Machine) -> Machine:
    """Two have come to "Hello" and have its message."""
    machine("contacts", "import", "people.csv")
    machine("run", "--once")
    return machine


def listed(machine: Machine, *args: str) -> list[dict[str, Any]]:
    found = json.loads(machine("process", "list", "--output-format", "json", *args).data)
    assert isinstance(found, list)
    return found


def one(machine: Machine, kind: str, name: str) -> dict[str, Any]:
    return next(row for row in listed(machine) if (row["type"], row["name"]) == (kind, name))


def halted(machine: Machine) -> None:
    machine.at("2026-11-21 11:00")
    assert "halted     Offer: 2 wait" in machine("run", "--once").talk


# ---------------------------------------------------------------------- looking


def test_there_is_a_line_for_each_process_with_its_progress(running: Machine) -> None:
    done = running("process", "list")
    assert done.code == 0
    assert [line.split() for line in done.data.splitlines()] == [
        ["type", "name", "of", "status", "done"],
        ["4", "message", "send", "Hello", "Hello", "running", "2", "of", "2"],
        ["1", "import", "contacts", "people.csv", "finished", "3", "of", "3"],
        ["2", "campaign", "Hello", "running", "0", "of", "2"],
        ["3", "campaign", "Late", "running", "0", "of", "0"],
    ]  # fmt: skip


def test_the_version_that_is_listed_is_the_one_that_was_applied(running: Machine) -> None:
    before = one(running, "campaign", "Late")["version"]
    running.file("shop.flow", SHOP.replace('tagged "late"', 'tagged "later"'))
    running("run", "--once")
    assert one(running, "campaign", "Late")["version"] == before
    running("apply")
    assert one(running, "campaign", "Late")["version"] != before


def test_processes_are_filtered_by_type_and_status(running: Machine) -> None:
    assert [row["name"] for row in listed(running, "--type", "message send")] == ["Hello"]
    assert [row["name"] for row in listed(running, "--status", "finished")] == ["people.csv"]
    assert running("process", "list", "--status", "halted").code == 0
    halted(running)
    assert running("process", "list", "--status", "halted").code == 1
    assert running("process", "list", "--status", "hafted").code == 2
    assert running("process", "list", "--type", "send").code == 2


def test_all_of_one_process_is_shown_with_what_can_be_done(running: Machine) -> None:
    halted(running)
    done = running("process", "show", "Offer")
    number = one(running, "message send", "Offer")["number"]
    assert done.code == 1
    assert done.data.splitlines() == [
        f'{number}  message send "Offer" of "Hello"',
        'status    halted; the coupon list "codes" is empty',
        "progress  0 of 2: 2 halted",
        "started   2026-11-21 10:00",
        "since     2026-11-21 10:00",
        'next      missing 2 codes in "codes": `flow coupons import "codes" FILE`',
        f"next      `flow process pause {number}`, `flow process cancel {number}`",
    ]
    shown = json.loads(running("process", "show", str(number), "--output-format", "json").data)
    assert (shown["status"], shown["waiting"], shown["of"]) == ("halted", 2, 2)
    running("process", "pause", str(number))
    running("run", "--once")
    assert running("process", "show", str(number)).code == 0


def test_what_is_over_is_watched_in_one_line(running: Machine) -> None:
    done = running("process", "show", "people.csv", "--watch")
    assert (done.code, done.data) == (0, "finished, 3 of 3\n")


def test_a_name_that_several_have_is_refused_with_their_numbers(running: Machine) -> None:
    done = running("process", "show", "Hello")
    assert done.code == 2
    assert 'say which by its number: 2 the campaign "Hello", 4 the message send' in done.talk
    assert running("process", "pause", "Hello").code == 2
    assert running("process", "show", "2").code == 0
    near = running("process", "show", "people.cvs")
    assert near.code == 2
    assert "did you mean `people.csv`?" in near.talk


def test_a_send_that_nobody_has_come_to_is_known(running: Machine) -> None:
    running.file("shop.flow", SHOP + NEVER)
    running("apply")
    several = running("process", "show", "Offer")
    assert several.code == 2
    assert 'say which, as in "Hello: Offer", "Late: Offer"' in several.talk
    assert running("process", "pause", "Offer").code == 2

    done = running("process", "show", "Late: Offer")
    assert (done.code, done.data.splitlines()) == (0, [
        'message send "Offer" of "Late"',
        "status    waiting; nobody has come to it yet",
        "progress  0 of 0",
        'next      `flow process pause "Late: Offer"`, `flow process cancel "Late: Offer"`',
    ])  # fmt: skip
    found = running("process", "show", "Late: Offer", "--output-format", "json")
    shown = json.loads(found.data)
    assert (shown["number"], shown["status"], shown["by"]) == (None, "waiting", "Late")

    assert running("process", "pause", "Late: Offer").code == 0
    running("run", "--once")
    assert one(running, "message send", "Offer")["by"] == "Late"
    assert "paused" in running("process", "show", "Late: Offer").data

    none = running("process", "show", "Never", "--output-format", "json")
    assert (none.code, none.data, none.talk) == (
        0, "null\n", 'nothing of "Never" was sent yet\n',
    )  # fmt: skip
    assert running("process", "show", "Nobody: Never").code == 2


def test_the_version_of_a_campaign_is_the_one_that_apply_speaks_of(running: Machine) -> None:
    assert "version   1, applied 2026-11-20 10:00 by ada" in running("process", "show", "2").data
    running.file("shop.flow", SHOP + NEVER)
    running.at("2026-11-20 11:00")("apply", "--who", "ben")
    assert "version   2, applied 2026-11-20 11:00 by ben" in running("process", "show", "2").data
    assert one(running, "campaign", "Hello")["version"] == 2
    assert "version" not in running("process", "show", "people.csv").data


def test_on_a_terminal_bars_are_drawn(running: Machine) -> None:
    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "NO_COLOR": "1"}
    subprocess.run(
        [*FLOW, "process", "list"], cwd=running.folder, stdout=side, env=environment, check=True
    )
    os.close(side)
    shown = os.read(main, 65_536).decode()
    os.close(main)
    assert "━━━━" in shown
    assert "people.csv" in shown


# ---------------------------------------------------------------------- doing


def test_a_campaign_is_paused_and_goes_on(running: Machine) -> None:
    done = running("process", "pause", "2", "--because", "the price is wrong")
    assert (done.code, done.talk) == (0, '"Hello": paused as soon as `flow run` applies it\n')
    running("run", "--once")
    found = one(running, "campaign", "Hello")
    assert (found["status"], found["who"]) == ("paused", "ada")
    assert found["because"] == "the price is wrong"
    assert "by ada: the price is wrong" in running("process", "list").data
    running.at("2026-11-21 11:00")
    running("run", "--once")
    assert one(running, "campaign", "Hello")["held"] == 2
    assert "waiting, held (paused)" in running("contacts", "show", "a").data
    assert "held (paused)" in running("contacts", "history", "a").data
    assert running("process", "pause", "2").talk == (
        'refused: the campaign "Hello" is paused already\n'
    )
    assert running("process", "resume", "Hello", "--skip-overdue", "--who", "ben").code == 0
    assert "skipped    Offer: overdue 2" in running("run", "--once").talk
    assert "passed over (overdue)" in running("contacts", "history", "a").data


def test_a_send_is_cancelled_and_resumed(running: Machine) -> None:
    halted(running)
    assert running("process", "cancel", "Offer").talk == (
        '"Offer": cancelled as soon as `flow run` applies it\n'
    )
    assert "skipped    Offer: cancelled 2" in running("run", "--once").talk
    found = one(running, "message send", "Offer")
    assert (found["status"], found["reasons"]) == ("cancelled", {"cancelled": 2})
    assert running("process", "resume", "Offer").code == 0
    running("run", "--once")
    assert one(running, "message send", "Offer")["status"] == "running"


def test_a_send_that_nobody_has_come_to_is_paused_where_it_is_clear_which(
    running: Machine,
) -> None:
    several = running("process", "pause", "Offer")
    assert several.code == 2
    assert 'say which, as in "Hello: Offer", "Late: Offer"' in several.talk
    assert running("process", "pause", "Late: Offer").talk.startswith('"Offer": paused')
    assert running("process", "pause", "Late").code == 0


def test_what_cannot_be_done_is_refused(running: Machine) -> None:
    for verb, which, why in (
        ("pause", "people.csv", "is finished: nothing more happens"),
        ("cancel", "2", "cannot be cancelled: pause it, or take it out of the program"),
        ("resume", "4", "is running"),
        ("resume", "Offer", '"Offer" is not halted: nobody waits for it'),
    ):
        done = running("process", verb, which)
        assert done.code == 1
        assert why in done.talk
    assert running("process", "cancel", "Offr").code == 2


def test_what_is_asked_for_twice_is_done_once_and_is_no_error(running: Machine) -> None:
    halted(running)
    running("coupons", "import", "codes", running.file("a.txt", "A1\nA2\n"))
    assert running("process", "resume", "Offer").code == 0
    assert one(running, "message send", "Offer")["asked for"] == "resume"
    assert "resume asked for" in running("process", "list").data
    again = running("process", "resume", "Offer")
    assert (again.code, "resume is asked for already" in again.talk) == (0, True)
    assert running("process", "pause", "2").code == 0
    assert "pause is asked for already" in running("process", "pause", "2").talk
    assert running("run", "--once").code == 0
    assert "asked for" not in one(running, "message send", "Offer")


def test_what_finds_nothing_to_do_any_more_is_no_error_of_the_run(running: Machine) -> None:
    halted(running)
    running("coupons", "import", "codes", running.file("a.txt", "A1\nA2\n"))
    running.events(*({"type": "delete", "contact": who} for who in "ab"))
    assert running("process", "resume", "Offer").code == 0
    done = running("run", "--once")
    assert done.code == 0, done.talk
    assert "nothing to resume: " in done.talk


def test_only_what_can_be_resumed_is_guessed(running: Machine) -> None:
    assert "none that can be resumed" in running("process", "resume", "99").talk
    halted(running)
    told = running("process", "resume", "99").talk
    assert "Offer" in told
    assert "people.csv" not in told


GROUP = """
segment "all"
  email is set

coupons "gift"
  when empty halt

message "Gift"
  kind service
  channel email
  subject "{{ coupon('gift') }}"
  body "Here."

automation "Gifts"
  on import finished where source = "shop"
  send "Gift" to segment "all"
"""


def test_two_group_sends_of_one_message_are_counted_and_resumed_each_for_itself(
    machine: Machine,
) -> None:
    machine.file("shop.flow", GROUP)
    machine("contacts", "import", "people.csv", "--source", "shop")
    machine("run", "--once")
    machine.file("more.csv", "id,email\nd,d@example.com\n")
    machine.at("2026-11-20 11:00")
    machine("contacts", "import", "more.csv", "--source", "shop")
    machine("run", "--once")
    first, second = (row for row in listed(machine) if row["type"] == "group send")
    assert [(row["halted"], row["waiting"]) for row in (first, second)] == [(3, 3), (4, 4)]
    shown = machine("process", "show", str(first["number"])).data
    assert "progress  0 of 3: 3 halted\n" in shown
    machine("coupons", "import", "gift", machine.file("a.txt", "A1\nA2\nA3\n"))
    assert "missing 4 codes" in machine("process", "resume", "Gift").talk
    assert "missing 1 code" in machine("process", "resume", str(second["number"])).talk
    done = machine("process", "resume", str(first["number"]))
    assert (done.code, done.talk) == (0, '"Gift": 3 go on as soon as `flow run` applies it\n')
    machine("run", "--once")
    first, second = (row for row in listed(machine) if row["type"] == "group send")
    assert (first["status"], first["done"], first["halted"]) == ("finished", 3, 0)
    assert (second["status"], second["done"], second["halted"]) == ("halted", 0, 4)


# ---------------------------------------------------------------------- imports


def test_an_import_is_a_process_that_is_finished_when_its_rows_are_applied(
    machine: Machine,
) -> None:
    machine("contacts", "import", "people.csv", "--source", "shop")
    (waits,) = listed(machine)
    assert (waits["status"], waits["done"], waits["of"]) == ("waiting", 0, 3)
    machine("run", "--once")
    found = one(machine, "import contacts", "people.csv")
    assert (found["status"], found["done"], found["ended"]) == (
        "finished",
        3,
        "2026-11-20T10:00:00Z",
    )
    told = machine("inbox").data
    assert "contacts from people.csv: 3 rows read, 3 taken, 0 left out; 3 new" in told
    assert "the shop's people are here" in told


def test_an_import_that_changes_nothing_is_finished_all_the_same(running: Machine) -> None:
    running("contacts", "import", "people.csv")
    running("run", "--once")
    imports = listed(running, "--type", "import contacts")
    assert [row["status"] for row in imports] == ["finished", "finished"]


def test_rows_that_are_left_out_are_counted_in_the_process(machine: Machine) -> None:
    machine.file("people.csv", PEOPLE + "d,nowhere,\n")
    assert machine("contacts", "import", "people.csv", "--strict").code == 1
    assert not (machine.folder / ".flow").exists()
    assert machine("contacts", "import", "people.csv").code == 1
    machine("run", "--once")
    found = one(machine, "import contacts", "people.csv")
    assert (found["done"], found["reasons"], found["of"]) == (3, {"left out": 1}, 4)


def test_a_file_that_is_no_table_of_contacts_changes_nothing(machine: Machine) -> None:
    machine.file("people.csv", b"PK\x03\x04 whatever")
    assert machine("contacts", "import", "people.csv").code == 1
    assert machine("process", "list").talk == "there is no process\n"
    assert machine("inbox").data == ""


def test_an_import_of_codes_is_a_process_and_says_what_can_go_on(running: Machine) -> None:
    halted(running)
    running.file("a.txt", "A1\n")
    too_few = running("coupons", "import", "codes", "a.txt")
    assert '"Offer" is still halted: missing 1 code in "codes"' in too_few.talk
    running.file("b.txt", "A1\nA2\nA2\n" + "x" * 201 + "\n")
    enough = running("coupons", "import", "codes", "b.txt")
    assert enough.code == 1
    assert "b.txt:4: the code is longer than 200 characters (row left out)" in enough.talk
    assert '"codes": 4 read, 1 new, 1 known, 1 twice in the file, 1 left out; 2 are free now' in (
        enough.talk
    )
    assert '"Offer" is halted; `flow process resume "Offer"` can go on now' in enough.talk
    found = listed(running, "--type", "import coupons")[-1]
    assert (found["status"], found["done"], found["of"]) == ("finished", 1, 4)
    assert found["reasons"] == {"known": 1, "left out": 1, "twice in the file": 1}
    assert 'coupons from b.txt: "codes": 4 read' in running("inbox").data


@pytest.mark.parametrize(
    ("text", "options", "codes"),
    [
        ("1;A 1;x\n2;A 2;y\n", ["--column", "2", "--delimiter", ";"], ["A 1", "A 2"]),
        ("no|ticket\n1|A1\n", ["--column", "Ticket"], ["A1"]),
        ("no\tticket\n1\tA1\n", ["--column", "2", "--delimiter", "tab"], ["A1"]),
        ("2,1\nA,B\n", ["--column", "1", "--header"], ["B"]),
        ("code\nA1\n", ["--no-header"], ["code", "A1"]),
        ("first\nA1\n", ["--header"], ["A1"]),
        ("Ä1\n".encode("cp1252"), [], ["Ä1"]),
        ("Ä1\n".encode("cp437"), ["--encoding", "cp437"], ["Ä1"]),
        ("\ufeffA1\n", [], ["A1"]),
    ],
)
def test_codes_are_read_as_a_person_says(
    machine: Machine, text: str | bytes, options: list[str], codes: list[str]
) -> None:
    done = machine("coupons", "import", "codes", machine.file("codes.txt", text), *options)
    assert done.code == 0, done.talk
    store = open_store("sqlite:///.flow/state.db", machine.folder)
    assert [code for _, code in store.free_codes("codes", 0, 9)] == codes
    store.close()


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (
            "no;ticket\n1;A1\n",
            ["--column", "code"],
            'no column "code"; the first row is `no`, `ticket`',
        ),
        ("1;A1\n", ["--column", "3"], 'there is no column "3"'),
        ("no;ticket\n1;A1\n", ["--column", "ticket", "--no-header"], 'no column "ticket"'),
        (
            "5;A1\n6;A2\n",
            ["--delimiter", ";"],
            '1 ("5"), 2 ("A1"); head one `code`, or say --column',
        ),
        ("", [], "the file is empty"),
        ("code\n", [], "there is no code in this file"),
        (b"PK\x03\x04", [], "a zip or Excel file"),
        (b"\xff\xfe\x00", ["--encoding", "utf-8"], "the text is not utf-8"),
    ],
)
def test_a_file_without_such_codes_is_told_in_one_line_and_changes_nothing(
    machine: Machine, text: str | bytes, options: list[str], says: str
) -> None:
    done = machine("coupons", "import", "codes", machine.file("codes.txt", text), *options)
    assert done.code == 1
    assert says in done.talk
    assert len(done.talk.splitlines()) == 1
    assert not (machine.folder / ".flow").exists()


def test_options_that_cannot_be_meant_are_told(machine: Machine) -> None:
    machine.file("a.txt", "A1\n")
    for option in (["--delimiter", ";;"], ["--encoding", "klingon"], ["--delimiter", "\n"]):
        assert machine("coupons", "import", "codes", "a.txt", *option).code == 2


# ---------------------------------------------------------------------- contacts and the inbox


def test_contacts_are_listed_by_a_condition(running: Machine) -> None:
    done = running("contacts", "list", "--where", 'tagged "new"')
    assert done.data == "a  a@example.com  new\nb  b@example.com  new\n"
    assert running("contacts", "list", "--limit", "1").talk == (
        "there are more than 1; `--limit` shows more\n"
    )
    found = json.loads(running("contacts", "list", "--output-format", "json").data)
    assert [row["id"] for row in found] == ["a", "b", "c"]
    assert running("contacts", "list", "--where", "scor > 1").code == 2
    assert running("contacts", "list", "--where", "score > 1").talk == "there is no such contact\n"


def test_what_was_cleared_from_the_inbox_is_not_shown_again(running: Machine) -> None:
    halted(running)
    first = running("inbox", "--clear")
    assert "is halted" in first.data
    assert running("inbox").talk == "the inbox is empty\n"
    assert running("inbox", "--all").data == first.data
    running("coupons", "import", "codes", running.file("a.txt", "A1\n"))
    assert len(running("inbox").data.splitlines()) == 1


@pytest.mark.parametrize("verb", ["list", "show", "pause", "resume", "cancel"])
def test_every_verb_has_help_with_an_example(machine: Machine, verb: str) -> None:
    done = machine("process", verb, "--help")
    assert done.code == 0
    assert "Example: flow process" in done.data
