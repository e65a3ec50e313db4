from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowlang.calendar import parse_duration
from flowlang.intake.contacts import ContactRows, read_contacts
from flowlang.intake.schema import ContactSchema
from flowlang.kinds import BUILT_IN_FIELDS, DATE, DATETIME, DURATION, NUMBER, TEXT, YES_NO, Kind

BERLIN = ZoneInfo("Europe/Berlin")
SCHEMA = ContactSchema(
    fields={
        **BUILT_IN_FIELDS,
        "first_name": TEXT,
        "score": NUMBER,
        "birthday": DATE,
        "webinar_date": DATETIME,
        "vip": YES_NO,
        "country": Kind("one of", ("DE", "AT")),
    },
    records={"qualification": {"name": TEXT, "expires": DATE, "notice": DURATION}},
    groups=frozenset({"Newsletter"}),
    channels=frozenset({"email", "sms", "push"}),
)


def read(data: str | bytes, name: str = "contacts.csv") -> ContactRows:
    raw = data.encode() if isinstance(data, str) else data
    found = read_contacts(name, raw, SCHEMA, BERLIN)
    assert found.read == found.taken + found.left_out
    return found


def told(found: ContactRows) -> list[str]:
    return [problem.render(found.name) for problem in found.problems]


def test_values_come_typed_by_their_fields() -> None:
    found = read(
        "id,email,score,birthday,webinar_date,vip,country\n"
        "c1,anna@example.com,60,24.12.1990,2026-12-01 18:00,ja,de\n"
    )
    assert told(found) == []
    (row,) = found.rows
    assert (row.line, row.id) == (2, "c1")
    assert row.fields == {
        "email": "anna@example.com",
        "score": 60,
        "birthday": date(1990, 12, 24),
        "webinar_date": datetime(2026, 12, 1, 17, 0, tzinfo=UTC),
        "vip": True,
        "country": "DE",
    }


@pytest.mark.parametrize(
    "raw", ["01.12.2026 18:00", "1.12.2026, 18:00", "1.12.2026 18:00:00", "2026-12-01T17:00:00Z"]
)
def test_a_moment_may_be_written_in_the_german_way(raw: str) -> None:
    (row,) = read(f'email;webinar_date\nanna@example.com;"{raw}"\n').rows
    assert row.fields["webinar_date"] == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)


def test_only_given_columns_are_fields_and_an_empty_cell_is_none() -> None:
    (row,) = read("email;score\nanna@example.com;\n").rows
    assert row.fields == {"email": "anna@example.com", "score": None}


def test_the_header_is_compared_without_case_and_outer_blanks() -> None:
    (row,) = read(" Email , FIRST_NAME \na@b.de,Anna\n").rows
    assert row.fields == {"email": "a@b.de", "first_name": "Anna"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["email", "first_name", "score"], ["a@b.de", '"Anna, B.; C|D"', "1"]]
    found = read("\n".join(delimiter.join(row) for row in rows))
    assert found.delimiter == delimiter
    assert found.rows[0].fields["first_name"] == "Anna, B.; C|D"


def test_the_separator_line_of_a_spreadsheet_is_heeded() -> None:
    found = read("sep=;\r\nemail;score\r\na@b.de;1\r\n")
    assert (found.delimiter, found.taken, found.rows[0].line) == (";", 1, 3)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")],
)
def test_umlauts_are_read_in_each_encoding_and_it_is_named(encoding: str, named: str) -> None:
    found = read("email;first_name\na@b.de;Jürgen Größe\n".encode(encoding))
    assert found.encoding == named
    assert found.rows[0].fields["first_name"] == "Jürgen Größe"
    assert (named in found.headline) is (named != "UTF-8")


def test_marks_before_the_text_are_none_of_it() -> None:
    found = read(b"\xef\xbb\xbf\xef\xbb\xbfid,email\nc1,a@b.de\n")
    assert (found.rows[0].id, told(found)) == ("c1", [])


