"""docs/repl.md shows sessions as they are, and speaks of every word."""

from __future__ import annotations

from flowlang.repl.word import words
from tests.repl.document import BLOCK, TOP, rewritten

TEXT = (TOP / "docs" / "repl.md").read_text(encoding="utf-8")


def test_the_sessions_are_as_they_are_shown() -> None:
    assert BLOCK.search(TEXT)
    assert rewritten(TEXT) == TEXT


def test_every_word_is_spoken_of() -> None:
    for word in words():
        assert f"`{word.phrases('en')[0]}" in TEXT
        assert f"`{word.phrases('de')[0]}" in TEXT
