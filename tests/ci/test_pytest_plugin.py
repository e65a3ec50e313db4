"""`pytest --flow`: pytest in a process of its own, as people call it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from tests.cli.calling import GOOD, workspace

FAILING = GOOD.replace('  expect sent "Hello"', '  expect not sent "Hello"')
CODES = """\
coupons "A"
  from "codes.txt"
  when empty halt

message "Code"
  kind service
  channel email
  subject "{{ coupon('A') }}"
  body "For you."

campaign "C"
  start when tagged "a"
  send "Code"

test "the codes of the file"
  given contact
  at 2026-03-02 10:00 tag "a"
  expect subject "Code" contains "ONE"
"""


def run(folder: Path, *arguments: str, alone: bool = True) -> subprocess.CompletedProcess[str]:
    """`alone`: without the other plugins that are installed here, which take long to load."""
    named = ["-p", "flowlang.pytest_plugin"] if alone else []
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *named, "--color=no", "-vv",
         *arguments],
        cwd=folder,
        env=os.environ | ({"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if alone else {}),
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def test_pytest_finds_the_plugin_by_its_entry_point() -> None:
    (found,) = entry_points(group="pytest11", name="flow")
    assert found.value == "flowlang.pytest_plugin"


def test_test_blocks_are_tests_among_others(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    (tmp_path / "test_python.py").write_text("def test_one() -> None:\n    assert True\n")
    done = run(tmp_path, "--flow", alone=False)
    assert done.returncode == 0, done.stdout
    assert "shop/shop.flow::a greeting PASSED" in done.stdout
    assert "test_python.py::test_one PASSED" in done.stdout


def test_without_the_option_no_file_is_looked_at(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", 'campaign "broken"\n')
    done = run(tmp_path)
    assert (done.returncode, "collected 0 items" in done.stdout) == (5, True)


def test_a_failure_says_what_was_so_instead_and_where(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", FAILING)
    done = run(tmp_path, "--flow")
    assert done.returncode == 1
    assert 'shop/shop.flow: line 16: expect not sent "Hello"' in done.stdout
    assert "the timeline:" in done.stdout
    assert "Traceback" not in done.stdout
    assert "runtest" not in done.stdout


def test_errors_of_a_file_are_told_in_place_of_its_tests(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", GOOD.replace('  send "Hello"', '  send "Helo"'))
    (shop / "other.flow").write_text('test "another"\n  given contact\n')
    done = run(tmp_path, "--flow")
    assert done.returncode == 2
    assert "shop.flow:9:8 error FL101 unknown-message" in done.stdout
    assert "another file of this workspace has errors" in done.stdout


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    (shop / "flow.toml").write_text('langage = "de"\n')
    done = run(tmp_path, "--flow")
    assert done.returncode == 2
    assert "unknown key `langage`; did you mean `language`?" in done.stdout


def test_tests_are_chosen_by_name_and_by_file(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", GOOD)
    (shop / "more.flow").write_text('test "more"\n  given contact\n')
    done = run(tmp_path, "--flow", "-k", "greeting")
    assert "1 passed, 1 deselected" in done.stdout
    done = run(tmp_path, "--flow", "shop/more.flow")
    assert "shop/more.flow::more PASSED" in done.stdout
    assert "1 passed" in done.stdout


def test_lists_hold_the_codes_of_their_files(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", CODES, codes_txt="ONE\nTWO\n")
    assert run(tmp_path, "--flow").returncode == 0
    (shop / "codes.txt").write_text("TWO\nTWO \u00a0x\n")
    done = run(tmp_path, "--flow")
    assert done.returncode == 1
    assert "PytestWarning" in done.stdout


def test_a_single_file_needs_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "loose.flow").write_text(GOOD)
    assert "loose.flow::a greeting PASSED" in run(tmp_path, "--flow").stdout
