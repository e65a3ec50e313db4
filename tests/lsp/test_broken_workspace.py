"""A workspace after a long day, in an editor: it shows what `flow check` finds, each finding can be
mended there, and then all is well."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from lsprotocol import types

from flowlang.reports.json import as_data
from flowlang.source import Finding
from flowlang.workspace import lint, load
from tests.lsp.checking import agrees, by_check, by_command
from tests.lsp.editor import FLOW, Editor

BROKEN = Path(__file__).parent / "broken"
KINDS = {
    "FL001", "FL002", "FL003", "FL005", "FL006", "FL007", "FL012", "FL013", "FL014", "FL019",
    "FL020", "FL021", "FL023", "FL024", "FL025", "FL026", "FL101", "FL102", "FL103", "FL104",
    "FL105", "FL106", "FL107", "FL108", "FL109", "FL110", "FL111", "FL112", "FL119", "FL302",
    "FL305", "FL610", "FL641", "FL646", "FL652", "FL672", "FL676", "FL744", "FL747", "FL801",
    "FL803", "FL901", "FL903",
}  # fmt: skip
"""All that has a fix: some comes to light only when there is no error left."""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """The workspace, to be mended."""
    return Path(shutil.copytree(BROKEN, tmp_path / "broken"))


def test_it_shows_what_the_command_finds(editor: Editor, broken: Path) -> None:
    files = sorted(broken.rglob("*.flow"))
    assert sum(path.read_text(encoding="utf-8").count("\n") for path in files) >= 200
    expected = by_command(broken)
    assert sum(map(len, expected.values())) >= 50
    for path in files:
        editor.open(path)
    assert agrees(editor, broken, expected)


def test_each_fix_mends_its_finding_and_all_of_them_the_workspace(
    editor: Editor, broken: Path
) -> None:
    uris = {editor.open(path): path for path in sorted(broken.rglob("*.flow"))}
    mended: set[str] = set()
    while True:
        expected = by_check(broken, {path: editor.texts[uri] for uri, path in uris.items()})
        assert agrees(editor, broken, expected)
        uri, fix = next(((uri, fix) for uri in expected for fix in _fixes(editor, uri)), ("", None))
        if fix is None:
            break
        assert fix.edit is not None
        assert fix.diagnostics
        mended.add(str(fix.diagnostics[0].code))
        (text,) = editor.applied(fix.edit).values()
        assert text != editor.texts[uri], fix.title
        editor.type(uri, text)
    assert expected == {}
    assert mended == KINDS
    for uri, path in uris.items():
        path.write_text(editor.texts[uri], encoding="utf-8")
    for verb in ("check", "test"):
        done = subprocess.run([FLOW, verb, str(broken)], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode()
    assert by_command(broken) == {}


def _fixes(editor: Editor, uri: str) -> list[types.CodeAction]:
    return [
        one
        for one in editor.actions(uri)
        if one.kind == types.CodeActionKind.QuickFix and not one.title.startswith("Allow ")
    ]


def test_all_safe_fixes_of_a_text_at_once(editor: Editor, broken: Path) -> None:
    path = broken / "shop.flow"
    uri = editor.open(path)
    assert agrees(editor, broken, by_check(broken))
    before = _found(broken)
    safe = [one for one in before if one.span.source.path == path and one.fix and one.fix.safe]
    (action,) = [one for one in editor.actions(uri) if one.kind == "source.fixAll.flow"]
    assert action.title == f"Apply all safe fixes ({len(safe)})"
    assert action.edit is not None
    (text,) = editor.applied(action.edit).values()
    path.write_text(text, encoding="utf-8")
    left = [as_data(one)["code"] for one in _found(broken) if one.span.source.path == path]
    assert left == ["FL001"]


def _found(folder: Path) -> list[Finding]:
    loaded = load(folder)
    lint(loaded)
    return loaded.findings.in_order()