def test_letters_that_are_written_in_two_parts_are_the_same_letters() -> None:
    schema = replace(SCHEMA, fields={**SCHEMA.fields, "gr\xf6\xdfe": NUMBER})
    text = "id,gro\u0308\xdfe,tags\ncafe\u0301,5,Cafe\u0301;x\n"
    found = read_contacts("x.csv", text.encode(), schema, BERLIN)
    assert found.problems == ()
    [row] = found.rows
    assert (row.id, row.fields, row.tags) == ("caf\xe9", {"gr\xf6\xdfe": 5}, ("Caf\xe9", "x"))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('{"id": "c2", "id": "c3"}', "id"),
        ('{"id": "c2", "consent": {"email": true, "email": false}}', "email"),
    ],
)
def test_an_object_that_says_something_twice_is_left_out(line: str, key: str) -> None:
    for text, name in (
        (f'{{"id": "c1"}}\n{line}\n{{"id": "c4"}}\n', "x.jsonl"),
        (f'[{{"id": "c1"}},\n{line},\n{{"id": "c4"}}]', "x.json"),
    ):
        found = read(text, name)
        assert [row.id for row in found.rows] == ["c1", "c4"]
        assert told(found) == [f"{name}:2: the key `{key}` is there twice (row left out)"]


def test_a_file_that_mixes_encodings_is_taken_with_a_warning() -> None:
    found = read("email;first_name\na@b.de;Jürgen\n".encode() + "c@d.de;Käthe\n".encode("cp1252"))
    assert found.taken == 2
    assert "mixed" in told(found)[0]


def test_tags_groups_consent_and_blocking_are_read_from_their_cells() -> None:
    found = read(
        "email,tags,groups,consent,blocked\n"
        "a@b.de,hot; new lead ;hot,Newsletter,marketing by email; no marketing by SMS,no\n"
        'b@b.de,"x,y",,marketing by push,\n'
        "c@b.de,,,,yes\n"
    )
    assert told(found) == []
    first, second, third = found.rows
    assert first.tags == ("hot", "new lead")
    assert first.groups == ("Newsletter",)
    assert first.consent == {"email": True, "sms": False}
    assert first.blocked is False
    assert (second.tags, second.consent, second.blocked) == (("x", "y"), {"push": True}, None)
    assert (third.tags, third.consent, third.blocked) == ((), {}, True)


@pytest.mark.parametrize("consent", ["yes", "marketing by fax", "marketing", "by email"])
def test_consent_that_is_not_certain_leaves_the_row_out(consent: str) -> None:
    found = read(f"email,consent\na@b.de,{consent}\n")
    assert found.taken == 0
    assert "contacts.csv:2:2: consent: expected consent such as" in told(found)[0]


def test_consent_both_granted_and_refused_leaves_the_row_out() -> None:
    found = read("email,consent\na@b.de,marketing by email; no marketing by email\n")
    assert "both granted and refused" in told(found)[0]


def test_a_wrong_type_leaves_the_row_out_and_names_line_and_column() -> None:
    found = read('email,first_name,score\na@b.de,A,1\nb@b.de,B,abc\n"c@b.de","C","3"\n')
    assert [row.line for row in found.rows] == [2, 4]
    assert told(found) == [
        'contacts.csv:3:3: score: expected a number, got "abc" (row left out)',
    ]


@pytest.mark.parametrize("day", ["00-00-0000", "2026-02-30", "11/1/16", "31.4.2026"])
def test_an_unreadable_date_leaves_the_row_out(day: str) -> None:
    found = read(f"email,birthday\na@b.de,{day}\nb@b.de,2026-01-01\n")
    assert (found.read, found.taken, found.left_out) == (2, 1, 1)
    assert told(found)[0].startswith("contacts.csv:2:2: birthday: expected a date")


def test_an_unknown_column_is_told_once_with_a_guess_and_its_rows_are_taken() -> None:
    found = read("email,scor\na@b.de,1\nb@b.de,2\n")
    assert found.taken == 2
    assert told(found) == [
        (
            "contacts.csv:1:2: scor: there is no such field; the column is ignored "
            "(did you mean `score`?)"
        ),
    ]


