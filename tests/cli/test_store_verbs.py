"""The verbs that open a store, as a person calls them."""

from __future__ import annotations

import json
import re

import psycopg
import pytest
from psycopg import sql

from tests.cli.machine import Machine

WEBINAR = """
contact
  first_name    text
  score         number
  webinar_date  datetime

coupons "early-bird"
  when empty halt

event purchase
  total number

message "Confirmation"
  kind service
  channel email
  subject "You are in, {{ first_name | default('friend') }}!"
  body "See you."

message "Offer"
  kind marketing
  channel email
  subject "Your code {{ coupon('early-bird') }}"
  body "Use {{ coupon('early-bird') }}."

campaign "Webinar"
  start when tagged "webinar" and webinar_date is set
  untag "webinar"
  send "Confirmation"
  wait until 2 hours after webinar_date
  send "Offer"
  restart tagging "webinar again"
"""
TOML = """
timezone = "Europe/Berlin"
[sender]
from = "Shop <shop@example.com>"
unsubscribe_url = "https://shop.example.com/u"
"""
PEOPLE = """id,email,first_name,score,webinar_date,consent
c1,anna@example.com,Anna,60,2026-12-01 18:00,marketing by email
c2,ben@example.com,Ben,,2026-12-01 18:00,marketing by email
c3,cleo@example.com,Cleo,5,,
"""


@pytest.fixture
def machine(machine: Machine) -> Machine:
    machine.file("flow.toml", TOML)
    machine.file("webinar.flow", WEBINAR)
    machine.file("people.csv", PEOPLE)
    return machine


def test_a_webinar_from_the_import_to_the_offer(machine: Machine) -> None:
    imported = machine("contacts", "import", "people.csv")
    assert imported.code == 0
    assert "3 new, 0 changed, 0 as they were" in imported.talk
    machine.file("codes.txt", "A1\nA2\nA1\n")
    codes = machine("coupons", "import", "early-bird", "codes.txt")
    assert '"early-bird": 3 read, 2 new, 0 known, 1 twice in the file' in codes.talk
    tags = [{"contact": f"c{number}", "type": "tag", "tag": "webinar"} for number in (1, 2, 3)]
    assert "3 read, 3 taken" in machine.events(*tags).talk

    first = machine("run", "--once")
    assert first.code == 0
    assert first.data == ""
    assert "sent       Confirmation 2" in first.talk
    assert "delivered  2 to .flow/outbox" in first.talk
    mails = sorted((machine.folder / ".flow" / "outbox").iterdir())
    assert [mail.suffix for mail in mails] == [".eml", ".eml"]
    assert b"Subject: You are in, Anna!" in mails[0].read_bytes() + mails[1].read_bytes()

    machine.at("2026-12-01 20:00")
    assert "sent       Offer 2" in machine("run", "--once").talk
    assert machine("coupons", "list").data == "early-bird: 0 left, 2 used\n"
    again = machine("run", "--once")
    assert "sent" not in again.talk
    assert "delivered" not in again.talk
    assert len(list((machine.folder / ".flow" / "outbox").iterdir())) == 4

    shown = json.loads(
        machine("contacts", "show", "anna@example.com", "--output-format", "json").data
    )
    assert shown["id"] == "c1"
    assert shown["campaigns"][0]["status"] == "waiting for restart"
    history = machine("contacts", "history", "c1")
    assert (
        '2026-12-01 20:00  "Webinar"  send "Offer": sent'
        ' (to anna@example.com, code A1 of "early-bird")\n'
    ) in history.data
    text = machine("contacts", "show", "c1").data
    assert "\n  webinar_date: 2026-12-01 18:00\n" in text
    assert '\n  got "Offer" at 2026-12-01 20:00\n' in text
    line = json.loads(
        machine("contacts", "history", "c1", "--output-format", "json").data.splitlines()[0]
    )
    assert list(line) == ["at", "contact", "campaign", "round", "step", "line", "what", "because"]


