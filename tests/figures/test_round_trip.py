"""What is exported is read back as it was, and nothing in it is a formula."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.config import Settings
from flowlang.contact import Contact
from flowlang.engine.admission import changes
from flowlang.intake.contact_row import ContactRow
from flowlang.intake.contacts import ContactRows, read_contacts
from flowlang.intake.schema import ContactSchema
from flowlang.intake.spreadsheets import guarded, unguarded
from flowlang.tables.contacts import ContactLines

BERLIN = ZoneInfo("Europe/Berlin")
ALL_KINDS = """
contact
  note    text
  score   number
  since   date
  met     datetime
  wakes   time
  rhythm  duration
  agreed  yes/no
  size    one of "=S", "-M", "L"
  records visit
    place text
    cost  number
    day   date
"""
WORKSPACE = workspace.load_text(ALL_KINDS, settings=Settings(timezone="Europe/Berlin"))
assert WORKSPACE.runnable is not None, WORKSPACE.findings.in_order()
NAMES = WORKSPACE.runnable.names
SCHEMA = ContactSchema(NAMES.fields, NAMES.records, frozenset(), frozenset(NAMES.channels))

FORMULA = re.compile(r"""[\s"]*[=+\-@\t\r]""")
"""What a spreadsheet may take for a formula."""
NUMBER = re.compile(r"-\d+(\.\d+)?(e[+-]\d+)?")

CELLS = [
    "=1+1", "+49 171 1", "-5 a", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1"', "'=1", "''=1", "' x'",
    " x ", "' x '", "''", "'", "'t Hooft", "'t Hooft ", "a\nb", 'a"b', "a,b;c\td", "ä", "\ufeff=1",
    "＝1", '"\t0', "=cmd|' /C calc'!A0", "{{ 7*7 }}", "\x01\x02", "a\u2028b", "''''", "' ", "'- '",
    "-",
]  # fmt: skip


def check(text: str) -> None:
    cell = guarded(text)
    assert unguarded(cell) == text
    assert not FORMULA.match(cell)


@given(st.text() | st.text(" '\"=-\t\ufeffx"))
def test_a_cell_says_its_text_and_no_formula(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", CELLS)
def test_a_hard_text_comes_back(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", ["'t Hooft", "Rock 'n' Roll", "'89", "a=b", "5-3", "'quoted'", ""])
def test_what_people_write_is_left_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == unguarded(f" {text} ") == text


def test_the_mark_of_a_spreadsheet_is_no_part_of_the_text() -> None:
    assert unguarded("'+49 171 1234567") == "+49 171 1234567"
    assert unguarded("'-5") == "-5"


# ---------------------------------------------------------------------- whole contacts


def contact(row: ContactRow) -> Contact:
    """The contact that an import makes of a row."""
    fields = {name: value for name, value in row.fields.items() if value is not None}
    groups, blocked = set(row.groups), bool(row.blocked)
    return Contact(
        row.key(), fields, dict.fromkeys(row.tags), groups, dict(row.consent), blocked,
        records={name: rows for name, rows in row.records.items() if rows},
    )  # fmt: skip


def taken(found: ContactRows) -> list[Contact]:
    assert [problem.message for problem in found.problems if problem.severity == "error"] == []
    return [contact(row) for row in found.rows]


def exported(contacts: list[Contact], name: str) -> bytes:
    lines = ContactLines(NAMES, BERLIN, PurePath(name))
    return (lines.head() + "".join(map(lines.line, contacts))).encode()


def imported(data: bytes, name: str) -> ContactRows:
    return read_contacts(name, data, SCHEMA, BERLIN)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
names = st.lists(texts.filter(lambda name: name.strip() and len(name) < 200), max_size=3)
moments = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
numbers = st.integers(-(10**39), 10**39) | st.floats(allow_nan=False, allow_infinity=False)
people = st.fixed_dictionaries(
    {},
    optional={
        "note": texts,
        "language": texts,
        "mobile": texts.map(lambda text: f"{text.replace(chr(10), '')}1").filter(str.isprintable),
        "score": numbers,
        "since": st.dates().map(str),
        "met": moments,
        "created": moments,
        "wakes": st.times().map(str),
        "rhythm": st.builds("P{}M{}D".format, st.integers(0, 99999), st.integers(0, 99999)),
        "agreed": st.booleans(),
        "size": st.sampled_from(["=S", "-M", "L"]),
        "tags": names,
        "groups": names,
        "consent": st.dictionaries(st.sampled_from(["email", "sms"]), st.booleans()),
        "blocked": st.booleans(),
    },
)
visits = st.fixed_dictionaries(
    {"visit": st.lists(
        st.fixed_dictionaries(
            {}, optional={"place": texts, "cost": numbers, "day": st.dates().map(str)}
        ),
        max_size=2,
    )}
)  # fmt: skip


def given_as(rows: list[dict[str, Any]]) -> list[Contact]:
    """The contacts that come of JSON from outside."""
    lines = [json.dumps({"id": f"c{number}", **row}) for number, row in enumerate(rows)]
    return taken(imported("\n".join(lines).encode(), "x.jsonl"))


@settings(max_examples=50)
@given(st.lists(people, min_size=1, max_size=3))
@example([{"note": text} for text in CELLS])
@example([{"tags": ["a;b", "c,d", "[x", " y "], "groups": ["=1", '["z"]']}])
@example([{"score": 1e-12}, {"score": -1e300}, {"score": 0.1}, {"score": 10**39}, {"score": -7}])
def test_contacts_come_back_from_csv_as_they_were(rows: list[dict[str, Any]]) -> None:
    before = given_as(rows)
    data = exported(before, "out.csv")
    found = imported(data, "out.csv")
    assert taken(found) == before
    assert [row for one, row in zip(before, found.rows, strict=True) if changes(one, row)] == []
    for cells in csv.reader(StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in cells:
            assert not FORMULA.match(cell) or NUMBER.fullmatch(cell)


@settings(max_examples=50)
@given(st.lists(st.builds(lambda one, more: one | more, people, visits), min_size=1, max_size=3))
@example([{"note": "\x7f" * 50}])
def test_contacts_come_back_from_json_lines_as_they_were(rows: list[dict[str, Any]]) -> None:
    before = given_as(rows)
    found = imported(exported(before, "out.jsonl"), "out.jsonl")
    assert taken(found) == before
    assert [row for one, row in zip(before, found.rows, strict=True) if changes(one, row)] == []


def test_a_text_that_only_a_step_can_make_is_no_change() -> None:
    made = Contact("c1", {"note": "", "language": "e\u0301"})
    for name in ("out.csv", "out.jsonl"):
        (row,) = imported(exported([made], name), name).rows
        assert not changes(made, row)


def test_a_field_that_is_called_like_a_part_of_a_contact_goes_before_it() -> None:
    program = workspace.load_text("contact\n  blocked text\n").program
    assert program is not None
    lines = ContactLines(program.names, BERLIN, PurePath("x.csv"))
    assert lines.head().strip("\ufeff\n").split(",").count("blocked") == 1
    assert "no entry" in lines.line(Contact("c1", {"blocked": "no entry"}, blocked=True))


def test_a_moment_has_its_offset_where_the_hour_is_there_twice() -> None:
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    people = [Contact(f"c{one.hour}", {"met": one}) for one in twice]
    data = exported(people, "x.csv")
    assert b"2026-10-25 02:30:00+02:00" in data
    assert b"2026-10-25 02:30:00+01:00" in data
    assert [row.fields["met"] for row in imported(data, "x.csv").rows] == twice
