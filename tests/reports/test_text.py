from __future__ import annotations

import re
from typing import Any

from syrupy.assertion import SnapshotAssertion

from flowlang import reports
from flowlang.reports import text
from flowlang.source import Diagnostic, Edit, Finding, Fix, Source, Span

ERROR = Diagnostic("FL101", "unknown-message", "error", "there is no message")
WARNING = Diagnostic("FL301", "wait-without-end", "warning", "this may wait for ever")


def finding(source: Source, start: int, end: int, **more: Any) -> Finding:
    return Finding(more.pop("diagnostic", ERROR), Span(source, start, end), "a sentence", **more)


def test_a_finding_shows_its_line_with_the_place_marked(snapshot: SnapshotAssertion) -> None:
    source = Source("shop.flow", 'campaign "A"\n  send "Helo"\n  wait for opened\n')
    first = Span(source, 0, 8)
    found = [
        finding(source, 42, 48, diagnostic=WARNING),
        finding(source, 20, 26, hint="did you mean `Hello`?", also=((first, "sent from here"),)),
    ]
    assert text.listing(found, 2) == snapshot


def test_wide_characters_move_the_mark_by_two_columns() -> None:
    source = Source("a.flow", '日本 "x" y')
    line, marks = text.listing([finding(source, 7, 8)], 1).splitlines()[1:3]
    assert line == '    1 | 日本 "x" y'
    assert marks == "      | " + " " * 9 + "^"


def test_combining_letters_take_no_column() -> None:
    source = Source("a.flow", "q\u0323 x")
    assert text.listing([finding(source, 3, 4)], 1).splitlines()[2] == "      |   ^"


def test_a_place_of_several_lines_is_marked_on_its_first() -> None:
    source = Source("a.flow", "abc\ndef\n")
    assert text.listing([finding(source, 1, 6)], 1).splitlines()[2] == "      |  ^^"


def test_a_place_behind_the_last_letter_is_marked_there() -> None:
    source = Source("a.flow", "abc")
    assert text.listing([finding(source, 3, 3)], 1).splitlines()[2] == "      |    ^"


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    source = Source("a.flow", "a" * 500 + "b" + "c" * 500)
    line, marks = text.listing([finding(source, 500, 501)], 1).splitlines()[1:3]
    assert len(line) < 130
    assert line[marks.index("^")] == "b"
    assert line.count("…") == 2


def test_control_characters_cannot_reach_the_terminal() -> None:
    source = Source("a.flow", "a\x1b[31m\0\u202eb")
    shown = text.listing([finding(source, 0, 1)], 1)
    assert all(letter.isprintable() or letter == "\n" for letter in shown)


def test_fifty_findings_of_a_file_are_shown_and_the_rest_is_counted() -> None:
    source, other = Source("a.flow", "x" * 80), Source("b.flow", "y")
    found = [finding(source, at, at + 1) for at in range(60)] + [finding(other, 0, 1)]
    shown = text.listing(found, 2)
    assert shown.count(" error FL101 ") == 51
    assert "a.flow: 10 more findings in this file are not shown" in shown
    assert shown.endswith("61 errors in 2 files.\n")


def test_the_last_line_counts_what_was_found_and_what_can_be_fixed() -> None:
    source = Source("a.flow", "xy")
    fix = Fix((Edit(Span(source, 0, 1), "y"),))
    found = [finding(source, 0, 1, fix=fix), finding(source, 1, 2, diagnostic=WARNING)]
    assert text.summary(found, 1) == (
        "1 error, 1 warning in 1 file; 1 can be fixed by `flow check --fix`."
    )
    assert text.listing([], 3) == "Nothing found in 3 files.\n"


def test_colour_adds_nothing_but_colour() -> None:
    source = Source("a.flow", "xy")
    found = [finding(source, 0, 1, also=((Span(source, 1, 2), "here"),))]
    plain, coloured = text.listing(found, 1), text.listing(found, 1, color=True)
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_what_only_an_unsafe_fix_mends_is_counted_apart() -> None:
    source = Source("a.flow", "xy")
    safe, unsafe = (Fix((Edit(Span(source, 0, 1), "y"),), safe=safe) for safe in (True, False))
    assert text.summary([finding(source, 0, 1, fix=unsafe)], 1) == (
        "1 error in 1 file; 1 can be fixed by `flow check --fix --unsafe-fixes`."
    )
    found = [finding(source, 0, 1, fix=safe), finding(source, 1, 2, fix=unsafe)]
    assert text.summary(found, 1) == (
        "2 errors in 1 file; 1 can be fixed by `flow check --fix`;"
        " 1 more can be fixed by `flow check --fix --unsafe-fixes`."
    )


def test_every_format_is_found_by_its_name() -> None:
    known = reports.names()
    assert set(known) >= {"text", "json", "sarif", "github", "gitlab", "junit"}
    source = Source("a.flow", "x")
    for name in known:
        shown = reports.named(name).render([finding(source, 0, 1)], ["a.flow"])
        assert "FL101" in shown
        assert shown.endswith("\n")
