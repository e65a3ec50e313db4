"""`flow simulate`: the counts for people and programs, and what it does with bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import flow, workspace

SHOP = """\
contact
  score  number

coupons "A"
  from "codes.txt"
  when empty show "SORRY"

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello there."

message "Offer"
  kind marketing
  channel email
  subject "{{ coupon('A') }}"
  body "For you."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  wait 1 day
  send "Offer"
  split
    50% "A"
      tag "a"
    50% "B"
      tag "b"
  untag "new"
  restart
"""
CONTACTS = "id,email,score,consent\n" + "".join(
    f"c{number},c{number}@example.com,{number},{'marketing by email' if number % 3 else ''}\n"
    for number in range(1, 10)
)
EVENTS = "".join(
    f'{{"at": "2026-03-02T10:0{number}:00Z", "contact": "c{number}",'
    ' "type": "tag", "tag": "new"}\n'
    for number in range(1, 10)
)
KEYS = [
    "contacts", "from", "until", "sent", "skipped", "halted", "coupons", "tags", "campaigns",
    "errors",
]  # fmt: skip


def simulate(
    folder: Path,
    *options: str | Path,
    contacts: str | bytes = CONTACTS,
    events: str | bytes | None = EVENTS,
    text: str = SHOP,
) -> tuple[int, dict[str, Any], str]:
    workspace(folder / "shop", text, codes_txt="ONE\nTWO\n")
    for name, content in (("contacts.csv", contacts), ("events.jsonl", events)):
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
    given = ["--contacts", "contacts.csv"]
    given += ["--events", "events.jsonl"] if events is not None else []
    done = flow("simulate", "shop", *given, *options, "--output-format", "json", cwd=folder)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def test_the_counts_for_programs(tmp_path: Path) -> None:
    code, counts, said = simulate(tmp_path)
    assert (code, said) == (0, "")
    assert list(counts) == KEYS
    assert (counts["contacts"], counts["from"]) == (9, "2026-03-02T10:01:00Z")
    assert counts["until"] == "2026-03-03T10:09:00Z"
    assert counts["sent"] == {"Hello": 9, "Offer": 6}
    assert counts["skipped"] == {"Offer": {"no consent": 3}}
    assert counts["halted"] == {}
    assert counts["coupons"] == {"A": {"used": 2, "left": 0, "fallback": 4}}
    assert counts["tags"]["a"] + counts["tags"]["b"] == 9
    assert counts["campaigns"] == {
        "Hello": {
            "started": 9, "finished": 0, "waiting": 0, "halted": 0, "waiting for restart": 9,
            "stopped": 0,
        }
    }  # fmt: skip
    assert counts["errors"] == []


def test_the_counts_for_people(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    simulate(tmp_path)
    done = flow(
        "simulate", "shop", "--contacts", "contacts.csv", "--events", "events.jsonl", cwd=tmp_path
    )
    assert done.returncode == 0
    assert done.stderr == (
        "contacts.csv: 9 rows read, 9 taken, 0 left out\n"
        "events.jsonl: 9 events read, 9 taken, 0 left out\n"
    )
    assert done.stdout == snapshot


def test_for_people_moments_are_in_the_workspaces_zone_and_errors_name_their_column(
    tmp_path: Path,
) -> None:
    simulate(tmp_path, events=None)
    (tmp_path / "shop" / "flow.toml").write_text('timezone = "Europe/Berlin"\n')
    rows = "id,tags,score\n1,grün,5\n2,blau,viele\n"
    (tmp_path / "contacts.csv").write_bytes(rows.encode("cp1252"))
    options = ("--from", "2026-03-02T10:00:00Z")
    done = flow("simulate", "shop", "--contacts", "contacts.csv", *options, cwd=tmp_path)
    assert done.stdout.startswith("1 contact, 2026-03-02 11:00 to 2026-03-02 11:00 (Europe/Berlin)")
    assert done.stderr.splitlines() == [
        "contacts.csv: 2 rows read, 1 taken, 1 left out; read as Windows-1252",
        'contacts.csv:3:3: score: expected a number, got "viele" (row left out)',
    ]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    outcomes = []
    for name in ("one", "two", "other"):
        seed = ["--seed", "7" if name != "other" else "8"]
        _, counts, _ = simulate(tmp_path, "--timeline", name, *seed)
        outcomes.append((json.dumps(counts), (tmp_path / name).read_bytes()))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


def test_the_timeline_is_the_history(tmp_path: Path) -> None:
    simulate(tmp_path, "--timeline", "history.jsonl")
    entries = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert {tuple(entry) for entry in entries} == {
        ("at", "contact", "campaign", "round", "step", "line", "what", "because")
    }
    assert sum(entry["what"] == "sent" for entry in entries) == 15
    sent = next(entry for entry in entries if entry["what"] == "sent")
    assert (sent["at"], sent["step"], sent["line"]) == ("2026-03-02T10:01:00Z", 'send "Hello"', 22)


def test_an_end_leaves_runs_waiting(tmp_path: Path) -> None:
    code, counts, said = simulate(tmp_path, "--until", "2026-03-02 10:05")
    assert (code, counts["until"]) == (0, "2026-03-02T10:05:00Z")
    assert counts["campaigns"]["Hello"]["waiting"] == counts["campaigns"]["Hello"]["started"] == 5
    assert said == "4 events after the end did not happen\n"


def test_events_before_the_start_are_told(tmp_path: Path) -> None:
    code, counts, _ = simulate(tmp_path, "--from", "2026-03-02T10:03:00+00:00")
    assert (code, counts["sent"]["Hello"]) == (1, 7)
    assert [error["line"] for error in counts["errors"]] == [1, 2]
    assert "before the start" in counts["errors"][0]["message"]


def test_without_events_schedules_run_for_400_days(tmp_path: Path) -> None:
    text = """\
