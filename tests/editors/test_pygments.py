from __future__ import annotations

from pathlib import Path

import pytest
from pygments import lex
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Literal, Name, String

EXAMPLES = Path(__file__).parents[2] / "examples"


def colours(text: str) -> dict[str, set[object]]:
    found: dict[str, set[object]] = {}
    for kind, word in lex(text, get_lexer_by_name("flow")):
        found.setdefault(word, set()).add(kind)
    return found


def test_pygments_knows_it_by_name_and_by_file() -> None:
    assert get_lexer_for_filename("a.flow").name == "Flow"
    assert get_lexer_by_name("flow").name == "Flow"


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.flow")), ids=lambda path: path.stem)
def test_no_character_is_lost_and_none_is_unknown(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tokens = list(lex(text, get_lexer_by_name("flow", stripnl=False, ensurenl=False)))
    assert "".join(word for _, word in tokens) == text
    assert not [word for kind, word in tokens if kind is Error]


def test_english() -> None:
    found = colours((EXAMPLES / "webinar" / "webinar.flow").read_text(encoding="utf-8"))
    assert found["campaign"] == {Keyword.Declaration}
    assert found["wait until"] == {Keyword}
    assert found["datetime"] == {Keyword.Type}
    assert Name.Attribute in found["score"]
    assert found["09:00"] == {Literal.Date}
    assert String.Double in found["Offer"]
    assert Name.Variable in found["first_name"]


def test_german() -> None:
    found = colours((EXAMPLES / "webinar-de" / "webinar.flow").read_text(encoding="utf-8"))
    assert found["kampagne"] == {Keyword.Declaration}
    assert found["warte bis"] == {Keyword}
    assert found["# sprache: de"] == {Comment.Single}


def test_a_text_that_names_no_language_may_be_in_any() -> None:
    assert colours('kampagne "A"\n  sende "M"\n')["sende"] == {Keyword}
    assert colours('campaign "A"\n  send "M"\n')["send"] == {Keyword}
    assert colours('# language: en\nkampagne "A"\n')["kampagne"] == {Name}


@pytest.mark.parametrize("text", ['"', '"""', "{{", '"{{ x', "\0", '"""{{ " }}', "#"])
def test_half_typed_texts(text: str) -> None:
    assert "".join(word for _, word in lex(text, get_lexer_by_name("flow"))).strip() == text.strip()
