from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from flowlang import workspace
from flowlang.rules import pages, registry
from tests.lsp.editor import Editor


@pytest.mark.parametrize("language", ["english", "german"])
def test_a_fix_is_offered_where_the_finding_is_and_nowhere_else(
    editor: Editor, language: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(language)
    uri = editor.open(path)
    good = editor.texts[uri]
    word, wrong = ("untag", "untagg") if language == "english" else ("warte bis", "wartee bis")
    editor.type(uri, good.replace(f"  {word} ", f"  {wrong} ", 1))
    place = editor.place(uri, f"  {wrong}")
    here = types.Range(types.Position(place.line, 3), types.Position(place.line, 3))
    (action,) = [a for a in editor.actions(uri, here) if a.kind == types.CodeActionKind.QuickFix]
    assert action.is_preferred
    assert action.diagnostics
    assert action.edit is not None
    assert editor.applied(action.edit)["webinar.flow"] == good
    top = types.Range(types.Position(0, 0), types.Position(0, 0))
    assert not [a for a in editor.actions(uri, top) if a.kind == types.CodeActionKind.QuickFix]
    assert action in editor.actions(uri, top, action.diagnostics)


@pytest.mark.parametrize("language", ["english", "german"])
def test_formatting_gives_the_canonical_text(
    editor: Editor, language: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(language)
    uri = editor.open(path)
    good = editor.texts[uri]
    options = types.FormattingOptions(2, insert_spaces=True)
    named = types.TextDocumentIdentifier(uri)
    params = types.DocumentFormattingParams(named, options)
    assert not editor.ask("text_document_formatting", params)
    sloppy = good.replace("  score         ", "  score ").replace("\n\n", "\n\n\n")
    sloppy = "".join(line + (" \n" if "tag" in line else "\n") for line in sloppy.split("\n")[:-1])
    editor.type(uri, sloppy)
    edits = editor.ask("text_document_formatting", params)
    assert len(edits) > 1
    assert editor.edited(uri, edits) == good


def test_a_range_is_formatted_alone(editor: Editor, tmp_path: Path) -> None:
    text = 'group   "A"\n\ngroup   "B"\n\ngroup   "C"\n'
    uri = editor.open(tmp_path / "groups.flow", text)
    span = types.Range(types.Position(2, 0), types.Position(2, 5))
    params = types.DocumentRangeFormattingParams(
        types.TextDocumentIdentifier(uri), span, types.FormattingOptions(2, insert_spaces=True)
    )
    edits = editor.ask("text_document_range_formatting", params)
    assert editor.edited(uri, edits) == 'group   "A"\n\ngroup "B"\n\ngroup   "C"\n'


def test_a_file_with_syntax_errors_is_not_formatted(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open(tmp_path / "bad.flow", "grup   x\n")
    params = types.DocumentFormattingParams(
        types.TextDocumentIdentifier(uri), types.FormattingOptions(2, insert_spaces=True)
    )
    assert editor.ask("text_document_formatting", params) is None


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_finding_about_a_path_offers_the_test_that_shows_it(
    editor: Editor, language: str, tmp_path: Path
) -> None:
    text = pages.written_in(registry.rules()["branch-never-taken"], language).bad
    uri = editor.open(tmp_path / "path.flow", text)
    title = (
        "Insert the test that shows it" if language == "en" else "Den Test einfügen, der es zeigt"
    )
    assert editor.shows(uri, "FL603")
    last = text.count("\n")
    all_of_it = types.Range(types.Position(0, 0), types.Position(last, 0))
    (action,) = [one for one in editor.actions(uri, all_of_it) if one.title == title]
    assert action.edit is not None
    made = editor.applied(action.edit)["path.flow"]
    assert made.startswith(f"{text}\ntest ")
    (tmp_path / "path.flow").write_text(made, encoding="utf-8")
    loaded = workspace.load(tmp_path / "path.flow", [tmp_path / "path.flow"])
    (script,) = loaded.tests
    assert loaded.runnable is not None
    assert script.run(loaded.runnable, {}).passed
    editor.type(uri, made)
    assert editor.shows(uri, "FL603")
    assert not [one for one in editor.actions(uri, all_of_it) if one.title == title]