event weekly
  every monday at 09:00
  for contacts where email is set

campaign "Weekly"
  runs again
  start on weekly
  tag "seen"
"""
    code, counts, _ = simulate(
        tmp_path, "--from", "2026-03-02", text=text, events=None,
        contacts="id,email\n1,a@example.com\n",
    )  # fmt: skip
    assert (code, counts["campaigns"]["Weekly"]["finished"]) == (0, 58)


GOOD_EVENT = '{"at": "2026-03-02T10:01:00Z", "contact": "c1", "type": "tag", "tag": "new"}'
BAD_EVENTS = {
    "no json": ("{nonsense", "no JSON"),
    "no contact": (GOOD_EVENT.replace('"c1"', '"nobody"'), 'there is no contact "nobody"'),
    "bad time": (GOOD_EVENT.replace("2026-03-02T10:01:00Z", "soon"), "`at`"),
    "unknown type": (GOOD_EVENT.replace('"type": "tag"', '"type": "tga"'), "did you mean `tag`"),
    "unknown event": (
        '{"at": "2026-03-02T10:01:00Z", "contact": "c1", "type": "event", "name": "buy"}',
        "there is no event `buy`",
    ),
    "unknown field": (
        GOOD_EVENT.replace('"tag", "tag": "new"', '"set", "field": "scroe", "value": 1'),
        "did you mean `score`",
    ),
    "never sent": (
        '{"at": "2026-03-02T10:01:00Z", "contact": "c1", "type": "opened", "message": "Offer"}',
        "was never sent",
    ),
    "nothing to resume": (
        '{"at": "2026-03-02T10:01:00Z", "type": "resume", "message": "Offer"}', "is not halted",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_a_bad_event_is_told_and_the_good_ones_happen(tmp_path: Path, name: str) -> None:
    bad, why = BAD_EVENTS[name]
    code, counts, _ = simulate(tmp_path, events=f"{bad}\n{EVENTS}")
    assert (code, counts["sent"]["Hello"]) == (1, 9)
    assert [(error["file"], error["line"]) for error in counts["errors"]] == [("events.jsonl", 1)]
    assert why in counts["errors"][0]["message"]


BAD_ROWS = {
    "wrong kind": (
        "c10,x@example.com,much,\n",
        'score: expected a number, got "much" (row left out)',
    ),
    "same id": ("c1,x@example.com,1,\n", "already in line 2"),
    "bad address": ("c10,nowhere,1,\n", "expected one plain e-mail address"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_told_and_the_good_ones_are_taken(tmp_path: Path, name: str) -> None:
    bad, why = BAD_ROWS[name]
    code, counts, _ = simulate(tmp_path, contacts=CONTACTS + bad)
    assert (code, counts["contacts"]) == (1, 9)
    assert [(error["file"], error["line"]) for error in counts["errors"]] == [("contacts.csv", 11)]
    assert why in counts["errors"][0]["message"]


@pytest.mark.parametrize(
    ("contacts", "why"),
    [
        ("", "the file is empty"),
        (b"\x00\x01\x02\x03", "binary"),
        (b"PK\x03\x04zip", "a zip or Excel file"),
        ("<html></html>", "HTML"),
        ("no,known,column\n1,2,3\n", "no column is named `id` or `email`"),
    ],
)
def test_a_file_that_is_no_table_is_one_message(
    tmp_path: Path, contacts: str | bytes, why: str
) -> None:
    code, counts, _ = simulate(tmp_path, contacts=contacts, events=None)
    assert (code, counts["contacts"]) == (1, 0)
    assert len(counts["errors"]) == 1
    assert why in counts["errors"][0]["message"]


def test_an_unknown_column_is_told_once(tmp_path: Path) -> None:
    contacts = CONTACTS.replace("score", "scroe")
    code, counts, _ = simulate(tmp_path, contacts=contacts)
    assert (code, counts["contacts"], len(counts["errors"])) == (1, 9, 1)
    assert "did you mean `score`" in counts["errors"][0]["message"]


def test_an_event_that_was_seen_before_changes_nothing(tmp_path: Path) -> None:
    twice = (
        '{"at": "2026-03-02T10:0%d:00Z", "contact": "c1", "type": "%s", "tag": "new", "id": "e"}\n'
    )
    code, counts, _ = simulate(tmp_path, events=twice % (1, "tag") + twice % (2, "untag"))
    assert (code, counts["sent"]) == (0, {"Hello": 1, "Offer": 1})


def test_problems_for_people_are_on_stderr_and_few(tmp_path: Path) -> None:
    simulate(tmp_path, events=EVENTS + "{nonsense\n" * 30)
    done = flow(
        "simulate", "shop", "--contacts", "contacts.csv", "--events", "events.jsonl", cwd=tmp_path
    )
    assert done.returncode == 1
    taken, read, first = done.stderr.splitlines()[:3]
    assert taken == "contacts.csv: 9 rows read, 9 taken, 0 left out"
    assert read == "events.jsonl: 39 events read, 9 taken, 30 left out"
    assert first.startswith("events.jsonl:10: ")
    assert done.stderr.splitlines()[-1] == "... and 10 more"
    assert "Hello" in done.stdout


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--contacts", "nowhere.csv"], "nowhere.csv: there is no such file or folder"),
        (["--contacts", "."], ".: Is a directory"),
        (["--from", "soon"], "expected a date and time"),
        (["--from", "2026-03-03", "--until", "2026-03-02"], "--until lies before the start"),
        (["--timeline", "no/where"], "no/where: there is no such file or folder"),
        (["--seed", "x"], "is not a valid integer"),
    ],
)
def test_a_wrong_call_is_2(tmp_path: Path, options: list[str], why: str) -> None:
    code, _, said = simulate(tmp_path, *options)
    assert code == 2
    assert why in said


@pytest.mark.parametrize(
    ("option", "given", "taken"),
    [("--contacts", CONTACTS, "<stdin>: 9 rows read"), ("--events", EVENTS, "<stdin>: 9 events")],
)
def test_a_dash_is_standard_input(tmp_path: Path, option: str, given: str, taken: str) -> None:
    _, usual, _ = simulate(tmp_path)
    files = {"--contacts": "contacts.csv", "--events": "events.jsonl", option: "-"}
    call = ["simulate", "shop", *(word for pair in files.items() for word in pair)]
    done = flow(*call, "--output-format", "json", cwd=tmp_path, given=given)
    assert json.loads(done.stdout) == usual
    assert taken in flow(*call, cwd=tmp_path, given=given).stderr


def test_standard_input_cannot_be_both(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", SHOP, codes_txt="ONE\n")
    done = flow("simulate", "shop", "--contacts", "-", "--events", "-", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot both be standard input" in done.stderr


def test_what_an_automation_leaves_out_of_a_file_is_an_error_once(tmp_path: Path) -> None:
    text = f'{SHOP}automation "Daily"\n  every day at 07:00\n  import contacts from "in.csv"\n'
    workspace(tmp_path / "shop", text, in_csv="id,email,score\nd1,,1\nd2,,x\n")
    code, counts, _ = simulate(tmp_path, "--until", "2026-03-06", text=text)
    told = 'score: expected a number, got "x" (row left out)'
    assert (code, counts["contacts"]) == (1, 10)
    assert counts["errors"] == [{"file": "in.csv", "line": 3, "message": told}]


def test_errors_in_the_workspace_are_1(tmp_path: Path) -> None:
    code, counts, said = simulate(tmp_path, text=SHOP.replace('send "Hello"', 'send "Helo"'))
    assert (code, counts) == (1, {})
    assert "unknown-message" in said


def test_several_workspaces_are_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        workspace(tmp_path / name)
    (tmp_path / "c.csv").write_text(CONTACTS)
    done = flow("simulate", "--contacts", "c.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search("several workspaces; name one of them: one, two", done.stderr)


@pytest.mark.parametrize("option", ["--from", "--until"])
@pytest.mark.parametrize("moment", ["9999-12-31 23:00", "9998-12-31", "0001-01-01"])
def test_a_moment_beyond_the_clock_is_one_message(tmp_path: Path, option: str, moment: str) -> None:
    code, _, err = simulate(tmp_path, option, moment)
    assert code == 2
    assert f"{option}: a moment lies between 1900 and 2200: {moment}" in err
    assert simulate(tmp_path, option, "")[0] == 2


@pytest.mark.parametrize(
    "file", ["contacts.csv", "events.jsonl", "shop/shop.flow", "shop/codes.txt"]
)
@pytest.mark.parametrize("option", ["--timeline", "--plot"])
def test_nothing_that_is_read_is_written_over(tmp_path: Path, option: str, file: str) -> None:
    simulate(tmp_path)
    before = (tmp_path / file).read_bytes()
    written = tmp_path / "shop" / "picture.svg"
    written.symlink_to(tmp_path / file)
    code, _, err = simulate(tmp_path, option, str(written))
    assert code == 2
    assert "is read here, so nothing is written over it" in err
    assert (tmp_path / file).read_bytes() == before


def test_a_history_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text("the one of yesterday\n")
    simulate(tmp_path, "--timeline", "history.jsonl", "--until", "2020-01-01")
    assert (tmp_path / "history.jsonl").read_text() == "the one of yesterday\n"
    simulate(tmp_path, "--timeline", "history.jsonl")
    assert (tmp_path / "history.jsonl").read_text().startswith('{"at"')
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(".h")) == []
    code, _, _ = simulate(tmp_path, "--timeline", "/dev/null")
    assert code == 0
