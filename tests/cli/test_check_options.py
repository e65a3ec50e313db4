"""`flow check`: fixes and differences, counts, formats, and what has no meaning together."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from flowlang.cli import checking, mending
from tests.cli.calling import GOOD, flow, workspace

# One safe fix, one that asks for trust, one mistake without a fix.
MIXED = GOOD.replace('  send "Hello"', '  sned "Hello"\n  send "Parting"').replace(
    "  wait 1 day\n", "  wait and 1 day\n"
)
SAFE = MIXED.replace("sned", "send")
UNSAFE = SAFE.replace("wait and 1 day", "wait 1 day")


def test_a_difference_is_shown_and_nothing_written(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", MIXED)
    done = flow("check", "--diff", "shop", cwd=tmp_path)
    assert done.returncode == 1
    assert (shop / "shop.flow").read_text() == MIXED
    patched = subprocess.run(
        ["patch", "-p0", "-o", "-", "shop/shop.flow"],  # noqa: S607 - the patch of the machine
        cwd=tmp_path, input=done.stdout, capture_output=True, text=True, check=True,
    )  # fmt: skip
    flow("check", "--fix", "shop", cwd=tmp_path)
    assert (shop / "shop.flow").read_text() == patched.stdout == SAFE


def test_no_difference_is_0_whatever_else_is_found(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", GOOD.replace('  send "Hello"', '  send "Helo"'))
    done = flow("check", "--diff", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_unsafe_fixes_are_applied_when_they_are_asked_for(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", MIXED)
    shown = flow("check", "--diff", "--unsafe-fixes", "shop", cwd=tmp_path).stdout
    assert "-  wait and 1 day" in shown
    assert (shop / "shop.flow").read_text() == MIXED
    done = flow("check", "--fix", "--unsafe-fixes", "shop", cwd=tmp_path)
    assert (shop / "shop.flow").read_text() == UNSAFE
    assert "2 fixes applied in 1 file: shop/shop.flow" in done.stderr
    assert (done.returncode, "unknown-message" in done.stdout) == (1, True)


def test_a_guess_of_a_name_is_taken_only_by_those_who_ask_for_it(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", GOOD.replace('  send "Hello"', '  send "Helo"'))
    for options, mended in (([], False), (["--unsafe-fixes"], True)):
        done = flow("check", "--fix", *options, "shop", cwd=tmp_path)
        assert ((shop / "shop.flow").read_text() == GOOD) is mended
        assert (done.returncode == 0) is mended


def test_what_only_an_unsafe_fix_mends_is_told(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", MIXED)
    done = flow("check", "shop", cwd=tmp_path)
    assert "1 can be fixed by `flow check --fix`; 1 more can be fixed by" in done.stderr


def test_a_link_that_leads_out_has_no_difference(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    (tmp_path / "outside.flow").write_text(MIXED.replace("Hello", "Other"))
    (shop / "link.flow").symlink_to(tmp_path / "outside.flow")
    done = flow("check", "--diff", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "leads out of" in done.stderr


def test_rules_are_counted(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", MIXED.replace('"Parting"', '"Parting"\n  send "Going"'))
    done = flow("check", "--statistics", "shop", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "2  FL101  unknown-message     error",
        "1  FL002  misspelled-keyword  error    1 can be fixed",
        "1  FL021  word-too-much       error",
    ]
    done = flow("check", "--statistics", "--output-format", "json", "shop", cwd=tmp_path)
    assert json.loads(done.stdout)[0] == {
        "code": "FL101", "name": "unknown-message", "severity": "error", "count": 2, "fixable": 0,
    }  # fmt: skip


def test_nothing_counted_is_nothing_written(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    done = flow("check", "--statistics", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", ["json", "sarif", "github", "gitlab", "junit"])
def test_each_format_is_data_on_stdout(tmp_path: Path, name: str) -> None:
    workspace(tmp_path / "shop", MIXED)
    done = flow("check", "--output-format", name, "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout.count("FL101"), done.stdout[-1]) == (1, 1, "\n") or (
        name == "sarif" and done.stdout.count("FL101") == 2  # the rule and the result
    )
    assert "errors in 1 file" in done.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes goes with --fix or --diff"),
        (["--watch", "--fix"], "--watch goes with none of"),
        (["--watch", "--output-format", "json"], "--watch goes with none of"),
        (["--statistics", "--output-format", "sarif"], "--statistics are written as text or json"),
        (["--fix", "-"], "standard input can be checked only"),
        (["--watch", "-"], "standard input can be checked only"),
        (["--output-format", "yaml"], "'yaml' is not one of"),
    ],
)
def test_what_has_no_meaning_is_refused(tmp_path: Path, options: list[str], why: str) -> None:
    workspace(tmp_path / "shop")
    done = flow("check", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr


def test_hidden_folders_are_no_campaigns(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    for hidden in (".venv", ".git"):
        workspace(tmp_path / hidden, "broken\n")
    (tmp_path / "shop" / "._shop.flow").write_bytes(b"\x00\x05\x16\x07")
    done = flow("check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "Nothing found in 1 file.\n")


def test_the_outcome_of_tests_as_junit(tmp_path: Path) -> None:
    failing = GOOD.replace("a greeting", "a <&> greeting").replace("expect sent", "expect not sent")
    workspace(tmp_path / "shop", GOOD.replace("\n\ntest", "\n\n# here\ntest"), more_flow="")
    workspace(tmp_path / "bad", failing)
    done = flow("test", "shop", "bad", "--output-format", "junit", cwd=tmp_path)
    assert done.returncode == 1
    root = ET.fromstring(done.stdout)  # noqa: S314 - our own
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    bad, good = root.iter("testcase")
    assert (good.get("file"), good.get("line"), list(good)) == ("shop/shop.flow", "14", [])
    assert bad.get("name", "").startswith("a <&> greeting")
    (failure,) = bad
    assert failure.get("message", "").startswith('line 16: expect not sent "Hello"')
    assert "the timeline:" in (failure.text or "")


def test_a_file_whose_tests_could_not_run_is_an_error_in_junit(tmp_path: Path) -> None:
    broken = GOOD.replace("  wait 1 day\n", "  wiat 1 day\n").replace("service", "servce")
    workspace(tmp_path / "shop", GOOD)
    workspace(
        tmp_path / "bad",
        broken,
        more_flow=GOOD.replace("Hello", "Other").replace("a gr", "other gr"),
    )
    done = flow("test", "shop", "bad", "--output-format", "junit", cwd=tmp_path)
    assert done.returncode == 1
    root = ET.fromstring(done.stdout)  # noqa: S314 - our own
    assert [root.get(name) for name in ("tests", "failures", "errors")] == ["2", "0", "1"]
    ran, not_run = root.iter("testcase")
    assert (ran.get("file"), list(ran)) == ("shop/shop.flow", [])
    assert not_run.get("file") == "bad/shop.flow"
    (error,) = not_run
    assert (error.tag, error.get("type")) == ("error", "misspelled-keyword")
    assert "(and 1 more)" in error.get("message", "")
    assert (error.text or "").count("bad/shop.flow:") == 2


def test_junit_takes_no_coverage(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    done = flow("test", "--output-format", "junit", "--coverage", "shop", cwd=tmp_path)
    assert (done.returncode, "junit holds the results only" in done.stderr) == (2, True)


def test_what_was_saved_while_fixes_were_sought_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = workspace(tmp_path / "shop", MIXED)
    monkeypatch.chdir(tmp_path)
    checked = checking.targets([Path("shop")], cached=False)
    (one,) = mending.mended(checked, unsafe=False)
    (shop / "shop.flow").write_text(GOOD)
    assert not one.write()
    assert (shop / "shop.flow").read_text() == GOOD