def test_an_import_of_the_same_rows_changes_nothing_and_starts_nobody(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine.events(
        {"contact": "c1", "type": "tag", "tag": "webinar"},
        {"contact": "c1", "type": "set", "field": "score", "value": 99},
    )
    assert "0 new, 0 changed, 3 as they were" in machine("contacts", "import", "people.csv").talk
    machine("run", "--once")
    assert "0 new, 0 changed, 3 as they were" in machine("contacts", "import", "people.csv").talk
    assert "arrivals   0 applied" in machine("run", "--once").talk
    machine.file("people.csv", PEOPLE.replace("Cleo,5", "Cleo,6"))
    assert "0 new, 1 changed, 2 as they were" in machine("contacts", "import", "people.csv").talk
    machine("run", "--once")
    assert "score: 6" in machine("contacts", "show", "c3").data


def test_a_row_without_an_id_is_found_by_its_address(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine("run", "--once")
    machine.file("more.csv", "email,score\nAnna@Example.com,61\nnew@example.com,1\n")
    assert "1 new, 1 changed" in machine("contacts", "import", "more.csv").talk
    machine("run", "--once")
    assert "score: 61" in machine("contacts", "show", "c1").data
    assert machine("contacts", "show", "new@example.com").code == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_row_without_an_id_is_found_by_an_address_that_has_just_arrived(
    machine: Machine, kind: str, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        machine.over(request.getfixturevalue("postgresql_url"))

    def taken(rows: str) -> str:
        machine.file("rows.csv", rows)
        return machine("contacts", "import", "rows.csv").talk

    assert "3 new" in taken(PEOPLE)
    assert "0 new, 1 changed" in taken("email,score\nanna@example.com,61\n")
    machine("run", "--once")
    assert "0 new, 1 changed" in taken("id,email\nc1,anne@example.com\n")
    assert "0 new, 1 changed" in taken("email,first_name\nAnne@example.com,Anne\n")
    machine.events({"contact": "c2", "type": "set", "field": "email", "value": "ben@example.org"})
    machine.events({"contact": "e1", "type": "contact", "email": "e@example.com"})
    assert "1 new, 2 changed" in taken(
        "email,score\nben@example.org,1\ne@example.com,2\nben@example.com,3\n"
    )
    machine("run", "--once")
    rows = machine("contacts", "export", "-").data.splitlines()
    found = sorted(",".join(row.split(",")[:2]) for row in rows[1:])
    assert found == [
        "ben@example.com,ben@example.com", "c1,Anne@example.com", "c2,ben@example.org",
        "c3,cleo@example.com", "e1,e@example.com",
    ]  # fmt: skip
    assert "first_name: Anne" in machine("contacts", "show", "c1").data


def test_an_address_that_several_contacts_have_is_asked_about(machine: Machine) -> None:
    machine.file("two.csv", "id,email\nd1,two@example.com\nd2,two@example.com\n")
    machine("contacts", "import", "two.csv")
    machine("run", "--once")
    for verb in ("show", "history", "why"):
        done = machine("contacts", verb, "Two@example.com")
        assert (done.code, done.data) == (1, "")
        assert 'several contacts have the address "Two@example.com": "d1", "d2"' in done.talk
        assert machine("contacts", verb, "d2").code == 0


def test_bad_rows_are_told_and_the_good_ones_taken(machine: Machine) -> None:
    machine.file(
        "dirty.csv",
        "id,email,score,Firma\nd1,a@example.com,1,Nord\nd2,b@example.com,viele,Süd\nd1,c@example.com,3,West\n",
    )
    done = machine("contacts", "import", "dirty.csv")
    assert done.code == 1
    assert "3 rows read, 1 taken, 2 left out" in done.talk
    assert "dirty.csv:1:4: warning: Firma: there is no such field" in done.talk
    assert 'dirty.csv:3:3: score: expected a number, got "viele"' in done.talk
    assert 'dirty.csv:4:1: id: the id "d1" is already in line 2' in done.talk
    strict = machine("contacts", "import", "dirty.csv", "--strict")
    assert (strict.code, "nothing was taken" in strict.talk) == (1, True)


def test_a_column_too_many_is_told_and_refuses_nothing(machine: Machine) -> None:
    machine.file("people.csv", "id,E-Mail,Firma\nd1,a@example.com,Nord\n")
    done = machine("contacts", "import", "people.csv", "--strict")
    assert done.code == 0
    assert "people.csv:1:2: warning: E-Mail: the column is read as `email`" in done.talk
    assert "people.csv:1:3: warning: Firma: there is no such field" in done.talk
    assert "1 new" in done.talk


def test_a_column_that_means_a_field_of_another_name_is_a_mistake(machine: Machine) -> None:
    machine.file("people.csv", "id,E-Mail,Vorname\nd1,a@example.com,Anna\n")
    strict = machine("contacts", "import", "people.csv", "--strict")
    assert strict.code == 1
    assert "people.csv:1:3: Vorname: there is no such field" in strict.talk
    assert "did you mean `first_name`?" in strict.talk
    assert "nothing was taken" in strict.talk
    loose = machine("contacts", "import", "people.csv")
    assert (loose.code, "1 new" in loose.talk) == (1, True)


def test_a_group_that_is_not_declared_is_not_joined(machine: Machine) -> None:
    with (machine.folder / "shop.flow").open("a") as program:
        program.write('\ngroup "Regulars"\n')
    machine.file("people.csv", "id,groups\nd1,Regular\nd2,Regulars\n")
    done = machine("contacts", "import", "people.csv")
    assert done.code == 0
    assert "2 rows read, 2 taken, 0 left out" in done.talk
    assert 'no group "Regular" is declared; it is left away (did you mean `Regulars`?)' in done.talk
    sent = machine.events({"type": "join", "contact": "d2", "group": "Regular"})
    assert sent.code == 1
    assert "0 taken" in sent.talk
    machine("run", "--once")
    assert json.loads(machine("contacts", "show", "d1", "--output-format", "json").data)[
        "groups"
    ] == []  # fmt: skip
    assert machine("contacts", "list", "--where", 'in group "Regulars"').data.startswith("d2")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 20, "picture.csv:"),
        (b"Dear all,\nplease find attached\n", "no column is named `id` or `email`"),
    ],
)
def test_a_file_that_holds_no_contacts_is_told(
    machine: Machine, content: bytes, message: str
) -> None:
    done = machine("contacts", "import", machine.file("picture.csv", content))
    assert done.code == 1
    assert message in done.talk


