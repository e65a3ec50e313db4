"""Editors for the tests: one for each module of tests, and one to be spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lsp.editor import Editor

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor with `flow lsp` behind it; at its end the server must have had no fault."""
    made = Editor(tmp_path_factory.mktemp("editor"))
    yield made
    made.close()


@pytest.fixture
def english(tmp_path: Path) -> Path:
    """The webinar example, to be changed."""
    shutil.copytree(EXAMPLES / "webinar", tmp_path / "webinar")
    return tmp_path / "webinar" / "webinar.flow"


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """The same in German."""
    shutil.copytree(EXAMPLES / "webinar-de", tmp_path / "webinar-de")
    return tmp_path / "webinar-de" / "webinar.flow"