def test_a_column_without_a_name_is_told_and_ignored() -> None:
    found = read("email,,score,\na@b.de,x,1\nb@b.de,,2,y\n")
    assert [row.fields["score"] for row in found.rows] == [1, 2]
    assert [(one.severity, one.column) for one in found.problems] == [
        ("warning", 2),
        ("warning", 4),
    ]


def test_a_row_that_no_database_could_hold_is_left_out_and_no_other() -> None:
    found = read("id,first_name\nc1,Anna\nc2,B\x00en\nc3,Cleo\n")
    assert [row.id for row in found.rows] == ["c1", "c3"]
    assert told(found) == ["contacts.csv:3:2: first_name: it holds a NUL character (row left out)"]


@pytest.mark.parametrize(
    ("header", "number", "message"),
    [
        ("id,email,first_name,Email", 4, "columns 2 and 4 are both `email`: which one is meant?"),
        ("id,Mail,x,E-Mail", 4, "columns 2 and 4 are both `email`: which one is meant?"),
        ("score,score,x,y", 2, "columns 1 and 2 are both `score`: which one is meant?"),
        ("first,score,x,y", None, "no column is named `id` or `email` (found: `first`, `score`,"),
    ],
)
def test_a_header_that_leaves_open_what_is_what_is_one_error_and_no_row_is_taken(
    header: str, number: int | None, message: str
) -> None:
    found = read(f"{header}\nc1,a@b.de,5,b@b.de\nc2,c@b.de,5,d@b.de\n")
    assert (found.read, found.taken, found.left_out) == (2, 0, 2)
    [problem] = found.problems
    assert (problem.severity, problem.line, problem.column) == ("error", 1, number)
    assert problem.message.startswith(message)


def test_a_record_in_a_table_is_told_to_need_json_lines() -> None:
    found = read("email,qualification\na@b.de,x\n")
    assert found.taken == 1
    assert "JSON Lines" in told(found)[0]


def test_a_second_row_of_one_id_is_left_out_and_names_the_first() -> None:
    found = read("id,email\nc1,a@b.de\nc2,b@b.de\nc1,c@b.de\n")
    assert found.taken == 2
    assert told(found) == ['contacts.csv:4:1: id: the id "c1" is already in line 2 (row left out)']


def test_one_address_under_two_ids_is_taken_twice_with_a_warning() -> None:
    found = read("id,email\nc1,a@b.de\nc2,A@B.de\n")
    assert found.taken == 2
    assert told(found) == [
        "contacts.csv:3:2: warning: email: the same address as in line 2, with another id",
    ]


def test_one_address_twice_without_ids_is_left_out_the_second_time() -> None:
    found = read("email\na@b.de\nA@b.de\n")
    assert found.taken == 1
    assert told(found) == ['contacts.csv:3:1: email: "a@b.de" is already in line 2 (row left out)']


def test_a_row_is_known_by_its_id_else_by_its_address_without_case() -> None:
    found = read("id,email\nc1,A@b.de\n,B@b.de\n")
    assert [row.key() for row in found.rows] == ["c1", "b@b.de"]


def test_a_row_with_neither_id_nor_address_is_left_out() -> None:
    found = read("id,email,score\n,,1\n")
    assert told(found) == [
        "contacts.csv:2: there is neither an id nor an e-mail address (row left out)",
    ]


def test_a_thousand_contacts_with_ten_unknown_zones_are_all_taken_with_ten_warnings() -> None:
    zones = ["Mars/Phobos" if number % 100 == 0 else "Europe/Vienna" for number in range(1000)]
    lines = [f"c{number},{zone}" for number, zone in enumerate(zones)]
    found = read("id,timezone\n" + "\n".join(lines))
    assert found.taken == 1000
    assert len(found.problems) == 10
    assert told(found)[0].startswith("contacts.csv:2:2: warning: timezone: there is no time zone")


