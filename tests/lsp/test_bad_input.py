"""Whatever an editor sends, the server answers, and has no fault of its own (`Editor.close`)."""

from __future__ import annotations

import random
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import EXAMPLES
from tests.lsp.editor import FLOW, Editor

WEBINAR = (EXAMPLES / "webinar" / "webinar.flow").read_text(encoding="utf-8")
ODD = [
    "", "\n", "\0", "\ufeff# x", "\r\r\n", "\u2028campaign", '"""', "\t" * 60 + "x", "((((((((",
    "campaign", 'campaign "', "a" * 20_000, "# language: xx", "{{", 'use "../../../etc/passwd"',
    'use "\0"', 'message "M"\n  body file "\0"', "\ud83c", "e\u0301\u0301\u0301 " * 50,
]  # fmt: skip


def ask_everything(editor: Editor, uri: str, line: int, column: int) -> None:
    """Ask all there is to ask about a place; an answer may be empty, or a refusal."""
    named = types.TextDocumentIdentifier(uri)
    at = types.Position(line, column)
    span = types.Range(types.Position(0, 0), types.Position(line, column))
    options = types.FormattingOptions(2, insert_spaces=True)
    questions = {
        "text_document_hover": types.HoverParams(named, at),
        "text_document_completion": types.CompletionParams(named, at),
        "text_document_definition": types.DefinitionParams(named, at),
        "text_document_references": types.ReferenceParams(
            types.ReferenceContext(include_declaration=True), named, at
        ),
        "text_document_document_highlight": types.DocumentHighlightParams(named, at),
        "text_document_prepare_rename": types.PrepareRenameParams(named, at),
        "text_document_rename": types.RenameParams(named, at, "other"),
        "text_document_code_action": types.CodeActionParams(
            named, span, types.CodeActionContext([])
        ),
        "text_document_formatting": types.DocumentFormattingParams(named, options),
        "text_document_range_formatting": types.DocumentRangeFormattingParams(named, span, options),
        "text_document_document_symbol": types.DocumentSymbolParams(named),
        "text_document_folding_range": types.FoldingRangeParams(named),
        "text_document_semantic_tokens_full": types.SemanticTokensParams(named),
        "text_document_inlay_hint": types.InlayHintParams(named, span),
        "text_document_code_lens": types.CodeLensParams(named),
        "workspace_symbol": types.WorkspaceSymbolParams(""),
    }
    for method, params in questions.items():
        if "rename" in method:
            with suppress(JsonRpcException):
                editor.ask(method, params)
        else:
            editor.ask(method, params)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts(editor: Editor, tmp_path: Path, text: str) -> None:
    if "\ud83c" in text:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    uri = editor.open(tmp_path / "odd.flow", text)
    for line, column in ((0, 0), (0, 5), (3, 99), (10**6, 10**6)):
        ask_everything(editor, uri, line, column)


def test_texts_cut_anywhere_and_typed_over(editor: Editor, tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - the same cuts every time
    uri = editor.open(tmp_path / "cut.flow", WEBINAR)
    for _ in range(25):
        start = chance.randrange(len(WEBINAR))
        end = min(len(WEBINAR), start + chance.randrange(60))
        put = chance.choice(['"', "(", "\n", "  ", "{{ ", "#", " and ", "\t", ""])
        editor.type(uri, WEBINAR[:start] + put + WEBINAR[end:])
        line = WEBINAR.count("\n", 0, start)
        ask_everything(editor, uri, line, chance.randrange(40))


def test_a_text_that_was_never_opened(editor: Editor, tmp_path: Path) -> None:
    ask_everything(editor, (tmp_path / "never.flow").as_uri(), 0, 0)
    ask_everything(editor, "untitled:Nothing", 0, 0)


def test_a_text_in_no_file(editor: Editor) -> None:
    uri = editor.open("untitled:Untitled-1", WEBINAR.replace('use "consent"', ""))
    assert editor.until(lambda: editor.codes(uri) == ["FL113"])  # there is no folder of mails
    assert editor.definitions(uri, 'send "Of|fer"') != []
    editor.type(uri, 'group "A"\n')
    assert editor.shows(uri)


def test_a_file_that_is_deleted_while_it_is_open_and_after(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text("")
    groups, campaign = tmp_path / "groups.flow", tmp_path / "campaign.flow"
    groups.write_text('group "G"\n')
    campaign.write_text('campaign "A"\n  start when in group "G"\n  tag "x"\n')
    uri = editor.open(campaign)
    other = editor.open(groups)
    assert editor.shows(uri)
    groups.unlink()
    editor.changed_on_disk(groups)
    ask_everything(editor, other, 0, 7)
    assert editor.shows(uri)
    editor.shut(other)
    assert editor.shows(uri, "FL106")
    groups.write_text('group "G"\n')
    editor.changed_on_disk(groups)
    assert editor.shows(uri)


def test_a_broken_flow_toml_is_shown_where_it_is_broken(editor: Editor, tmp_path: Path) -> None:
    toml = tmp_path / "flow.toml"
    toml.write_text('language = "de"\n')
    path = tmp_path / "a.flow"
    path.write_text('gruppe "A"\n', encoding="utf-8")
    uri = editor.open(path)
    assert editor.shows(uri)
    toml.write_text('language = "de"\ntimezone = \n')
    editor.changed_on_disk(toml)
    assert editor.until(lambda: len(editor.findings(toml.as_uri())) == 1)
    assert editor.findings(toml.as_uri())[0].range.start.line == 1
    ask_everything(editor, uri, 0, 8)
    toml.write_text('language = "de"\ntimezon = "UTC"\n')
    editor.changed_on_disk(toml)
    assert editor.until(
        lambda: "unknown key" in "".join(str(one.message) for one in editor.findings(toml.as_uri()))
    )
    toml.write_text('language = "de"\n')
    editor.changed_on_disk(toml)
    assert editor.until(lambda: editor.findings(toml.as_uri()) == [])
    assert editor.shows(uri)


def test_a_folder_becomes_a_workspace(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_text('campaign "A"\n  start when in group "G"\n  tag "x"\n')
    (tmp_path / "b.flow").write_text('group "G"\n')
    uri = editor.open(path)
    assert editor.shows(uri, "FL106")
    (tmp_path / "flow.toml").write_text("")
    editor.changed_on_disk(tmp_path / "flow.toml")
    assert editor.shows(uri)


def test_two_workspaces_do_not_know_each_other(editor: Editor, tmp_path: Path) -> None:
    uris = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "flow.toml").write_text("")
        uris.append(editor.open(folder / "a.flow", 'group "G"\n'))
    assert all(editor.shows(uri) for uri in uris)
    assert editor.references(uris[0], '"|G"') == ["a.flow:1"]


def test_messages_that_are_none() -> None:
    def message(body: str) -> bytes:
        return f"Content-Length: {len(body)}\r\n\r\n{body}".encode()

    bodies = [
        "{bad}",
        "[]",
        '"text"',
        '{"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover"}',
    ]
    leave = message('{"jsonrpc": "2.0", "method": "exit"}')
    given = b"garbage\r\n\r\n" + b"".join(map(message, bodies)) + leave
    done = subprocess.run([FLOW, "lsp"], input=given, capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in done.stdout + done.stderr
    assert b"cannot be read" in done.stdout
    assert done.returncode == 1  # it left without asking for the shutdown


def test_an_editor_that_is_gone() -> None:
    done = subprocess.run([FLOW, "lsp"], input=b"", capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
