"""The webinar at a terminal, from the first contact to a test that passes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import flow
from tests.examples.console import TOP
from tests.repl.terminal import END, INTERRUPT, TAB, UP, Terminal

NOW = "2026-11-20 09:00"
ANNA = "contact anna score=60 country=CH webinar_date=2026-12-01 18:00 marketing by email"


@pytest.fixture
def webinar(tmp_path: Path) -> Path:
    folder = tmp_path / "webinar"
    ignored = shutil.ignore_patterns(".flow", "*.csv", "*.jsonl")
    shutil.copytree(TOP / "examples" / "webinar", folder, ignore=ignored)
    return folder


def test_the_webinar_story(webinar: Path, snapshot: SnapshotAssertion) -> None:
    with Terminal(webinar, FLOW_NOW=NOW) as one:
        one.enter(ANNA)
        one.enter('import coupons "early-bird" A1 A2')
        one.enter('at 2026-11-20 10:00 tag "webinar"')
        one.enter("where")
        assert one.text == snapshot(name="where")
        one.enter("advance to 2026-12-01 19:00")
        one.enter('why not "Offer"')
        one.enter('tag "attended"')
        one.enter("run")
        one.enter('why not "Offer"')
        assert one.text == snapshot(name="why not")
        one.enter("undo 2")
        one.enter("what if set country=DE")
        one.enter('tag "attended"')
        one.enter("run")
        one.enter('inbox "Offer"')
        one.enter("back")
        assert one.text == snapshot(name="another way")
        one.enter("set country=DE")
        one.enter('tag "attended"')
        one.enter("run")
        one.enter('why "Offer"')
        one.enter('save "in Austria and Germany she gets the offer"')
        one.enter("status")
        assert one.text == snapshot(name="saved")
        one.type(END)
        assert one.ended() == 0
    tested = flow("test", webinar, cwd=webinar)
    assert tested.returncode == 0
    assert "passed  in Austria and Germany she gets the offer" in tested.stdout


def test_keys(webinar: Path, snapshot: SnapshotAssertion) -> None:
    with Terminal(webinar, FLOW_NOW=NOW) as one:
        one.enter("contact anna")
        one.type('tag "web')
        one.type(TAB)
        one.wait(lambda one: '> tag "webinar\n' in one.text and '"webinar again"' in one.text)
        one.type(TAB + TAB)
        one.wait(lambda one: '> tag "webinar again"\n' in one.text)
        one.type(INTERRUPT)
        one.wait(Terminal.prompted)
        one.type('contact "ben"\r')
        one.wait(lambda one: one.rows[-1].endswith("·"))
        one.type('score 5\rcountry "DE"\r\r')
        one.wait(lambda one: "ben >" in one.rows[-1])
        one.type(UP)
        one.wait(lambda one: "score 5" in one.text)
        one.type(INTERRUPT)
        one.wait(Terminal.prompted)
        one.enter("wher")
        assert one.text == snapshot(name="keys")
        one.type("quit\r")
        assert one.ended() == 0


def test_tab_and_enter_at_once(webinar: Path) -> None:
    with Terminal(webinar, FLOW_NOW=NOW) as one:
        one.enter("contact anna")
        one.type(f'tag "atte{TAB}\r')
        one.wait(lambda one: one.prompted() and "tagged (attended)" in one.text)
        one.type(f"conta{TAB} ben\r")
        one.wait(lambda one: one.prompted() and "created" in one.text)


def test_lines_below_a_contact_with_words_behind_its_name(webinar: Path) -> None:
    with Terminal(webinar, FLOW_NOW=NOW) as one:
        one.wait(Terminal.prompted)
        one.type('contact "ben" marketing by email\r')
        one.wait(lambda one: one.rows[-1].endswith("·"))
        one.type("score 5\r\r")
        one.wait(lambda one: "ben >" in one.rows[-1])
        one.enter("vars")
        assert "marketing by email  granted" in one.text


def test_colour_is_only_there_where_it_may_be(webinar: Path) -> None:
    with Terminal(webinar, FLOW_NOW=NOW) as one:
        one.enter(ANNA)
        one.enter('tag "webinar"')
        assert {"sent"} <= one.colored()
    with Terminal(webinar, FLOW_NOW=NOW, NO_COLOR="1") as one:
        one.enter(ANNA)
        one.enter('tag "webinar"')
        assert not one.colored()


def test_an_interrupt_leaves_the_session_as_it_was(webinar: Path) -> None:
    with Terminal(webinar, FLOW_NOW=NOW) as one:
        one.enter("contact anna")
        one.type("half a li")
        one.wait(lambda one: one.rows[-1].endswith("half a li"))
        one.type(INTERRUPT)
        one.wait(Terminal.prompted)
        one.enter("vars")
        assert "anna@example.com" in one.text
        one.type(END)
        assert one.ended() == 0
