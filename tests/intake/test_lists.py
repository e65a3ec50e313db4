from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowlang.intake.coupons import CodeRows, read_codes
from flowlang.intake.layout import FOUND, Layout
from flowlang.intake.robinson import read_addresses


def codes(text: str | bytes, name: str = "codes.txt", layout: Layout = FOUND) -> CodeRows:
    found = read_codes(name, text.encode() if isinstance(text, str) else text, layout)
    assert found.read == len(found.codes) + found.duplicates + found.left_out
    return found


def test_a_text_gives_one_code_a_line_in_order() -> None:
    found = codes("B2\r\nA1\r\n  C 3  \r\n")
    assert found.codes == ("B2", "A1", "C 3")
    assert (found.read, found.duplicates, found.blanks, found.problems) == (3, 0, 0, ())


def test_a_code_twice_in_one_file_is_counted_and_taken_once() -> None:
    found = codes("A1\nA2\n\nA1\n \nA1\n")
    assert found.codes == ("A1", "A2")
    assert (found.read, found.duplicates, found.blanks) == (4, 2, 2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "A1\nA2\n"),
        ("a.txt", "Code\nA1\nA2\n"),
        ("a.txt", '"A1"\n"A2"\n'),
        ("a.csv", "A1\nA2\n"),
        ("a.csv", "code\nA1\nA2\n"),
        ("a.csv", "Gutscheincode;Wert\nA1;5\nA2;5\n"),
        ("a.csv", "Wert;Gutscheincode\n5;A1\n5;A2\n"),
        ("a.csv", '"value","code"\n"5, or so","A1"\n"6","A2"\n'),
        ("a.csv", "A1;\nA2;\n"),
        ("a.csv", "Serial,Wert\nA1,5\nA2,5\n"),
        ("a.tsv", "nr\tcode\n1\tA1\n2\tA2\n"),
        ("a", "id,coupon code\n1,A1\n2,A2\n"),
    ],
)
def test_the_same_codes_come_out_of_every_way_to_write_them(name: str, text: str) -> None:
    found = codes(text, name)
    assert found.codes == ("A1", "A2")
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Nummer;Wert\nA1;5\nA2;5\n", '1 `Nummer` ("A1"), 2 `Wert` ("5")'),
        ("5;A1\n5;A2\n", '1 ("5"), 2 ("A1")'),
        ("article,amount\nsocks,5\n", '1 `article` ("socks"), 2 `amount` ("5")'),
    ],
)
def test_of_several_columns_none_is_taken_for_the_codes_by_guess(text: str, columns: str) -> None:
    found = codes(text, "a.csv")
    assert (found.codes, found.read) == ((), 0)
    (problem,) = found.problems
    assert (problem.severity, problem.line) == ("error", 0)
    assert columns in problem.message
    assert problem.message.endswith("; head one `code`, or say --column")


def test_of_two_columns_of_codes_none_is_taken_unless_a_person_says_which() -> None:
    text = "Code;value;code\nA1;5;B1\n"
    [problem] = codes(text, "a.csv").problems
    assert problem.message == "columns 1 and 3 are both `code`: which one is meant?"
    assert codes(text, "a.csv", Layout("3")).codes == ("B1",)
    [problem] = codes(text, "a.csv", Layout("code")).problems
    assert problem.message == "columns 1 and 3 are both `code`: which one is meant?"


def test_a_column_whose_values_hold_the_delimiter_is_one_column() -> None:
    assert codes('"A,1"\n"B,2"\n', "a.csv").codes == ("A,1", "B,2")


def test_a_code_of_a_text_file_keeps_what_would_delimit_a_table() -> None:
    assert codes("A,1\nB;2\n").codes == ("A,1", "B;2")
    assert codes("code\nA,1\nB;2\n").codes == ("A,1", "B;2")


def test_codes_with_control_characters_or_without_end_are_left_out() -> None:
    found = codes("A1\nA\x072\n" + "x" * 201 + "\nA3\n")
    assert found.codes == ("A1", "A3")
    assert [p.render("codes.txt") for p in found.problems] == [
        "codes.txt:2: the code holds control characters (row left out)",
        "codes.txt:3: the code is longer than 200 characters (row left out)",
    ]


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u200b"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_code_that_is_damaged_is_left_out_with_its_line_and_no_other(
    name: str, sign: str
) -> None:
    found = codes(f"A1\nA{sign}2\nA3\n", name)
    assert found.codes == ("A1", "A3")
    assert [(one.line, one.left_out) for one in found.problems] == [(2, True)]
    assert "the code holds" in found.problems[0].message


def test_a_row_of_a_table_without_its_code_is_left_out() -> None:
    found = codes("value;code\n5;A1\n5;\n;\n5\n5;A2;6\n", "a.csv")
    assert found.codes == ("A1",)
    assert (found.read, found.left_out, found.blanks) == (4, 3, 1)


def test_a_code_that_may_have_been_cut_off_with_its_row_is_left_out() -> None:
    found = codes("code;value\nAAA1;5\nAA", "a.csv")
    assert found.codes == ("AAA1",)
    assert [p.render("a.csv") for p in found.problems] == [
        "a.csv:3:1: 1 cell, but the first row has 2 (row left out)"
    ]


def test_codes_in_windows_1252_are_read_and_the_encoding_is_named() -> None:
    found = codes("GRÜN1\nGRÜN2\n".encode("cp1252"))
    assert found.codes == ("GRÜN1", "GRÜN2")
    assert found.headline.endswith("; read as Windows-1252")


def test_an_empty_or_binary_file_of_codes_is_one_clear_error() -> None:
    assert [p.message for p in codes("").problems] == ["the file is empty"]
    assert "zip" in codes(b"PK\x03\x04").problems[0].message


def test_the_headline_counts_the_codes() -> None:
    headline = "codes.txt: 3 codes read, 2 taken, 1 twice in the file, 0 left out"
    assert codes("A\nA\nB\n").headline == headline


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.csv", "a"]))
@example(b'"', "a.csv")
@example(b"code,\n\n", "a.csv")
def test_no_bytes_break_the_reading(data: bytes, name: str) -> None:
    found = codes(data, name)
    assert all(code == code.strip() and code for code in found.codes)


def test_a_robinson_list_is_addresses_one_a_line_or_a_column() -> None:
    assert read_addresses("r.txt", b"Anna@Example.com\n\nanna@example.com\n").addresses == (
        "anna@example.com",
    )
    found = read_addresses("r.csv", b"name;E-Mail\nAnna;a@b.de\nBen;b@b.de\n")
    assert found.addresses == ("a@b.de", "b@b.de")
    assert (found.read, found.duplicates, found.left_out) == (2, 0, 0)


def test_a_robinson_list_takes_mobile_numbers_and_leaves_out_what_is_no_address() -> None:
    found = read_addresses("r.txt", b"+49 170 123\nanna\na@b.de, b@b.de\n")
    assert found.addresses == ("+49 170 123",)
    assert [p.line for p in found.problems] == [2, 3]
    assert found.read == len(found.addresses) + found.left_out


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_a_robinson_list(data: bytes) -> None:
    found = read_addresses("r.csv", data)
    assert found.read == len(found.addresses) + found.duplicates + found.left_out