def test_a_file_that_is_not_there_is_told(machine: Machine) -> None:
    done = machine("contacts", "import", "nowhere.csv")
    assert (done.code, done.talk) == (2, "Error: nowhere.csv: there is no such file or folder\n")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"contact": "c9", "type": "tag", "tag": "x"}, 'there is no contact "c9"'),
        (
            {"contact": "c1", "type": "tag", "tag": "x", "at": "gestern"},
            "`at`: expected a date and time",
        ),
        ({"contact": "c1", "type": "event", "name": "purchaze"}, "did you mean `purchase`?"),
        ({"contact": "c1", "type": "set", "field": "skore", "value": 1}, "did you mean `score`?"),
        ({"contact": "c1", "type": "set", "field": "score", "value": "viele"}, "expected a number"),
        ({"contact": "c1", "type": "tagg", "tag": "x"}, "did you mean `tag`?"),
    ],
)
def test_a_bad_event_is_told_and_the_good_one_taken(
    machine: Machine, event: dict[str, object], message: str
) -> None:
    machine("contacts", "import", "people.csv")
    done = machine.events(event, {"contact": "c1", "type": "tag", "tag": "ok"})
    assert done.code == 1
    assert message in done.talk
    assert "2 read, 1 taken, 0 known by their id, 1 left out" in done.talk
    machine("run", "--once")
    assert "tags: ok" in machine("contacts", "show", "c1").data


def test_an_event_for_a_shared_address_asks_for_an_id(machine: Machine) -> None:
    rows = "id,email\nf1,fam@example.com\nf2,fam@example.com\n"
    machine("contacts", "import", machine.file("family.csv", rows))
    machine("run", "--once")
    sent = machine.events({"contact": "Fam@example.com", "type": "tag", "tag": "x"})
    assert sent.code == 1
    assert 'have the address "Fam@example.com": "f1", "f2"; ask for one by its id' in sent.talk


