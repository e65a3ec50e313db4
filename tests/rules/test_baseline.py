"""The baseline of an old workspace: what was there is forgiven, wherever its line has gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import flow
from tests.rules.linting import ZERO

BASELINE = "flow-baseline.json"


def names(done: object) -> list[tuple[str, int]]:
    found = json.loads(done.stdout)["findings"]  # type: ignore[attr-defined] # a completed process
    return [(one["name"], one["line"]) for one in found]


def check(folder: Path, *options: str) -> list[tuple[str, int]]:
    return names(flow("check", "--output-format", "json", *options, cwd=folder))


def shop(folder: Path, text: str = ZERO) -> Path:
    (folder / "flow.toml").touch()
    (folder / "shop.flow").write_text(text)
    return folder


def test_what_is_found_now_is_forgiven_and_what_comes_is_not(tmp_path: Path) -> None:
    shop(tmp_path)
    assert check(tmp_path) == [("wait-of-zero", 3)]
    done = flow("check", "--write-baseline", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"1 finding forgiven in {BASELINE}" in done.stderr
    assert check(tmp_path) == []
    (tmp_path / "shop.flow").write_text(ZERO + "  wait 0 hours\n")
    assert check(tmp_path) == [("wait-of-zero", 5)]


def test_it_holds_while_other_lines_come_and_go(tmp_path: Path) -> None:
    shop(tmp_path)
    flow("check", "--write-baseline", cwd=tmp_path)
    moved = ZERO.replace("  wait", '  # more\n  tag "first"\n  wait')
    (tmp_path / "shop.flow").write_text(f'group "G"\n\n{moved}')
    assert check(tmp_path) == []
    (tmp_path / "other.flow").write_text(moved)
    (tmp_path / "shop.flow").unlink()
    assert check(tmp_path) == []


def test_it_is_about_the_campaign_and_counts(tmp_path: Path) -> None:
    shop(tmp_path)
    flow("check", "--write-baseline", cwd=tmp_path)
    (tmp_path / "shop.flow").write_text(ZERO.replace("Greeting", "Other"))
    assert check(tmp_path) == [("wait-of-zero", 3)]
    twice = ZERO.replace("  wait 0 days\n", "  wait 0 days\n  wait 0 days\n")
    (tmp_path / "shop.flow").write_text(twice)
    assert check(tmp_path) == [("wait-of-zero", 4)]


def test_errors_are_never_forgiven(tmp_path: Path) -> None:
    shop(tmp_path, ZERO.replace('tag "greeted"', "set score to 1"))
    done = flow("check", "--write-baseline", cwd=tmp_path)
    assert (done.returncode, "mend them" in done.stderr) == (2, True)
    assert not (tmp_path / BASELINE).exists()


def test_a_baseline_of_nothing_is_taken_away(tmp_path: Path) -> None:
    shop(tmp_path)
    flow("check", "--write-baseline", cwd=tmp_path)
    (tmp_path / "shop.flow").write_text(ZERO.replace("0 days", "1 day"))
    done = flow("check", "--write-baseline", cwd=tmp_path)
    assert (done.returncode, (tmp_path / BASELINE).exists()) == (0, False)
    assert "nothing is left to forgive" in done.stderr


def test_a_file_of_its_own_has_no_baseline(tmp_path: Path) -> None:
    (tmp_path / "shop.flow").write_text(ZERO)
    done = flow("check", "--write-baseline", "shop.flow", cwd=tmp_path)
    assert (done.returncode, "beside flow.toml" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{", b"\xff", b"1", b'{"version": 2, "forgiven": []}',
        b'{"version": 1, "forgiven": {}}', b'{"version": 1, "forgiven": [1]}',
        b'{"version": 1, "forgiven": [{"rule": "x", "inside": "y", "step": "z", "times": 0}]}',
        b'{"version": 1, "forgiven": [{"rule": "x", "inside": 1, "step": "z", "times": 1}]}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_said_in_one_line(content: bytes, tmp_path: Path) -> None:
    shop(tmp_path)
    (tmp_path / BASELINE).write_bytes(content)
    done = flow("check", "--no-cache", cwd=tmp_path)
    assert done.returncode == 2
    assert BASELINE in done.stderr
    assert "--write-baseline" in done.stderr
