from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from flowlang.workspace import load
from tests.lsp.conftest import EXAMPLES
from tests.lsp.editor import Editor


@pytest.mark.parametrize("language", ["english", "german"])
@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("Offer", "Great offer"),
        ("webinar_date", "begins"),
        ("early-bird", "vögel"),
        ("webinar again", 'web "2"'),
        ("Webinar", "Webinar series"),
        ("Bought", "Paid"),
    ],
)
def test_a_renamed_workspace_is_as_sound_as_before(
    editor: Editor, language: str, name: str, new: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(language)
    uri = editor.open(path)
    texts = editor.rename(uri, name, new)
    for file, text in texts.items():
        (where,) = path.parent.rglob(file)
        where.write_text(text, encoding="utf-8")
    found = load(path.parent)
    assert not found.findings.found
    assert name not in path.read_text(encoding="utf-8").replace("Webinar team", "") or new in (
        "Webinar series",
        "Great offer",
    )
    program = found.runnable
    assert program is not None
    results = [script.run(program, {}) for script in found.tests]
    assert all(result.passed for result in results)


def test_templates_and_body_files_are_renamed_too(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    texts = editor.rename(uri, "webinar_date", "begins")
    assert "{{ begins | date }}" in texts["webinar.flow"]
    assert "webinar_date" not in texts["webinar.flow"] + texts["reminder.html"]


@pytest.mark.parametrize(
    ("needle", "new", "why"),
    [
        ("scor|e         number", "country", "already"),
        ("scor|e         number", "two words", "no name"),
        ("scor|e         number", "today", "word of the language"),
        ("scor|e         number", "email", "already"),
        ("webinar_da|te  datetime", "webinar-date", "minus in a template"),
        ('message "Off|er"', "Reminder", "already"),
        ('message "Off|er"', " ", "one line"),
        ('message "Off|er"', "a\nb", "one line"),
        ('coupons "early|-bird"', "it's", "cannot stand in a template"),
        ('ema|il "anna', "mail", "built in"),
        ('"mails/rem|inder.html"', "x.html", "not a name of this workspace"),
    ],
)
def test_what_cannot_be_renamed_says_why(
    editor: Editor, english: Path, needle: str, new: str, why: str
) -> None:
    uri = editor.open(english)
    with pytest.raises(JsonRpcException, match=why):
        editor.rename(uri, needle, new)


def test_a_name_that_would_mean_something_else_is_refused(editor: Editor, tmp_path: Path) -> None:
    text = (
        "contact\n  amount  number\n\nevent purchase\n  total  number\n\n"
        'campaign "A"\n  start on purchase where total > amount\n  tag "x"\n'
    )
    uri = editor.open(tmp_path / "a.flow", text)
    with pytest.raises(JsonRpcException, match="something else"):
        editor.rename(uri, "amou|nt", "total")


def test_names_of_modules_stay(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    editor.type(uri, editor.texts[uri] + '  expect not in "Consent: withdrawal"\n')
    with pytest.raises(JsonRpcException, match="module"):
        editor.rename(uri, 'in "Consent: with|drawal"', "X")


def test_preparing_gives_the_name_without_its_quotes(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    params = types.PrepareRenameParams(
        types.TextDocumentIdentifier(uri), editor.place(uri, 'send "Of|fer"')
    )
    found = editor.ask("text_document_prepare_rename", params)
    assert found.placeholder == "Offer"
    assert found.range.end.character - found.range.start.character == len("Offer")


def test_every_declared_name_of_an_example_can_be_renamed(editor: Editor) -> None:
    path = EXAMPLES / "club" / "verein.flow"
    uri = editor.open(path)
    outline = editor.ask(
        "text_document_document_symbol",
        types.DocumentSymbolParams(types.TextDocumentIdentifier(uri)),
    )
    renamed = 0
    for symbol in [*outline, *(child for one in outline for child in one.children)]:
        start = symbol.selection_range.start
        params = types.RenameParams(
            types.TextDocumentIdentifier(uri),
            types.Position(start.line, start.character + 1),
            "neuer_name_x",
        )
        edit = editor.ask("text_document_rename", params)
        renamed += edit is not None
    assert renamed > 10
