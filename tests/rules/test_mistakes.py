"""Every mistake has a page, whose examples prove it in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.rules import mistakes, pages, registry
from flowlang.source import Diagnostic, Finding
from flowlang.syntax import keywords
from tests.rules.linting import told

DIAGNOSTICS = registry.diagnostics()
NOT_SHOWN = {
    "nested-too-deep",
    "line-too-long",
    "file-too-large",
    "not-utf-8",
    "too-many-parentheses",
}
"""What is too large to be shown, and what is no text."""


def found(text: str, folder: Path) -> list[Finding]:
    (folder / "flow.toml").touch()
    (folder / "example.flow").write_text(text, encoding="utf-8")
    loaded = workspace.load(folder)
    workspace.lint(loaded)
    return loaded.findings.in_order()


def _language_of(diagnostic: Diagnostic, language: str) -> str:
    """What an example is in: what is about languages has its own."""
    if diagnostic.name == "other-language":
        return "de"
    return language


def test_each_has_a_page_and_there_is_none_of_anything_else() -> None:
    assert set(mistakes.pages()) == {one.name for one in DIAGNOSTICS}
    assert {name for name, one in mistakes.pages().items() if not one.bad} == NOT_SHOWN


@pytest.mark.parametrize("diagnostic", DIAGNOSTICS, ids=lambda one: one.name)
def test_its_examples_show_it_in_every_language(diagnostic: Diagnostic, tmp_path: Path) -> None:
    for language in keywords.languages():
        shown = pages.written_in(diagnostic, language)
        if not shown.bad:
            continue
        assert [one.diagnostic.name for one in found(shown.bad, tmp_path)] == [diagnostic.name]
        assert found(shown.good, tmp_path) == []
        for example in (shown.bad, shown.good):
            (tmp_path / "example.flow").write_text(example, encoding="utf-8")
            assert workspace.load(tmp_path).language == _language_of(diagnostic, language)


@pytest.mark.parametrize("diagnostic", DIAGNOSTICS, ids=lambda one: one.name)
def test_it_is_said_in_sentences(diagnostic: Diagnostic) -> None:
    page = mistakes.pages()[diagnostic.name]
    assert page.lead.endswith(".")
    assert page.rest.endswith(".")


def test_what_can_be_set_is_told_with_its_family() -> None:
    texts = {one.name: pages.page(one) for one in DIAGNOSTICS}
    assert "FL401 · family `flow` · warning" in texts["unreachable-step"]
    assert "FL101 · error" in texts["unknown-message"]


def test_a_condition_that_asks_nothing_is_found_once(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").touch()
    (tmp_path / "a.flow").write_text(
        'contact\n  status  one of "active", "gone"\n\ncampaign "A"\n  start when tagged "a"\n'
        '  if status = "active" or status = "gone"\n    tag "b"\n',
        encoding="utf-8",
    )
    loaded = workspace.load(tmp_path)
    workspace.lint(loaded)
    assert told(loaded) == [("condition-always-holds", "warning", 6)]
    assert "`status is set`" in loaded.findings.found[0].hint
