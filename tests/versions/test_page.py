"""What docs/versions.md shows is what its commands print."""

from __future__ import annotations

from pathlib import Path

from tests.cli.forking import forks
from tests.examples.console import BLOCK, TOP, Shell, commands, timeless


def test_the_commands_print_what_the_page_shows(tmp_path: Path) -> None:
    shell = Shell(tmp_path, forks().program())
    for block in BLOCK.findall((TOP / "docs" / "versions.md").read_text(encoding="utf-8")):
        for command, shown in commands(block):
            assert timeless(shell.run(command)).rstrip() == timeless(shown).rstrip(), command
