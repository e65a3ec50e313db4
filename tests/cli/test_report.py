"""`flow report` and `flow contacts export`, as a person calls them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from flowlang.steps.jobs import REPORTS
from tests.cli.calling import flow, workspace

SHOP = """
contact
  first_name text
  score      number
  records visit
    place text

coupons "early"
  when empty skip

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Good to have you."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  tag "greeted"
"""
PEOPLE = """id,email,first_name,score,tags,consent,blocked
c1,anna@example.com,"'=HYPERLINK(""x"")",60,new; vip,marketing by email,
c2,ben@example.com," '  Ben '",-5,new,no marketing by email,
c3,cleo@example.com,"Cleo
and ""Co"", Ltd; {{ 7*7 }}",,,,yes
"""
NOW = {"FLOW_NOW": "2026-11-20 10:00"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with a store that the engine has filled; nobody changes it."""
    folder = workspace(tmp_path_factory.mktemp("filled") / "shop", SHOP, people_csv=PEOPLE)
    flow("contacts", "import", "people.csv", cwd=folder, **NOW)
    assert flow("run", "--once", cwd=folder, **NOW).returncode == 0
    return folder


@pytest.fixture
def shop(filled: Path, tmp_path: Path) -> Path:
    """One to change."""
    return shutil.copytree(filled, tmp_path / "shop")


# ---------------------------------------------------------------------- reports


def test_without_a_name_the_reports_are_listed_anywhere(tmp_path: Path) -> None:
    done = flow("report", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_data_on_stdout_and_nothing_else(filled: Path, name: str) -> None:
    done = flow("report", name, "--output-format", "json", cwd=filled)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["report"] == name


def test_text_is_a_table(filled: Path) -> None:
    done = flow("report", "sends", cwd=filled)
    head, first, second = done.stdout.splitlines()
    assert head.split()[:4] == ["at", "contact", "message", "campaign"]
    assert first.startswith("2026-11-20 10:00  c1       Hello")
    assert "ben@example.com" in second


def test_a_file_is_written_in_the_format_that_its_name_says(shop: Path) -> None:
    done = flow("report", "messages", "-o", "out.csv", cwd=shop)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "1 row to out.csv\n")
    assert (shop / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfmessage,sent,")
    flow("report", "messages", "--output", "out.csv", "--output-format", "jsonl", cwd=shop)
    assert json.loads((shop / "out.csv").read_text())["sent"] == 2


def test_where_there_is_nothing_the_person_is_told(filled: Path) -> None:
    done = flow("report", "sends", "--since", "2027-01-01", cwd=filled)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no rows\n")


def test_a_span_of_time_is_in_the_zone_of_the_workspace(shop: Path) -> None:
    (shop / "flow.toml").write_text('timezone = "America/New_York"\n')
    flow("apply", cwd=shop)
    since = flow("report", "history", "--since", "2026-11-20 05:00", cwd=shop)
    assert "2026-11-20 05:00" in since.stdout
    assert flow("report", "history", "--until", "2026-11-20 05:00", cwd=shop).stdout == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["mesages"], 'there is no report "mesages"; did you mean `messages`?'),
        (["coupons", "--since", "2026-01-01"], "it takes no --since and no --until"),
        (["sends", "--since", "soon"], "--since: expected a date and time such as"),
        (["sends", "--since", "2026-02-01", "--until", "2026-01-01"], "--since is not before"),
        (["sends", "--output-format", "xml"], "'xml' is not one of"),
        (["sends", "-o", "nowhere/x.csv"], "Error: nowhere/x.csv: there is no such file or folder"),
        (["sends", "-o", "."], "Is a directory"),
        (["sends", "-o", "out.xlsx"], "out.xlsx: nothing is written as .xlsx; name it .csv, .json"),
        (["sends", "-w", "nowhere"], "nowhere: there is no such file or folder"),
    ],
)
def test_a_wrong_call_is_one_clear_line_and_2(filled: Path, args: list[str], said: str) -> None:
    done = flow("report", *args, cwd=filled)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert sorted(one.name for one in filled.iterdir() if one.suffix != ".flow") == [
        ".flow", "flow.toml", "people.csv"
    ]  # fmt: skip


def test_of_a_folder_with_errors_the_version_that_runs_is_reported(shop: Path) -> None:
    before = flow("report", "sends", cwd=shop).stdout
    (shop / "shop.flow").write_text(SHOP.replace('send "Hello"', 'send "Helo"'))
    done = flow("report", "sends", cwd=shop)
    assert (done.returncode, done.stdout) == (0, before)
    assert done.stderr == "version 1 runs; this folder has errors: `flow check`\n"


