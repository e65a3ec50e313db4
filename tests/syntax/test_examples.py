from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang.syntax.format import format_source
from flowlang.syntax.tree import as_data, walk
from tests.syntax.reading import HERE, sound

EXAMPLES = sorted((HERE / "examples").glob("*.flow"))
ENGLISH_TWIN = """\
campaign "Webinar"
  start when tagged "webinar" and webinar_date is set
  untag "webinar"
  send "Bestätigung"
  wait until 1 day before webinar_date at 09:00
  if tagged "abgesagt"
    stop
  else
    send "Erinnerung"
  restart tagging "webinar wieder"
"""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_of_the_language_parses_without_a_finding(path: Path) -> None:
    assert sound(path.read_text(encoding="utf-8")).tree.items


def test_german_and_english_text_give_one_tree() -> None:
    german = sound((HERE / "examples/webinar.de.flow").read_text(encoding="utf-8"))
    assert german.tree == sound(ENGLISH_TWIN).tree


def test_a_translation_gives_the_tree_of_the_original() -> None:
    german = sound((HERE / "examples/webinar.de.flow").read_text(encoding="utf-8"))
    assert format_source(german, "en") == ENGLISH_TWIN


@pytest.mark.parametrize("name", ["webinar", "automations"])
def test_an_example_of_the_language_is_canonical(name: str) -> None:
    text = (HERE / f"examples/{name}.flow").read_text(encoding="utf-8")
    assert format_source(sound(text)) == text


def test_every_node_has_a_place_within_its_parents(snapshot: SnapshotAssertion) -> None:
    tree = sound((HERE / "examples/webinar.flow").read_text(encoding="utf-8")).tree
    for node in walk(tree):
        assert 0 <= node.span.start <= node.span.end <= len(tree.span.source.text)
    assert as_data(tree.items[-2]) == snapshot
