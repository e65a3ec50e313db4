"""What the rules find shows in the editor as `flow check` shows it, and never of an older text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.checking import agrees, by_command
from tests.lsp.editor import Editor
from tests.rules.linting import ZERO

ALLOWED = ZERO.replace("0 days\n", "0 days  # flow: allow wait-of-zero because it is a draft\n")
UNREACHABLE = ZERO.replace("  wait 0 days\n", "  stop\n")


def workspace(folder: Path, settings: str = "", **texts: str) -> None:
    """A workspace of texts, by name with `__` for `/`."""
    (folder / "flow.toml").write_text(settings, encoding="utf-8")
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.flow"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", {"FL641": 2}),
        ('[rules]\ntiming = "off"\n', {}),
        ('[rules]\nwait-of-zero = "error"\n', {"FL641": 1}),
        ('[rules]\nwait-of-zero = "info"\n[rules."inner"]\ntiming = "off"\n', {"FL641": 3}),
    ],
)
def test_as_severe_as_it_is_set(
    editor: Editor, tmp_path: Path, settings: str, expected: dict[str, int]
) -> None:
    workspace(tmp_path, settings, shop=ZERO, inner__old=ZERO.replace("Greeting", "Old"))
    uri = editor.open(tmp_path / "shop.flow")
    found = by_command(tmp_path)
    assert {one.code: one.severity for one in found.get(uri, [])} == expected
    assert agrees(editor, tmp_path, found)


def test_what_a_comment_allows_and_a_baseline_forgives_is_not_shown(
    editor: Editor, tmp_path: Path
) -> None:
    workspace(tmp_path, shop=ALLOWED)
    uri = editor.open(tmp_path / "shop.flow")
    assert editor.shows(uri)
    editor.type(uri, ZERO)
    assert editor.shows(uri, "FL641")
    editor.type(uri, UNREACHABLE)
    assert editor.shows(uri, "FL401")
    place = '"inside": "campaign \\"Greeting\\"", "step": "wait 0 days", "times": 1'
    baseline = tmp_path / "flow-baseline.json"
    baseline.write_text(f'{{"version": 1, "forgiven": [{{"rule": "wait-of-zero", {place}}}]}}')
    editor.changed_on_disk(baseline)
    editor.type(uri, ZERO)
    assert editor.shows(uri)


def test_a_baseline_that_cannot_be_read_is_told_where_it_is(editor: Editor, tmp_path: Path) -> None:
    workspace(tmp_path, shop=ZERO)
    baseline = tmp_path / "flow-baseline.json"
    baseline.write_text("{")
    editor.open(tmp_path / "shop.flow")
    assert editor.until(lambda: len(editor.findings(baseline.as_uri())) == 1)
    assert "no JSON" in str(editor.findings(baseline.as_uri())[0].message)
    baseline.unlink()
    editor.changed_on_disk(baseline)
    assert editor.until(lambda: editor.findings(baseline.as_uri()) == [])
    assert editor.shows((tmp_path / "shop.flow").as_uri(), "FL641")


def test_in_a_large_workspace_what_rules_find_follows_and_is_never_of_an_older_text(
    editor: Editor, tmp_path: Path
) -> None:
    many = {
        f"file{number}": f'campaign "C{number}"\n  start when tagged "a"\n'
        + '  if tagged "b"\n    untag "b"\n  wait 3 days\n' * 12
        for number in range(120)
    }
    workspace(tmp_path, shop=ZERO, **many)
    uri = editor.open(tmp_path / "shop.flow")
    assert editor.shows(uri, "FL641")
    for length in range(5):
        editor.type(uri, ALLOWED.replace("a draft", "a draft"[: length + 3]))
    assert editor.shows(uri)
    editor.type(uri, UNREACHABLE)
    assert editor.shows(uri, "FL401")
    editor.type(uri, ZERO + "\n")
    last = editor.versions[uri]
    assert editor.shows(uri, "FL641")
    shown = [one for one in editor.history if one.uri == uri]
    for version, codes in ((last, {"FL641"}), (last - 1, {"FL401"}), (last - 2, set())):
        told = {d.code for one in shown if one.version == version for d in one.diagnostics}
        assert told == codes


def allowing(editor: Editor, uri: str) -> list[str]:
    """The texts after each comment that is offered."""
    found: list[str] = []
    for action in editor.actions(uri):
        if re.fullmatch(r"Allow .* because …|.* erlauben, weil …", action.title):
            assert action.kind == types.CodeActionKind.QuickFix
            assert not action.is_preferred
            assert action.edit is not None
            found += editor.applied(action.edit).values()
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_rule_can_be_allowed_on_a_line_with_a_reason(
    editor: Editor, tmp_path: Path, language: str
) -> None:
    german = (
        '# sprache: de\nkampagne "A"\n  starte wenn getaggt mit "n"\n  warte 0 tage\n  tag "g"\n'
    )
    text = ZERO if language == "en" else german
    comment = "allow wait-of-zero because" if language == "en" else "erlaube wait-of-zero weil"
    uri = editor.open(tmp_path / "shop.flow", text)
    assert editor.until(lambda: "FL641" in editor.codes(uri))
    allowed = next(one for one in allowing(editor, uri) if "wait-of-zero" in one)
    line = text.split("\n")[2 if language == "en" else 3]
    assert f"{line}  # flow: {comment} …\n" in allowed
    editor.type(uri, allowed)
    assert editor.until(lambda: "FL902" in editor.codes(uri))
    assert "FL641" not in editor.codes(uri)
    editor.type(uri, allowed.replace("…", "X"))
    assert editor.until(lambda: editor.is_current(uri) and "FL902" not in editor.codes(uri))
    assert "FL641" not in editor.codes(uri)


def test_it_is_allowed_above_a_line_that_has_a_comment_and_in_no_text(
    editor: Editor, tmp_path: Path
) -> None:
    text = ZERO.replace("0 days", "0 days  # for now")
    uri = editor.open(tmp_path / "shop.flow", text)
    assert editor.shows(uri, "FL641")
    (allowed,) = allowing(editor, uri)
    assert "  # flow: allow wait-of-zero because …\n  wait 0 days  # for now\n" in allowed
    mail = (
        'message "M"\n  kind service\n  channel email\n  subject "S"\n'
        '  body """\n    See http://shop.example.com\n    """\n'
    )
    uri = editor.open(tmp_path / "mail.flow", mail + ZERO.replace("wait 0 days", 'send "M"'))
    assert editor.shows(uri, "FL744")
    (allowed,) = allowing(editor, uri)
    assert '\n    """  # flow: allow unsafe-link because …\n' in allowed


def test_what_guards_a_law_or_is_locked_can_not_be_allowed(editor: Editor, tmp_path: Path) -> None:
    legal = (
        'message "M"\n  kind marketing\n  channel email\n  subject "S"\n  body "B"\n\n'
        + ZERO.replace("wait 0 days", 'withdraw marketing by email\n  send "M"').replace(
            "Greeting", "Farewell"
        )
    )
    workspace(tmp_path, '[rules]\nlocked = ["wait-of-zero"]\n', shop=ZERO, legal=legal)
    uri = editor.open(tmp_path / "shop.flow")
    assert editor.shows(uri, "FL641")
    assert allowing(editor, uri) == []
    uri = editor.open(tmp_path / "legal.flow")
    assert editor.until(lambda: any(code.startswith("FL7") for code in editor.codes(uri)))
    assert not any("send-after-withdrawal" in text for text in allowing(editor, uri))
