"""A session becomes a test: in the right file, in its language, and it passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang.repl.session import Session
from tests.cli.calling import flow
from tests.repl.sessions import SHOP, START, Files, said, session

ANNA = "contact anna score=60 country=DE first_name=Anna marketing by email"


def test_the_test_is_written_and_passes(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    told = said(
        one, ANNA, 'import coupons "codes" X1', 'tag "new"', "next", "next", "next",
        'save "the \\"best\\" offer"',
    )  # fmt: skip
    line = SHOP.count("\n") + 2
    assert f'{tmp_path / "shop.flow"}:{line}  test "the ' in told
    assert told.endswith(": passed\n")
    text = (tmp_path / "shop.flow").read_text()
    assert text.startswith(SHOP)
    assert flow("fmt", "--check", tmp_path, cwd=tmp_path).returncode == 0
    assert "2 passed, 0 failed" in flow("test", tmp_path, cwd=tmp_path).stdout
    new = text.removeprefix(SHOP)
    for expected in (
        '  expect sent "Hello" at 2026-11-20 10:00\n',
        '  expect waiting for restart in "Welcome"\n',
        '  expect skipped "Offer" because "cap"\n', '  expect tagged "new"\n',
    ):  # fmt: skip
        assert expected in new
    assert "tagged" in said(one, 'tag "and on"')


def test_lines_that_only_move_the_clock_are_left_out_where_they_can_be(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, "contact anna", "advance 1 day", "next", "next", 'tag "x"', "next", 'save "short"')
    text = (tmp_path / "shop.flow").read_text().removeprefix(SHOP)
    assert text.count("\n  at ") == 3, "where the clock begins, the tag, and where it stands"
    assert text.count("\n  after ") == 0


@pytest.mark.parametrize("first", ["next", "run", "advance 1 week", "advance to 2026-11-23 07:00"])
def test_a_session_that_begins_with_the_clock_can_be_saved(tmp_path: Path, first: str) -> None:
    one = session(tmp_path, SHOP)
    said(one, f"{ANNA} birthday=2000-11-24", first)
    assert "passed" in said(one, "next", 'save "early"')
    text = (tmp_path / "shop.flow").read_text().removeprefix(SHOP)
    assert "\n  at 2026-11-20 10:00\n" in text


def test_several_contacts_and_what_was_set(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, ANNA, "contact bob due=2026-11-21 10:00 score=1", "advance 1 hour")
    said(one, "event purchase total=50 order_id=A1", "next", 'tag "split" for "anna"')
    assert "passed" in said(one, 'save "two"')
    text = (tmp_path / "shop.flow").read_text()
    assert '  expect score = 11 for "bob"\n' in text
    assert '  expect waiting until 2026-11-21 11:00 in "Split" for "anna"\n' in text


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    before = (tmp_path / "shop.flow").read_bytes()
    told = said(one, ANNA, 'tag "new"', 'save "a greeting"')
    assert '! there is a test "a greeting" already, in ' in told
    assert (tmp_path / "shop.flow").read_bytes() == before


def test_nothing_has_happened(tmp_path: Path) -> None:
    assert said(session(tmp_path, SHOP), ANNA, 'save "x"').endswith(
        "! nothing has happened yet that a test could expect\n"
    )


def test_a_file_that_has_changed_meanwhile(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    said(one, ANNA, 'tag "new"')
    changed = SHOP.replace('send "Hello"', 'send "Gift"')
    (tmp_path / "shop.flow").write_text(changed)
    told = said(one, 'save "x"')
    assert told.startswith("! the test would not pass, so it is not written\nline ")
    assert "\nthe timeline" in told
    assert (tmp_path / "shop.flow").read_text() == changed
    broken = SHOP.replace('send "Hello"', 'sned "Hello"')
    (tmp_path / "shop.flow").write_text(broken)
    assert said(one, 'save "x"').startswith("! ")
    assert (tmp_path / "shop.flow").read_text() == broken


def test_a_file_that_ends_without_a_line_end(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP.rstrip("\n"))
    assert "passed" in said(one, ANNA, 'tag "new"', 'save "x"')
    assert '  expect sent "Hello"\n\ntest "x"\n' in (tmp_path / "shop.flow").read_text()


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "flow.toml").write_text("")
    (folder / "shop.flow").write_bytes(SHOP.replace("\n", "\r\n").encode())
    script = f'{ANNA}\ntag "new"\nsave "x"\n'
    done = flow("repl", folder, cwd=tmp_path, given=script, FLOW_NOW="2026-11-20 09:00")
    assert done.returncode == 0, done.stderr
    data = (folder / "shop.flow").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert flow("test", folder, cwd=tmp_path).returncode == 0


def test_it_is_written_beside_its_campaign(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text('campaign "A"\n  start when tagged "a"\n  tag "was in a"\n')
    (tmp_path / "b.flow").write_text(
        '# sprache: de\nkampagne "B"\n  starte wenn getaggt mit "b"\n  warte 2 tage\n'
        '  tag "war in b"\n'
    )
    (tmp_path / "flow.toml").write_text("")
    one = Session(Files(tmp_path), START)
    assert "b.flow" in said(one, "contact anna", 'tag "b"', "run", 'save "one"')
    text = (tmp_path / "b.flow").read_text()
    assert '  gegeben kontakt "anna"\n  am 2026-11-20 09:00 tag "b"\n' in text
    assert '  erwarte abgeschlossen in "B"\n' in text
    assert "1 passed, 0 failed" in flow("test", tmp_path, cwd=tmp_path).stdout


def test_a_text_that_only_a_test_can_hold(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    told = said(
        one, 'contact "anna \\\\ b"\n  first_name "two\\nlines"', 'tag "new"',
        'tag "quoted \\"tag\\""', "run", 'save "odd"',
    )  # fmt: skip
    assert told.endswith("passed\n")


def test_only_contacts_to_whom_anything_happened_are_written(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    rows = "".join(f"c{number},secret{number}@example.org,5\n" for number in range(40))
    (tmp_path / "people.csv").write_text(f"id,email,score\n{rows}")
    told = said(one, "load people.csv", "as c7", 'tag "new"', 'save "one of many"')
    assert "with what is known of c7; without 39 contacts to whom nothing has happened" in told
    text = (tmp_path / "shop.flow").read_text()
    assert "secret7@" in text
    assert text.count("secret") == 1
    assert "2 passed" in flow("test", tmp_path, cwd=tmp_path).stdout


def test_those_that_a_line_speaks_of_stay(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    told = said(
        one, "contact anna", "contact bob", "contact cleo", 'tag "new" for "anna"',
        'expect not tagged "new" for "bob"', 'save "two"',
    )  # fmt: skip
    assert "with what is known of anna, bob; without 1 contact to whom" in told


@pytest.mark.parametrize("lines", [("advance 1 day",), ("contact anna", "advance 1 hour")])
def test_a_session_of_which_nothing_has_come_is_no_test(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    one = session(tmp_path, SHOP)
    told = said(one, *lines, 'save "x"')
    assert told.endswith("! nothing has come of it that a test could expect\n")
    assert (tmp_path / "shop.flow").read_text() == SHOP


def test_nothing_that_steers_a_terminal_gets_into_a_file(tmp_path: Path) -> None:
    one = session(tmp_path, SHOP)
    (tmp_path / "people.csv").write_text("id,email,first_name\nc1,a@example.org,\x1b[31mEve\n")
    told = said(one, 'tag "\x1b[31m"', "load people.csv", 'tag "new"', 'save "\x1b[2J"')
    assert told.count("! there is a character in this that cannot be shown\n") == 2
    assert "passed" in said(one, 'save "clean"')
    assert "\x1b" not in (tmp_path / "shop.flow").read_text()


def test_a_saved_test_keeps_to_one_spelling(tmp_path: Path) -> None:
    text = (
        '# sprache: de\nkampagne "B"\n  starte wenn getaggt mit "b"\n  warte 2 tage\n'
        '  tag "war in b"\n'
    )
    one = session(tmp_path, text)
    said(one, "kontakt anna", 'tag "b"', "weiter bis 2026-11-25", 'sichern "bis"')
    saved = (tmp_path / "shop.flow").read_text().removeprefix(text)
    assert "\n  am 2026-11-25\n" in saved
    assert " um 2" not in saved
    assert "rückgängig: am 2026-11-25\n" in said(one, "rückgängig")