def test_an_address_marked_no_mailing_is_taken_with_a_warning() -> None:
    found = read("email\nanna@example.com [NO MAILING] moved 2024\n")
    (row,) = found.rows
    assert row.fields["email"] == "anna@example.com [NO MAILING] moved 2024"
    assert row.key() == "anna@example.com"
    assert "[NO MAILING]" in told(found)[0]
    assert found.problems[0].severity == "warning"


@pytest.mark.parametrize(
    "marked",
    [
        "anna[NO MAILING]@example.com",
        "anna [no mailing] @example.com",
        "[NO MAILING]anna@example.com",
    ],
)
def test_the_mark_may_stand_anywhere_in_the_address(marked: str) -> None:
    (row,) = read(f"email\n{marked}\n").rows
    assert row.fields["email"] == marked
    assert row.key() == "anna@example.com"


def test_an_undeclared_group_is_left_away_with_one_warning_for_the_file() -> None:
    found = read("email,groups\na@b.de,Newsleter\nb@b.de,Newsleter; Newsletter\n")
    assert [row.groups for row in found.rows] == [(), ("Newsletter",)]
    assert told(found) == [
        (
            'contacts.csv:2:2: warning: groups: no group "Newsleter" is declared; it is left away'
            " (did you mean `Newsletter`?)"
        )
    ]


def test_where_no_group_is_declared_any_may_be_joined() -> None:
    schema = replace(SCHEMA, groups=frozenset())
    found = read_contacts("x.csv", b"email,groups\na@b.de,Anything\n", schema, BERLIN)
    assert found.rows[0].groups == ("Anything",)
    assert found.problems == ()


@pytest.mark.parametrize("header", ["E-Mail", "e-mail", "Mail", " MAIL "])
def test_a_german_header_is_read_as_email_with_a_note(header: str) -> None:
    found = read(f"first_name;{header}\nAnna;a@b.de\n")
    assert found.rows[0].fields == {"first_name": "Anna", "email": "a@b.de"}
    assert told(found) == [
        f"contacts.csv:1:2: warning: {header.strip()}: the column is read as `email`"
    ]


def test_a_column_of_the_name_itself_goes_before_one_that_is_read_so() -> None:
    found = read("Mail,email,E-Mail\nx@b.de,a@b.de,y@b.de\n")
    assert found.rows[0].fields == {"email": "a@b.de"}
    assert [one.column for one in found.problems] == [1, 3]


def test_a_declared_field_keeps_its_name() -> None:
    schema = replace(SCHEMA, fields={**SCHEMA.fields, "mail": YES_NO})
    found = read_contacts("x.csv", b"email,mail\na@b.de,yes\n", schema, BERLIN)
    assert found.rows[0].fields == {"email": "a@b.de", "mail": True}


def test_other_headers_are_not_guessed() -> None:
    found = read("email,Abteilung\na@b.de,Einkauf\n")
    assert found.rows[0].fields == {"email": "a@b.de"}
    assert found.problems[0].severity == "warning"


def test_a_row_with_more_or_fewer_cells_than_the_header_is_left_out() -> None:
    found = read("email,first_name,score\na@b.de,Anna,1,surplus\nb@b.de\nc@b.de,C,3,,\n")
    assert [row.fields for row in found.rows] == [
        {"email": "c@b.de", "first_name": "C", "score": 3},
    ]
    assert told(found) == [
        "contacts.csv:2:4: 4 cells, but the header has 3 columns (row left out)",
        "contacts.csv:3:2: 1 cell, but the header has 3 columns (row left out)",
    ]


def test_a_file_that_was_cut_off_loses_its_last_row_and_says_so() -> None:
    whole = "id,email,score\n" + "".join(f"c{n},c{n}@b.de,{n}\n" for n in range(40))
    for end in range(whole.rindex("c39,c39"), len(whole) - 4):
        found = read(whole[:end])
        assert found.taken == 39
        assert [one.line for one in found.problems if one.left_out] == [41] * found.left_out
        assert found.left_out == (0 if whole[:end].endswith("\n") else 1)


