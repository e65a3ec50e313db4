"""What the language means: every `test` block here, every finding that `findings/*.md` marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.syntax.format import format_source
from flowlang.workspace import Workspace

HERE = Path(__file__).parent
_FENCE = re.compile(r"^```flow\n(.*?)^```", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_MARK = re.compile(r"#! (?P<name>[\w-]+)(?: \"(?P<text>.*?)\")?")


# ---------------------------------------------------------------------------- what happens


def _load(file: Path) -> Workspace:
    (root, files), *_ = workspace.find([file])
    return workspace.load(root, files)


@pytest.mark.parametrize("file", sorted(HERE.glob("*.flow")), ids=lambda file: file.stem)
def test_file(file: Path) -> None:
    """Every test block of a file holds, and the checker has nothing to say."""
    found = _load(file)
    assert [finding.message for finding in found.findings.in_order()] == []
    program = found.runnable
    assert program is not None
    assert found.tests
    results = [test.run(program, {}) for test in found.tests]
    assert [f"{one.name}: {one.message}" for one in results if not one.passed] == []


@pytest.mark.parametrize("file", sorted(HERE.glob("*.flow")), ids=lambda file: file.stem)
def test_german_file(file: Path, tmp_path: Path) -> None:
    """The same file in German means the same."""
    english = _load(file)
    text = format_source(english.files[0], "de")
    there = tmp_path / file.name
    there.write_text(text, encoding="utf-8")
    german = _load(there)
    assert german.files[0].tree == english.files[0].tree
    assert german.runnable is not None
    assert all(test.run(german.runnable, {}).passed for test in german.tests)


# ---------------------------------------------------------------------------- what is found


@dataclass(frozen=True)
class Snippet:
    """A text in a fence, and what stands above it."""

    title: str
    text: str

    @property
    def marks(self) -> list[tuple[int, str, str]]:
        """Line, name and part of the sentence of each finding that the text expects."""
        return [
            (number, mark["name"], mark["text"] or "")
            for number, line in enumerate(self.text.splitlines(), 1)
            for mark in _MARK.finditer(line)
        ]


def _snippets() -> list[Snippet]:
    found = []
    for file in sorted((HERE / "findings").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        for fence in _FENCE.finditer(text):
            above = _HEADING.findall(text[: fence.start()])
            found.append(Snippet(f"{file.stem}: {above[-1] if above else ''}", fence[1]))
    return found


@pytest.mark.parametrize("snippet", _snippets(), ids=lambda snippet: snippet.title)
def test_findings(snippet: Snippet, tmp_path: Path) -> None:
    """Just what is marked is found: on its line, under its name, and saying what it should."""
    file = tmp_path / "snippet.flow"
    file.write_text(snippet.text, encoding="utf-8")
    found = [
        (finding.span.line, finding.diagnostic.name, f"{finding.message} | {finding.hint}")
        for finding in _load(file).findings.in_order()
    ]
    marks = snippet.marks
    assert sorted(one[:2] for one in found) == sorted(mark[:2] for mark in marks), found
    for (_, _, said), (_, name, text) in zip(sorted(found), sorted(marks), strict=True):
        assert text in said, f"{name}: {text!r} is not in {said!r}"
