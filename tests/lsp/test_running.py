from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types

from tests.cli.calling import flow
from tests.lsp.editor import Editor


def hints(editor: Editor, uri: str) -> dict[int, str]:
    """The hints of a text, by line counted from 1."""
    span = types.Range(types.Position(0, 0), types.Position(10_000, 0))
    params = types.InlayHintParams(types.TextDocumentIdentifier(uri), span)
    found = editor.ask("text_document_inlay_hint", params)
    return {one.position.line + 1: one.label for one in found}


@pytest.mark.parametrize("language", ["english", "german"])
def test_waits_show_when_they_end_for_the_contact_of_the_first_test(
    editor: Editor, language: str, request: pytest.FixtureRequest
) -> None:
    uri = editor.open(request.getfixturevalue(language))
    lines = editor.texts[uri].split("\n")
    first = next(i for i, line in enumerate(lines, 1) if "09:00" in line and "webinar_date" in line)
    assert hints(editor, uri) == {
        first: "→ 2026-11-30 09:00",
        first + 2: "→ 2026-12-01 20:00",
    }
    editor.type(uri, editor.texts[uri].replace("2026-12-01 18:00", "2026-12-02 18:00", 1))
    assert hints(editor, uri)[first] == "→ 2026-12-01 09:00"


def test_without_a_test_or_with_an_error_there_is_no_hint(editor: Editor, tmp_path: Path) -> None:
    text = 'campaign "A"\n  start when tagged "x"\n  wait 2 days\n'
    uri = editor.open(tmp_path / "a.flow", text)
    assert hints(editor, uri) == {}
    test = '\ntest "t"\n  given contact\n  at 2026-03-02 10:00 tag "x"\n  expect waiting in "A"\n'
    editor.type(uri, text + test)
    assert hints(editor, uri) == {3: "→ 2026-03-04 10:00"}
    editor.type(uri, text + test + '  expect sent "Nothing"\n')
    assert hints(editor, uri) == {}


@pytest.mark.parametrize("language", ["english", "german"])
def test_lenses_run_the_test_and_simulate_the_campaign(
    editor: Editor, language: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(language)
    (path.parent / "contacts.csv").write_text("id,email,tags,webinar_date\n1,a@example.com,,\n")
    uri = editor.open(path)
    assert editor.shows(uri)
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    lenses = editor.ask("text_document_code_lens", params)
    commands = [one.command for one in lenses]
    titles = {
        "english": ["Simulate with contacts.csv", "Run test"],
        "german": ["Mit contacts.csv simulieren", "Test ausführen"],
    }
    assert [one.title for one in commands] == titles[language]
    provider = editor.server.capabilities.execute_command_provider
    assert provider is not None
    assert set(provider.commands) == {one.command for one in commands}
    simulated = editor.run(commands[0].command, *commands[0].arguments)
    assert simulated["contacts"] == 1
    assert editor.run(commands[1].command, *commands[1].arguments)["passed"] is True


def test_a_simulation_is_that_of_the_command_line(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    folder = english.parent
    answer = editor.run("flow.simulate", uri, "Webinar")
    told = flow(
        "simulate", folder, "--contacts", folder / "contacts.csv",
        "--events", folder / "events.jsonl", "--output-format", "json", cwd=folder,
    )  # fmt: skip
    expected = json.loads(told.stdout)
    del expected["errors"]
    assert dict(answer) == expected


def test_a_failing_test_says_what_was_so_instead(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    editor.type(uri, editor.texts[uri].replace('"early-bird" = 2', '"early-bird" = 3'))
    answer = editor.run("flow.runTest", uri, "who comes gets the offer")
    assert answer["passed"] is False
    assert answer["line"] > 1
    assert 'coupons left "early-bird"' in answer["message"]
    assert any("failed" in one for one in editor.shown)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("flow.runTest", []),
        ("flow.runTest", [1, 2]),
        ("flow.runTest", ["file:///nowhere.flow", "x"]),
        ("flow.simulate", ["untitled:one", "x", "y"]),
    ],
)
def test_a_command_with_the_wrong_arguments_says_so(
    editor: Editor, command: str, arguments: list[object]
) -> None:
    answer = editor.run(command, *arguments)
    assert "open" in answer["message"] or "needed" in answer["message"]


def test_a_workspace_with_errors_runs_nothing(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    editor.type(uri, editor.texts[uri].replace('send "Offer"', 'send "Ofer"'))
    assert "there is no message `Ofer`" in editor.run("flow.runTest", uri, "x")["message"]