def test_a_short_row_is_left_out_wherever_it_stands() -> None:
    for count in range(1, 50):
        lines = [f"c{n},c{n}@b.de,{n}\n" for n in range(count)]
        for place in {0, count // 2, count - 1}:
            short = [*lines[:place], f"c{place},c{place}@b.de\n", *lines[place + 1 :]]
            found = read("".join(["id,email,score\n", *short]))
            assert [one.line for one in found.problems if one.left_out] == [place + 2]


def as_excel_writes(rows: list[list[str]]) -> str:
    """Sixteen rows at a time, all of them without the columns in which none has anything."""
    lines = []
    for first in range(0, len(rows), 16):
        block = rows[first : first + 16]
        width = max(index for row in block for index, cell in enumerate(row, 1) if cell)
        lines += [",".join(row[:width]) + "\r\n" for row in block]
    return "".join(lines)


def test_empty_cells_that_excel_leaves_away_are_empty_cells() -> None:
    rows = [["id", "email", "score", "tags"]]
    for n in range(81):
        rows += [[f"c{n}", f"c{n}@b.de", "5" if n < 50 else "", "vip" if n == 3 else ""]]
    text = as_excel_writes(rows)
    assert "c20,c20@b.de,5\r\n" in text
    assert "c70,c70@b.de\r\n" in text
    found = read(text)
    assert (found.taken, told(found)) == (81, [])
    assert found.rows[70].fields == {"email": "c70@b.de", "score": None}
    assert told(read(text.replace("c20,c20@b.de,5", "c20,c20@b.de"))) == [
        "contacts.csv:22:3: 2 cells, but the header has 4 columns (row left out)"
    ]


def test_blank_lines_and_crlf_change_nothing_but_the_line_numbers() -> None:
    found = read("\r\nemail,score\r\n\r\na@b.de,1\r\n,\r\nb@b.de,x\r\n\r\n")
    assert (found.read, found.taken) == (2, 1)
    assert found.rows[0].line == 4
    assert found.problems[0].line == 6


def test_a_quote_that_is_never_closed_is_named_where_it_opens_and_rows_before_are_taken() -> None:
    found = read('email,first_name\na@b.de,"A\nB"\nb@b.de,"open\nc@b.de,C\nd@b.de,D\n')
    assert [row.fields["first_name"] for row in found.rows] == ["A\nB"]
    assert told(found) == [
        (
            "contacts.csv:4: the quote that opens here is never closed; "
            "nothing after it was read, up to line 6 (row left out)"
        ),
    ]


def test_a_quote_is_found_open_behind_a_closed_cell_of_several_lines() -> None:
    found = read('email,first_name,language\na@b.de,"x\n""y""\nz", "open\n')
    assert told(found)[0].startswith("contacts.csv:4: the quote that opens here")


def test_text_behind_a_closing_quote_leaves_only_that_row_out() -> None:
    found = read('email,first_name\na@b.de,"An"na\nb@b.de,B\n')
    assert [row.key() for row in found.rows] == ["b@b.de"]
    assert 'a quote in a cell is written ""' in told(found)[0]


def test_a_very_long_cell_leaves_its_row_out() -> None:
    long = "x" * 200_000
    found = read(f'email,first_name\na@b.de,{long}\nb@b.de,"{long}"\nc@b.de,C\n')
    assert [row.key() for row in found.rows] == ["c@b.de"]
    assert "first_name: the cell is longer than 100,000 characters" in told(found)[0]


def test_what_a_contact_is_known_by_is_bounded() -> None:
    longest = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 62}.example"
    assert len(longest) == 253
    ids = ("x" * 200, "x" * 201)
    addresses = (longest, f"a{longest}", f"aa{longest}", longest.replace("@b", "@üü"))
    rows = [f"{one},a@b.de" for one in ids] + [f"c{n},{one}" for n, one in enumerate(addresses)]
    found = read("id,email\n" + "\n".join([*rows, f",{longest}"]))
    assert [row.key() for row in found.rows][:3] == [ids[0], "c0", "c1"]
    assert [line.partition(": ")[2] for line in told(found) if "left out" in line] == [
        "id: the id is longer than 200 characters (row left out)",
        "email: an e-mail address has 254 bytes at most (row left out)",
        "email: an e-mail address has 254 bytes at most (row left out)",
        "email: an address of more than 200 characters needs an id beside it (row left out)",
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the file is empty"),
        (b",,,\n,,\n", "the file is empty"),
        (b"email,score\n", "no row below it"),
        (b"PK\x03\x04\x14\x00\x06\x00", "zip or Excel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"email\x00score\n", "binary"),
        (bytes(range(1, 32)) * 20, "binary"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"first_name,score\nAnna,1\nBen,2\n", "no column is named `id` or `email`"),
        (b"E-Mal;score\na@b.de;1\n", "is `E-Mal` meant?"),
        (b"anna@example.com,Anna\nben@example.com,Ben\n", "first line must name the columns"),
        (b"email\n\x81\xff\n", "neither UTF-8 nor Windows-1252 (line 2)"),
    ],
)
def test_a_file_that_is_no_table_of_contacts_gives_one_clear_error(data: bytes, says: str) -> None:
    found = read(data)
    assert found.taken == 0
    (problem,) = found.problems
    assert problem.severity == "error"
    assert says in problem.message


