"""Pictures as SVG: valid, escaped, told in words, in the language of the file."""

from __future__ import annotations

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang.pictures import letters
from flowlang.pictures.campaign import picture
from flowlang.program.graph import Graph
from tests.pictures.drawing import TOP, TRIAL, example, graphs, in_german, of_text, parsed
from tests.pictures.hostile import EMOJI, MARKUP, RIGHT_TO_LEFT, source

SVG = "{http://www.w3.org/2000/svg}"
SMALL = """\
message "Hello"
  kind service
  channel email
  subject "Hello, {{ id }}!"
  body "Hi"

campaign "Small"
  about "Says hello, once more where it is wanted"
  start when tagged "new"
  stop when tagged "gone"
  send "Hello"
  if tagged "again"
    restart
  wait 3 days
"""


def texts(drawn: str) -> list[str]:
    """What stands in a picture, from top to bottom as it is written."""
    return [found.text or "" for found in parsed(drawn).iter(f"{SVG}text")]


def said(graphs: list[Graph]) -> str:
    return " ".join(texts(picture(graphs, "title")))


def test_a_small_picture(snapshot: SnapshotAssertion) -> None:
    assert picture(of_text(SMALL), "Small", styled=False) == snapshot


def test_a_picture_says_what_it_is_to_those_who_cannot_see_it() -> None:
    root = parsed(picture(of_text(SMALL), "Small"))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Small"
    told = root.findtext(f"{SVG}desc") or ""
    assert 'send "Hello"; if tagged "again"; restart' in told
    assert all(
        group.find(f"{SVG}title") is not None
        for group in root.iter(f"{SVG}g")
        if "node" in (group.get("class") or "")
    )


def test_a_picture_asks_nothing_from_outside_and_is_light_or_dark() -> None:
    drawn = picture(of_text(SMALL), "Small")
    assert re.findall(r"https?://[^\"]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in drawn
    assert "url(" not in drawn


def test_names_of_any_kind_are_shown_as_they_are() -> None:
    drawn = picture(of_text(source()), MARKUP)
    root = parsed(drawn)
    assert root.findtext(f"{SVG}title") == MARKUP
    shown = "".join("".join(texts(drawn)).split())
    for name in (MARKUP, RIGHT_TO_LEFT, EMOJI):
        assert "".join(name.replace("{{", "").split()) in shown
    assert {found.tag for found in root.iter()} <= {
        f"{SVG}{tag}"
        for tag in ("svg", "title", "desc", "style", "rect", "line", "g", "path", "text")
    }


def test_what_no_document_may_hold_is_left_out() -> None:
    graph = Graph("a\x00b\x0bc\ufffe\ud800", "")
    assert texts(picture([graph], "t\x01")) == ["a\ufffdb c\ufffd\ufffd"]


def test_the_same_program_gives_the_same_picture() -> None:
    first, second = (picture(of_text(TRIAL.read_text()), "Trial") for _ in range(2))
    assert first == second


def test_kinds_of_steps_look_different() -> None:
    (trial,) = of_text(TRIAL.read_text())
    root = parsed(picture([trial], "Trial"))
    looks: dict[str, set[tuple[str, str]]] = {}
    for group in root.iter(f"{SVG}g"):
        kind = (group.get("class") or "").removeprefix("node ")
        if kind:
            outline, icon = [*(path.get("d") or "" for path in group.iter(f"{SVG}path")), ""][:2]
            looks.setdefault(kind, set()).add((re.sub(r"[^A-Za-z]", "", outline), icon))
    assert looks.keys() == {
        "start", "waiting", "send", "wait", "branch", "split", "race", "loop", "goal", "stop",
        "restart", "step",
    }  # fmt: skip
    each = [look for some in looks.values() for look in some]
    # A restart looks like the waiting that it leads to.
    assert len(set(each)) == len(each) - 1


def test_a_send_shows_its_subject_and_that_it_may_halt() -> None:
    shown = said(of_text(TRIAL.read_text()))
    assert "‹spring› is yours" in shown
    assert shown.count("halts until a person resumes") == 1


def test_lines_say_which_way_they_are() -> None:
    shown = said(of_text(TRIAL.read_text()))
    for label in (
        "yes", "no", '50% "Video"', "for purchase where total > 50", "otherwise", "again",
        "once more", "no more",
    ):  # fmt: skip
        assert label in shown


def test_a_german_picture_is_german_throughout() -> None:
    shown = f" {said(in_german(TRIAL))} "
    for label in ("jederzeit", "wartet auf einen Auslöser", " ja ", " nein ", " sonst "):
        assert label in shown
    for word in (" yes ", " no ", " end ", "otherwise", "at any time", "halts", " wait "):
        assert word not in shown


def test_campaigns_stand_below_each_other() -> None:
    found = example("webinar-series")
    drawn = parsed(picture(graphs(found), "Series"))
    tops = [
        float(re.findall(r"[\d.]+", group.get("transform") or "")[1])
        for group in drawn.findall(f"{SVG}g")
    ]
    assert len(tops) == len(found.program.campaigns if found.program else ())
    assert tops == sorted(set(tops))


def test_a_picture_without_campaigns_is_empty() -> None:
    assert texts(picture([], "Nothing")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one two", ["one two"]),
        ("https://example.com/a/long/path", ["https://example.com/", "a/long/path"]),
        ("x" * 40, ["x" * 22, "x" * 18]),
    ],
)
def test_texts_break_where_they_may(text: str, lines: list[str]) -> None:
    assert letters.wrapped(text, 170, 13) == lines


def test_letters_of_no_width_stay_with_theirs() -> None:
    accented = "e\u0301" * 60
    found = letters.wrapped(accented, 100, 13)
    assert "".join(found) == accented
    assert all(not line.startswith("\u0301") for line in found)


def test_the_picture_in_the_documents_is_what_is_drawn() -> None:
    # flow graph examples/webinar/webinar.flow -o docs/webinar.svg
    (webinar,) = (one for one in graphs(example("webinar")) if one.campaign == "Webinar")
    assert (TOP / "docs" / "webinar.svg").read_text() == picture([webinar], "Webinar")
