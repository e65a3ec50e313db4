"""Event-driven sends (S3) and the vet's practice (S5): what their own tests cannot say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowlang import workspace
from tests.cli.forking import forks
from tests.examples.console import TOP, Shell

CLUB = TOP / "examples" / "club"
ROWS = [f"S3.{row}" for row in range(1, 9)] + [f"S5.{row}" for row in range(1, 5)]
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACEHOLDERS = (
    "qualifikation", "pruefnr", "pruefernr", "pruefername", "aussteller", "pruefdatum",
    "verfalldatum",
)  # fmt: skip


def with_campaign(folder: Path, campaign: str) -> list[str]:
    """The findings of the club with one more campaign."""
    for name in ("flow.toml", "verein.flow"):
        (folder / name).write_text((CLUB / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "mehr.flow").write_text(f"# sprache: de\n{campaign}", encoding="utf-8")
    found = workspace.load(folder)
    return [finding.message for finding in found.findings.in_order()]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test_that_is_named_after_it(row: str) -> None:
    loaded = [workspace.load(TOP / "examples" / name) for name in ("club", "vet-practice")]
    names = [script.name for example in loaded for script in example.tests]
    assert [name for name in names if name.startswith(f"{row} ")]


def test_a_mail_with_the_qualification_needs_its_event(tmp_path: Path) -> None:
    """S3.5: the placeholders are there only where the event returns the qualification."""
    found = with_campaign(
        tmp_path,
        'kampagne "Falsch"\n  starte bei geburtstag_heute\n  sende "Qualifikation abgelaufen"\n',
    )
    for name in PLACEHOLDERS:
        assert [said for said in found if f"`event.{name}`" in said], name


def test_a_mail_with_the_qualification_may_be_sent_by_its_event(tmp_path: Path) -> None:
    campaign = (
        'kampagne "Richtig"\n  starte bei qualifikation_laeuft_ab\n'
        '  sende "Qualifikation abgelaufen"\n'
    )
    assert with_campaign(tmp_path, campaign) == []


@pytest.mark.parametrize("name", ["club", "vet-practice"])
def test_the_commands_of_a_readme_do_what_they_say(name: str, tmp_path: Path) -> None:
    readme = (TOP / "examples" / name / "README.md").read_text(encoding="utf-8")
    shell = Shell(tmp_path, forks().program())
    shell.run(f"cd examples/{name}")
    printed = shell.run("set -e\n" + "".join(COMMANDS.findall(readme)) + "echo all done")
    assert printed.endswith("all done\n"), printed
    assert "error" not in printed
    letters = list((shell.folder / ".flow" / "outbox").glob("*.eml"))
    assert len(letters) > 10
