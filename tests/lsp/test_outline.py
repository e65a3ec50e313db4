from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from lsprotocol import types

from flowlang.lsp.features.semantic_tokens import TOKEN_TYPES
from tests.lsp.editor import Editor


@pytest.mark.parametrize("language", ["english", "german"])
def test_the_outline_has_every_declaration_and_its_parts(
    editor: Editor, language: str, request: pytest.FixtureRequest
) -> None:
    uri = editor.open(request.getfixturevalue(language))
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
    found = editor.ask("text_document_document_symbol", params)
    names = [one.name for one in found]
    assert names[1:] == [
        "early-bird", "Confirmation", "Reminder", "Offer", "Decent hours", "Webinar",
        "who comes gets the offer",
    ]  # fmt: skip
    fields = [one.name for one in found[0].children]
    assert fields == ["first_name", "country", "webinar_date", "score"]
    for one in found:
        assert one.range.start.line <= one.selection_range.start.line
        assert one.selection_range.end.line <= one.range.end.line


def test_names_are_found_over_all_files(editor: Editor, english: Path) -> None:
    editor.open(english)
    found = editor.ask("workspace_symbol", types.WorkspaceSymbolParams("offer"))
    assert {"Offer", "who comes gets the offer"} <= {one.name for one in found}
    assert not any("consent.flow" in one.location.uri for one in found)


def test_blocks_texts_and_comments_fold(editor: Editor, tmp_path: Path) -> None:
    text = (
        '# one\n# two\nmessage "M"\n  kind service\n  channel email\n  subject "S"\n'
        '  body """\n    a\n    b\n    """\n\n'
        'campaign "A"\n  start when tagged "x"\n  if tagged "y"\n    tag "z"\n  else\n    stop\n'
    )
    uri = editor.open(tmp_path / "a.flow", text)
    params = types.FoldingRangeParams(types.TextDocumentIdentifier(uri))
    found = editor.ask("text_document_folding_range", params)
    folds = {(one.start_line + 1, one.end_line + 1) for one in found}
    assert folds == {(1, 2), (3, 10), (7, 10), (12, 17), (14, 17), (16, 17)}


def colours(editor: Editor, uri: str) -> dict[str, set[str]]:
    """What each stretch of a text is taken for."""
    params = types.SemanticTokensParams(types.TextDocumentIdentifier(uri))
    data = editor.ask("text_document_semantic_tokens_full", params).data
    lines = editor.texts[uri].split("\n")
    line = column = 0
    found: dict[str, set[str]] = {}
    places = []
    for at in range(0, len(data), 5):
        down, right, length, kind, _ = data[at : at + 5]
        line, column = line + down, (column if down == 0 else 0) + right
        found.setdefault(lines[line][column : column + length], set()).add(TOKEN_TYPES[kind])
        places.append((line, column, length))
    for one, other in pairwise(places):
        assert one[0] < other[0] or one[1] + one[2] <= other[1]
    return found


def test_words_are_coloured_by_what_they_are(editor: Editor, english: Path) -> None:
    found = colours(editor, editor.open(english))
    assert found["wait until"] == {"keyword"}
    assert found["webinar_date"] == {"property"}
    assert found["Offer"] == {"function"}
    assert found["Webinar"] == {"class"}
    assert found["early-bird"] == {"variable"}
    assert found["09:00"] == {"number"}
    assert found[">="] == {"operator"}
    comment = "# Invite, remind, and let people come back for the next webinar."
    assert found[comment] == {"comment"}
    assert found['"'] == {"string"}


def test_the_german_words_too_and_broken_lines_do_no_harm(editor: Editor, german: Path) -> None:
    uri = editor.open(german)
    assert colours(editor, uri)["warte bis"] == {"keyword"}
    editor.type(uri, editor.texts[uri].replace("    score 60\n", '    score 60 "🎉 so so\n'))
    assert colours(editor, uri)["warte bis"] == {"keyword"}
