"""The documentation names every word of the language, in every language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.examples.words import TABLES, page

DOCS = Path(__file__).parents[2] / "docs"


def english_words() -> list[str]:
    table = tomllib.loads((TABLES / "en.toml").read_text(encoding="utf-8"))
    groups = [table["words"], *table["values"].values()]
    return sorted({forms[0].strip(", (") for group in groups for forms in group.values()})


def test_the_page_of_words_is_made_from_the_tables() -> None:
    assert (DOCS / "words.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("word", english_words())
def test_the_reference_shows_every_word(word: str) -> None:
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text), f"say what `{word}` means"