def test_formulas_templates_and_headers_in_a_name_stay_text() -> None:
    names = ["=HYPERLINK('http://x')", "{{ 7*7 }}", "Anna\nBcc: eve@example.net", "@SUM(1)", "-1+1"]
    cells = "".join(f'c{number},"{name}"\n' for number, name in enumerate(names))
    found = read("id,first_name\n" + cells)
    assert [row.fields["first_name"] for row in found.rows] == names


def test_a_problem_is_one_printable_line_whatever_the_file_holds() -> None:
    found = read('email,"sc\nore\x1b[31m"\na@b.de,1\n"b\x1b[2J@\n",2\n')
    assert found.problems
    assert all(line.isprintable() for line in told(found))


def test_json_lines_give_typed_values_lists_and_records() -> None:
    row = {
        "id": 7,
        "Email": "a@b.de",
        "score": 3.5,
        "tags": ["a;b", "c"],
        "groups": ["Newsletter"],
        "consent": ["marketing by email"],
        "blocked": True,
        "qualification": [{"name": "TÜV", "expires": "2027-01-01", "notice": "P2M"}],
    }
    found = read(
        json.dumps(row) + "\n\n" + '{"id": "c2", "consent": "marketing by sms"}', "x.jsonl"
    )
    assert told(found) == []
    first, second = found.rows
    assert (first.id, first.tags, first.groups, first.blocked) == (
        "7",
        ("a;b", "c"),
        ("Newsletter",),
        True,
    )
    assert first.fields == {"email": "a@b.de", "score": 3.5}
    assert first.consent == {"email": True}
    assert first.records == {
        "qualification": [
            {"name": "TÜV", "expires": date(2027, 1, 1), "notice": parse_duration("P2M")}
        ]
    }
    assert (second.line, second.consent, found.delimiter) == (3, {"sms": True}, None)


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.txt", "-"])
def test_json_is_known_by_its_first_character(name: str) -> None:
    assert read('  {"id": "c1"}\n{"id": "c2"}\n', name).taken == 2


