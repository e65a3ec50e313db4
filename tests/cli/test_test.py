"""`flow test`: which tests run, what is printed, what the exit code says."""

from __future__ import annotations

import json
from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import GOOD, flow, workspace

FAILING = (
    GOOD
    + """
test "a farewell"
  given contact
  at 2026-03-02 10:00 tag "new"
  expect sent "Hello" times 2
"""
)
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
  expect coupons left "A" = 1

test "codes of its own"
  given contact
  given coupons "A" 5 codes
  at 2026-03-02 10:00 tag "a"
  expect coupons left "A" = 4
"""


def test_the_outcome_for_people(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    workspace(tmp_path / "shop", FAILING)
    done = flow("test", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == snapshot


def test_the_outcome_for_programs(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", FAILING)
    done = flow("test", "shop", "--output-format", "json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert (done.returncode, data["passed"], data["failed"]) == (1, 1, 1)
    assert data["tests"][0] == {
        "name": "a greeting", "file": "shop/shop.flow", "line": 13, "passed": True, "message": "",
    }  # fmt: skip
    assert data["tests"][1]["line"] == 18
    assert data["tests"][1]["message"].startswith("line 21: ")


def test_words_choose_tests_without_case(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", FAILING)
    done = flow("test", "shop", "-k", "GREET a", "--output-format", "json", cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["passed"]) == (0, 1)
    done = flow("test", "shop", "-k", "nobody", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "no test has these words in its name: nobody\n"


def test_a_workspace_without_a_test_is_1(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", GOOD.split("test ", maxsplit=1)[0])
    done = flow("test", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "shop: there is no test\n")


def test_errors_are_shown_and_nothing_runs(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", GOOD.replace('send "Hello"', 'send "Helo"'))
    done = flow("test", "shop", "--output-format", "json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"passed": 0, "failed": 0, "tests": []}
    assert "unknown-message" in done.stderr


def test_a_list_holds_the_codes_of_its_file(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", CODES, codes_txt="ONE\nTWO\n")
    done = flow("test", "shop", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    (tmp_path / "shop" / "codes.txt").unlink()
    done = flow("test", "shop", cwd=tmp_path)
    assert done.returncode == 1
    if "unknown-file" not in done.stderr:
        assert 'shop/codes.txt: the codes of "A" cannot be read' in done.stderr
        assert "passed  codes of its own" in done.stdout


def test_a_test_from_standard_input(tmp_path: Path) -> None:
    done = flow("test", "-", cwd=tmp_path, given=GOOD)
    assert (done.returncode, "1 passed, 0 failed" in done.stdout) == (0, True)
