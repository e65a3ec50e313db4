"""What is good as it stands is left in peace: examples, library, documents, a new workspace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowlang import discovery, workspace
from flowlang.workspace import Workspace
from tests.cli.calling import flow
from tests.examples.test_docs import BLOCKS, Block, load

TOP = Path(__file__).parents[2]
WORKSPACES = [
    *discovery.find([TOP / "examples"]),
    *((path, [path]) for path in sorted((TOP / "stdlib").glob("*.flow"))),
]


def found(loaded: Workspace) -> list[str]:
    workspace.lint(loaded)
    return [
        f"{one.span.source.name}:{one.span.line} {one.diagnostic.name}: {one.message}"
        for one in loaded.findings.in_order()
    ]


@pytest.mark.parametrize(("root", "files"), WORKSPACES, ids=lambda one: getattr(one, "stem", ""))
def test_examples_and_library(root: Path, files: list[Path] | None) -> None:
    assert found(workspace.load(root, files)) == []


WHOLE = [block for block in BLOCKS if block.what != "conditions"]
"""Conditions stand there for themselves; the campaign that they are tried in leads to none."""


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_documents(block: Block, tmp_path: Path) -> None:
    assert found(load(block, tmp_path)) == []


def test_the_page_about_rules(tmp_path: Path) -> None:
    page = (TOP / "docs" / "rules" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```flow\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found(workspace.load_text(block)) == []


def test_a_new_workspace(tmp_path: Path) -> None:
    flow("new", "shop", cwd=tmp_path)
    assert found(workspace.load(tmp_path / "shop")) == []