def test_an_event_is_taken_once_by_its_id(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    event = {
        "contact": "c1",
        "type": "event",
        "name": "purchase",
        "data": {"total": 9},
        "id": "e-1",
    }
    machine.events(event)
    machine("run", "--once")
    assert "1 read, 0 taken, 1 known by their id" in machine.events(event).talk


def test_what_happened_before_the_import_counts_all_the_same(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    event = {"at": "2026-01-01T10:00:00Z", "contact": "c1", "type": "tag", "tag": "webinar"}
    assert machine.events(event).code == 0
    assert "sent       Confirmation 1" in machine("run", "--once").talk


def test_an_arrival_that_is_refused_is_kept_and_told(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine("run", "--once")
    machine.events(
        {"contact": "c1", "type": "delete", "at": "2026-11-20 10:01"},
        {"contact": "c1", "type": "tag", "tag": "x", "at": "2026-11-20 10:02"},
    )
    machine.at("2026-11-20 10:05")
    done = machine("run", "--once")
    assert done.code == 1
    assert 'refused: `tag` for c1 at 2026-11-20 10:02: the contact "c1" was deleted' in done.talk
    assert 'refused: `tag` for c1: the contact "c1" was deleted' in machine("inbox").data


def test_openings_that_cannot_be_are_counted_in_one_line(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine("run", "--once")
    opened = {"contact": "c1", "type": "opened", "message": "Offer"}
    machine.events(*({**opened, "at": f"2026-11-20 10:0{minute}"} for minute in range(1, 4)))
    machine.at("2026-11-20 10:05")
    done = machine("run", "--once")
    assert done.code == 1
    assert "refused: 3 openings or clicks: the message was never sent there" in done.talk
    assert "arrivals   0 applied, 3 refused" in done.talk
    assert done.talk.count("refused:") == 1
    told = machine("inbox").data.splitlines()
    assert len([line for line in told if "openings and clicks refused: 3" in line]) == 1
    assert not [line for line in told if "`opened`" in line]


def test_processes_are_listed_sends_first_and_campaigns_last(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine.events(*({"contact": one, "type": "tag", "tag": "webinar"} for one in ("c1", "c2")))
    machine.at("2026-12-02 10:00")
    machine("run", "--once")
    listed = machine("process", "list").data
    types = [line[3:16].strip() for line in listed.splitlines()[1:]]
    first = [one.endswith("send") for one in types]
    assert first == sorted(first, reverse=True)
    assert types[-1] == "campaign"
    assert "version" not in listed
    rows = json.loads(machine("process", "list", "--output-format", "json").data)
    assert all("version" in row for row in rows if row["type"] == "campaign")


def test_a_halted_send_is_listed_and_resumed_once_there_are_codes(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    machine.events(*({"contact": one, "type": "tag", "tag": "webinar"} for one in ("c1", "c2")))
    machine.at("2026-12-02 10:00")
    assert "halted     Offer: 2 wait" in machine("run", "--once").talk
    listed = machine("process", "list", "--status", "halted", "--output-format", "json")
    assert listed.code == 1
    (found,) = json.loads(listed.data)
    why = 'the coupon list "early-bird" is empty'
    assert (found["waiting"], found["because"]) == (2, why)
    assert machine("inbox").data.count(f'"Offer" is halted: {why}') == 1
    shown = machine("process", "list", "--status", "halted").data
    assert shown.splitlines()[-1].split("  ")[-1] == f"2 wait: {why}"
    refused = machine("process", "resume", "Offer")
    assert (refused.code, refused.talk) == (1, 'refused: missing 2 codes in "early-bird"\n')
    machine("coupons", "import", "early-bird", machine.file("codes.csv", "code;note\nA1;x\nA2;y\n"))
    assert machine("process", "resume", "Offer").code == 0
    assert "sent       Offer 2" in machine("run", "--once").talk
    assert machine("process", "list", "--status", "halted").code == 0
    assert "message send     Offer         Webinar" in machine("process", "list").data


def test_codes_that_are_known_are_counted_and_left_out(machine: Machine) -> None:
    machine("coupons", "import", "early-bird", machine.file("a.txt", "A1\nA2\n"))
    done = machine("coupons", "import", "early-bird", machine.file("a.csv", "code\nA2\nA3\n"))
    assert "2 read, 1 new, 1 known, 0 twice in the file, 0 left out; 3 are free now" in done.talk
    wrong = machine("coupons", "import", "erly-bird", "a.txt")
    assert wrong.code == 2
    assert "did you mean `early-bird`?" in wrong.talk


def test_who_is_on_the_robinson_list_gets_no_marketing(machine: Machine) -> None:
    done = machine("contacts", "robinson", "import", machine.file("r.txt", "ANNA@example.com\n"))
    assert "1 new, 0 known" in done.talk
    machine("contacts", "import", "people.csv")
    machine("coupons", "import", "early-bird", machine.file("a.txt", "A1\n"))
    machine.events({"contact": "c1", "type": "tag", "tag": "webinar"})
    machine.at("2026-12-02 10:00")
    assert "skipped    Offer: robinson 1" in machine("run", "--once").talk


def test_marketing_mail_without_a_way_to_unsubscribe_is_refused(machine: Machine) -> None:
    machine.file("flow.toml", '[sender]\nfrom = "a@example.com"\n')
    done = machine("run", "--once")
    assert done.code == 2
    assert 'marketing mail needs a way to unsubscribe ("Offer")' in done.talk


def test_without_a_sender_one_stands_in_and_is_told(machine: Machine) -> None:
    machine.file("flow.toml", '[sender]\nunsubscribe_url = "https://example.com/u"\n')
    machine("contacts", "import", "people.csv")
    machine.events({"contact": "c1", "type": "tag", "tag": "webinar"})
    done = machine("run", "--once")
    assert done.code == 0
    assert "flow@localhost stands in" in done.talk
    mail = next((machine.folder / ".flow" / "outbox").iterdir())
    assert b"From: flow@localhost" in mail.read_bytes()


def test_an_empty_address_of_a_store_is_refused(machine: Machine) -> None:
    done = machine("run", "--once", "--store", "")
    assert done.code == 2
    assert "it is empty; leave it away for the store that flow.toml names" in done.talk


def test_who_runs_for_long_is_told_that_the_clock_stands_still(machine: Machine) -> None:
    given = ("--now", "2026-11-20 09:00", "--store", "mysql://x")  # so it ends at once
    assert "the clock stands still at 2026-11-20 09:00" in machine("run", *given).talk
    assert "stands still" not in machine("run", "--once", *given).talk


def test_who_runs_the_engine_is_told_that_its_clock_and_the_servers_differ(
    machine: Machine, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.over(postgresql_url)
    monkeypatch.delenv("FLOW_NOW")
    differ = "seconds apart; where those of two engines are two minutes apart"
    assert differ not in machine("run", "--once").talk
    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute(
            "create function public.clock_timestamp() returns timestamptz language sql"
            " as 'select pg_catalog.clock_timestamp() + interval ''2 hours'''"
        )
        name = sql.Identifier(server.info.dbname)
        ahead = sql.SQL("alter database {} set search_path = public, pg_catalog").format(name)
        server.execute(ahead)
    told = machine("run", "--once").talk
    assert re.search(f"server are 7,(199|200) {differ}", told), told
    assert differ not in machine("run", "--once", "--now", "2026-11-20 09:00").talk


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://x", "there is no store `mysql`"),
        ("sqlite:///people.csv", "people.csv: this file is no database"),
        ("sqlite:///people.csv/x.db", "its folder cannot be made"),
    ],
)
def test_a_store_that_cannot_be_opened_is_one_line(
    machine: Machine, url: str, message: str
) -> None:
    for verb in (["run", "--once"], ["coupons", "list"], ["contacts", "history", "c1"], ["inbox"]):
        done = machine(*verb, "--store", url)
        assert done.code == 2
        assert message in done.talk
        assert done.talk.count("\n") == 1


def test_the_store_is_that_of_the_environment_unless_one_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOW_STORE", "sqlite:///other.db")
    machine("contacts", "import", "people.csv")
    assert (machine.folder / "other.db").is_file()
    assert not (machine.folder / ".flow").exists()
    machine("contacts", "import", "people.csv", "--store", "sqlite:///third.db")
    assert (machine.folder / "third.db").is_file()


def test_a_workspace_with_errors_does_not_run(machine: Machine) -> None:
    machine.file("webinar.flow", WEBINAR.replace('send "Offer"', 'send "Ofer"'))
    done = machine("run", "--once")
    assert done.code == 1
    assert "Ofer" in done.talk
    assert not (machine.folder / ".flow").exists()


def test_a_changed_folder_is_told_and_changes_nothing_until_it_is_applied(
    machine: Machine,
) -> None:
    machine("contacts", "import", "people.csv")
    machine.events({"contact": "c1", "type": "tag", "tag": "webinar"})
    machine("run", "--once")
    machine.file("webinar.flow", WEBINAR.replace("  wait until 2 hours after webinar_date\n", ""))
    done = machine("run", "--once")
    assert done.code == 0
    assert "version 1 runs; this folder says something else: `flow plan` shows what" in done.talk
    assert "waiting until" in machine("contacts", "show", "c1").data


def test_what_nobody_knows_is_told(machine: Machine) -> None:
    machine("contacts", "import", "people.csv")
    shown = machine("contacts", "show", "c9")
    assert (shown.code, shown.data) == (1, "")
    assert 'there is no contact "c9"' in shown.talk
    assert machine("contacts", "history", "c9").code == 1
    assert "it has arrived, and `flow run` applies it" in machine("contacts", "show", "c1").talk
    assert machine("process", "resume", "Nothing").code == 2
    assert (
        machine("process", "resume", "Offer").talk
        == 'refused: "Offer" is not halted: nobody waits for it\n'
    )


def test_a_clock_that_cannot_be_read_is_told(machine: Machine) -> None:
    assert machine.at("noon")("run", "--once").code == 2


@pytest.mark.parametrize(
    "verb",
    [
        ["run"], ["contacts"], ["contacts", "import"], ["contacts", "show"], ["event", "send"],
        ["contacts", "history"], ["contacts", "robinson", "import"], ["coupons", "import"],
        ["coupons", "list"],
        ["process", "list"], ["process", "resume"], ["inbox"],
    ],
)  # fmt: skip
def test_every_verb_has_help_with_an_example(machine: Machine, verb: list[str]) -> None:
    done = machine(*verb, "--help")
    assert done.code == 0
    assert "Example: flow " in done.data