def test_one_json_array_is_read_like_lines_with_the_line_of_each_object() -> None:
    found = read(
        '[\n  {"id": "c1"},\n  {"id": "c2",\n   "score": "x"},\n  {"id": "c3"}\n]\n', "x.json"
    )
    assert [row.line for row in found.rows] == [2, 5]
    assert told(found) == ['x.json:3: score: expected a number, got "x" (row left out)']


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[1]", "nothing from here"),
        ("{", "no JSON object"),
        ('"text"', "expected an object"),
        ('{"id": "c1", "score": NaN}', "NaN"),
        ('{"id": "c1", "score": 1e999}', "not finite"),
        ('{"id": "c1", "score": ' + "9" * 5000 + "}", "digits"),
        ('{"id": "c1", "first_name": "\\ud800"}', "surrogate"),
        ('{"id": "c1", "first_name": "\\u0000"}', "NUL"),
        ('{"id": "c1", "first_name": ' + "[" * 40 + "]" * 40 + "}", "nested deeper"),
        ('{"id": "c1", "first_name": ' + "[" * 100_000, "nested deeper"),
        ('{"id": "c1", "first_name": "' + "x" * 300_000 + '"}', "larger than 256 KB"),
        ('{"id": "c1", "ID": "c2"}', "given twice"),
        ('{"id": "c1", "tags": [1]}', "expected a list of texts"),
        ('{"id": "c1", "qualification": {"name": "x"}}', "expected a list of records"),
        ('{"id": "c1", "qualification": [{"nam": "x"}]}', "no field `nam`"),
        ('{"id": ["c1"]}', "expected text"),
    ],
)
def test_a_bad_line_of_json_is_left_out_and_the_others_are_taken(line: str, says: str) -> None:
    if line == "[1]":  # at the start of a file it would be the whole list
        line, says = "[1]  ", "expected an object"
    found = read(f'{{"id": "a"}}\n{line}\n{{"id": "b"}}\n', "x.jsonl")
    assert [row.id for row in found.rows] == ["a", "b"]
    assert says in told(found)[0]
    assert found.problems[0].line == 2


def test_an_unknown_key_in_json_lines_is_told_once() -> None:
    found = read('{"id": "a", "scor": 1}\n{"id": "b", "scor": 2}\n', "x.jsonl")
    assert found.taken == 2
    assert len(found.problems) == 1
    assert "did you mean `score`?" in told(found)[0]


def test_a_broken_array_keeps_what_stands_before_the_break() -> None:
    found = read('[{"id": "a"}, {"id": "b"} {"id": "c"}]', "x.json")
    assert [row.id for row in found.rows] == ["a", "b"]
    assert "nothing from here on was read" in told(found)[0]


def test_the_headline_gives_the_counts() -> None:
    found = read("email,score\n" + "".join(f"a{number}@b.de,x\n" for number in range(1200)))
    assert found.headline == "contacts.csv: 1,200 rows read, 0 taken, 1,200 left out"


CELLS = st.one_of(
    st.sampled_from(
        ["", "c1", "a@b.de", "A@B.de", "x", "1", '"', "\n", ";", "yes", "[NO MAILING]"]
    ),
    st.text(max_size=8),
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.sampled_from([",", ";", "\t"]))
def test_every_row_is_taken_or_left_out_with_a_reason(
    rows: list[list[str]], delimiter: str
) -> None:
    header = delimiter.join(["id", "email", "score", "tags"])
    body = "\n".join(delimiter.join(row) for row in rows)
    found = read(f"{header}\n{body}\n".encode("utf-8", "replace"))
    assert found.left_out == sum(problem.left_out for problem in found.problems)
    assert all(row.key() for row in found.rows)
    assert all(line.isprintable() for line in told(found))


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.json", "x.jsonl", "x"]))
@example(b"\xff\xfe\x00", "x.csv")
@example(b"\xff\xfe\x00\xd8a\x00", "x.csv")
@example(b'[{"id": 1},', "x.json")
@example(b"[", "x.json")
@example(b"sep=;\n", "x.csv")
@example(b'"', "x.csv")
@example(b'"\n', "x.csv")
def test_no_bytes_break_the_reading(data: bytes, name: str) -> None:
    found = read(data, name)
    assert found.taken or found.problems


JSON_KEYS = st.sampled_from(["id", "email", "tags", "consent", "x"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(JSON_KEYS, inner)),
)


@given(JSON)
def test_no_json_breaks_the_reading(value: object) -> None:
    found = read(json.dumps(value) + "\n", "x.jsonl")
    assert found.taken or found.problems
