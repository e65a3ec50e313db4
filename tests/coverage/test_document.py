"""docs/testing.md tells the truth: what its commands print is what stands there."""

from __future__ import annotations

from pathlib import Path

from tests.cli.forking import forks
from tests.examples.console import BLOCK, TOP, Shell, commands


def test_the_commands_print_what_the_document_shows(tmp_path: Path) -> None:
    shell = Shell(tmp_path, forks().program())
    text = (TOP / "docs" / "testing.md").read_text(encoding="utf-8")
    found = [one for block in BLOCK.findall(text) for one in commands(block)]
    assert len(found) == 3
    for command, shown in found:
        assert shell.run(command).rstrip() == shown.rstrip(), command
