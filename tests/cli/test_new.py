"""What `flow new` makes, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from flowlang import workspace
from flowlang.cli.new import new
from flowlang.syntax import keywords
from flowlang.syntax.format import format_source
from flowlang.workspace import Workspace


def made(folder: Path, *options: str) -> Workspace:
    done = CliRunner().invoke(new, [str(folder), *options])
    assert done.exit_code == 0, done.output
    loaded = workspace.load(folder)
    workspace.lint(loaded)
    return loaded


@pytest.mark.parametrize("language", keywords.languages())
def test_it_is_clean_canonical_and_its_tests_pass(language: str, tmp_path: Path) -> None:
    loaded = made(tmp_path / "spring", "--language", language)
    assert [one.message for one in loaded.findings.found] == []
    assert loaded.language == loaded.settings.language == language
    (parsed,) = loaded.files
    assert format_source(parsed, default=language) == parsed.source.text
    assert len(loaded.tests) == 2
    assert loaded.runnable is not None
    for script in loaded.tests:
        assert script.run(loaded.runnable, {}).passed


def test_it_is_in_the_language_of_the_workspace_around_it(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text('language = "de"\n')
    assert made(tmp_path / "inner" / "deep").language == "de"
    assert made(tmp_path / "other", "--language", "en").language == "en"


def test_a_language_that_there_is_not_makes_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(new, [str(tmp_path / "spring"), "--language", "xx"])
    assert (done.exit_code, "there is no language `xx`" in done.output) == (2, True)
    assert not (tmp_path / "spring").exists()
