"""`flow docs`: where the page goes, in which language, and when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import GOOD, flow, workspace
from tests.cli.machine import Machine
from tests.documentation.strict import Page


def test_a_page_goes_to_standard_output_to_a_folder_or_to_a_file(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    done = flow("docs", "shop", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "shop" in Page(done.stdout).text
    for name, file in (("new/pages", "new/pages/index.html"), ("page.html", "page.html")):
        wrote = flow("docs", "shop", "--output", name, cwd=tmp_path)
        assert (wrote.returncode, wrote.stdout) == (0, "")
        assert wrote.stderr == f"the page is {file}\n"
        assert (tmp_path / file).read_text() == done.stdout


def test_a_page_in_another_language(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    done = flow("docs", "shop", "--language", "de", cwd=tmp_path)
    assert 'sende "Hello"' in Page(done.stdout).text
    done = flow("docs", "shop", "--language", "fr", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is `en` or `de`, not `fr`" in done.stderr


def test_no_page_of_what_has_errors(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", GOOD.replace('send "Hello"', 'send "Helo"'))
    done = flow("docs", "shop", "-o", "pages", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown-message" in done.stderr
    assert not (tmp_path / "pages").exists()


def test_a_page_of_standard_input(tmp_path: Path) -> None:
    done = flow("docs", "-", cwd=tmp_path, given=GOOD)
    assert done.returncode == 0
    assert "greeted" in Page(done.stdout).text


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("pages", "pages is a file: name a folder, or a file that ends in .html"),
        ("pages/in/it.html", "pages is a file: name a folder, or a file that ends in .html"),
        ("folder.html", "folder.html is a folder: name a file in it"),
    ],
)
def test_a_page_cannot_be_written_where_something_else_is(
    output: str, told: str, machine: Machine
) -> None:
    machine.file("shop.flow", GOOD)
    machine.file("pages", "mine")
    (machine.folder / "folder.html").mkdir()
    done = machine("docs", "-o", output)
    assert done.code == 2
    assert done.talk.splitlines()[-1] == f"Error: Invalid value for --output: {told}"
    assert (machine.folder / "pages").read_text() == "mine"