def test_a_program_with_errors_is_told_and_1_where_none_runs(shop: Path) -> None:
    (shop / "shop.flow").write_text(SHOP.replace('send "Hello"', 'send "Helo"'))
    done = flow("report", "sends", "--store", "sqlite:///none.db", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no message `Helo`" in done.stderr
    assert not (shop / "none.db").exists()


# ---------------------------------------------------------------------- contacts


def exported(shop: Path, *args: str) -> str:
    done = flow("contacts", "export", *args, cwd=shop)
    assert done.returncode == 0
    return done.stdout


def test_an_export_goes_to_stdout_as_csv(filled: Path) -> None:
    done = flow("contacts", "export", cwd=filled)
    assert done.stderr == "left out, for JSON alone has room for it: `visit`\n"
    head, first, *_ = done.stdout.splitlines()
    assert head == (
        "id,email,mobile,language,timezone,created,first_name,score,tags,groups,consent,blocked"
    )
    assert first == (
        'c1,anna@example.com,,,,2026-11-20 10:00:00+00:00,"\'=HYPERLINK(""x"")",60,'
        '"greeted; new; vip",,marketing by email,no'
    )


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.json"])
def test_what_is_exported_makes_the_same_contacts_elsewhere(
    shop: Path, tmp_path: Path, name: str
) -> None:
    before = exported(shop, "--output-format", "jsonl")
    assert json.loads(before.splitlines()[1])["first_name"] == "  Ben "
    done = flow("contacts", "export", name, cwd=shop)
    assert done.stderr.endswith(f"3 contacts to {name}\n")

    again = flow("contacts", "import", name, cwd=shop)
    assert "0 new, 0 changed, 3 as they were" in again.stderr

    other = workspace(tmp_path / "other", re.sub("(?s)campaign.*", "", SHOP))
    (other / name).write_bytes((shop / name).read_bytes())
    taken = flow("contacts", "import", name, cwd=other, FLOW_NOW="2026-12-24 10:00")
    assert "3 rows read, 3 taken, 0 left out" in taken.stderr
    flow("run", "--once", cwd=other, FLOW_NOW="2026-12-24 10:00")
    assert exported(other, "--output-format", "jsonl") == before


def test_records_are_kept_in_json_lines(shop: Path) -> None:
    visits = '{"id": "c1", "visit": [{"place": "=1"}, {"place": "B"}]}\n'
    (shop / "more.jsonl").write_text(visits)
    flow("contacts", "import", "more.jsonl", cwd=shop, **NOW)
    flow("run", "--once", cwd=shop, **NOW)
    done = flow("contacts", "export", "out.jsonl", cwd=shop)
    assert done.stderr == "3 contacts to out.jsonl\n"
    first = json.loads((shop / "out.jsonl").read_text().splitlines()[0])
    assert first["visit"] == [{"place": "=1"}, {"place": "B"}]
    again = flow("contacts", "import", "out.jsonl", cwd=shop)
    assert "0 new, 0 changed, 3 as they were" in again.stderr


def test_a_condition_chooses(filled: Path) -> None:
    rows = exported(filled, "--where", 'score >= 50 and tagged "vip"', "--output-format", "jsonl")
    assert [json.loads(row)["id"] for row in rows.splitlines()] == ["c1"]
    rows = exported(filled, "--where", "blocked", "--output-format", "jsonl")
    assert [json.loads(row)["id"] for row in rows.splitlines()] == ["c3"]


def test_a_wrong_condition_is_one_clear_finding_and_2(filled: Path) -> None:
    done = flow("contacts", "export", "out.csv", "--where", "scor >= 50", cwd=filled)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "--where:1:1 error FL102 unknown-field: the contact has no field `scor`\n"
        "    1 | scor >= 50\n"
        "      | ^^^^\n"
        "  hint: did you mean `score`?\n\n"
        "1 error in 1 file.\n"
    )
    assert not (filled / "out.csv").exists()


def test_an_export_into_a_file_of_another_kind_is_refused(filled: Path) -> None:
    done = flow("contacts", "export", "people.xlsx", cwd=filled)
    assert (done.returncode, done.stdout) == (2, "")
    assert "people.xlsx: nothing is written as .xlsx" in done.stderr
    assert not (filled / "people.xlsx").exists()
    said = flow("contacts", "export", "people.list", "--output-format", "csv", cwd=filled)
    assert (said.returncode, (filled / "people.list").is_file()) == (0, True)


def test_an_export_of_nobody_has_a_head(filled: Path) -> None:
    done = flow("contacts", "export", "--where", "score > 999", cwd=filled)
    assert done.stdout.count("\n") == 1
    assert done.stderr.endswith("no contacts\n")
