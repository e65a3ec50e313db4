"""The README tells the truth: what its commands print is what stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.forking import forks
from tests.examples.console import BLOCK, TOP, Shell, commands, timeless

README = (TOP / "README.md").read_text(encoding="utf-8")
SH = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    shell = Shell(tmp_path, forks().program())
    for block in BLOCK.findall(README):
        for command, shown in commands(block):
            printed = timeless(shell.run(command))
            assert printed.rstrip() == timeless(shown).rstrip(), command


def test_the_first_command_installs_only_what_is_needed_and_runs_the_webinar() -> None:
    assert SH[0] == (
        "python3 -m venv .venv\n"
        ".venv/bin/pip install --quiet -c requirements.lock -e .\n"
        ".venv/bin/flow simulate examples/webinar --contacts examples/webinar/contacts.csv"
        " --events examples/webinar/events.jsonl\n"
    )


def test_the_second_command_runs_the_tests_as_ci_does() -> None:
    assert SH[1] == (
        'python3 -m venv .venv && .venv/bin/pip install --quiet -c requirements.lock -e ".[dev]"\n'
        ".venv/bin/pytest -n 2\n"
    )
    ci = (TOP / ".ci" / "run").read_text(encoding="utf-8")
    for part in re.split(r" && |\n", SH[1].strip()):
        assert part in ci


@pytest.mark.parametrize(
    "document",
    [TOP / "README.md", *(TOP / "docs").glob("*.md"), *(TOP / "examples").glob("*/README.md")],
    ids=lambda path: path.relative_to(TOP).as_posix(),
)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        path = (document.parent / file) if file else document
        assert path.exists(), target
        if re.fullmatch(r"L\d+", anchor):
            assert int(anchor[1:]) <= len(path.read_text(encoding="utf-8").splitlines()), target
        elif anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
            assert anchor in anchors, target
