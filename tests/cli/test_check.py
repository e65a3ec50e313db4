"""`flow check`: what it looks at, what it prints, what it imports, what it mends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import GOOD, flow, workspace

BROKEN = """\
campaign "X"
  start when tagged "new"
  sned "Hello"
  send "Helo"

message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hi"
"""
FORBIDDEN = (
    *("pydantic", "sqlalchemy", "rich", "holidays", "babel", "lark"),
    *("starlette", "uvicorn", "pygls", "lsprotocol", "prompt_toolkit", "pytest"),
    *("asyncio", "concurrent", "multiprocessing", "sqlite3", "xml"),
    "jinja2",
)


def test_findings_for_people(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    workspace(tmp_path / "shop", BROKEN)
    done = flow("check", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == snapshot


def test_findings_for_programs(tmp_path: Path) -> None:
    workspace(tmp_path / "shop", BROKEN)
    done = flow("check", "shop", "--output-format", "json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert done.returncode == 1
    assert data["files"] == 1
    finding = next(one for one in data["findings"] if one["name"] == "unknown-message")
    assert finding["file"] == "shop/shop.flow"
    assert (finding["line"], finding["column"], finding["end_line"], finding["end_column"]) == (
        4,
        8,
        4,
        14,
    )
    assert {"code", "name", "severity", "message", "hint", "fix"} <= set(finding)


def test_all_well_is_0_and_silent_on_stdout(tmp_path: Path) -> None:
    workspace(tmp_path / "shop")
    done = flow("check", "shop", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "Nothing found in 1 file.\n"


def test_every_workspace_below_a_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        workspace(tmp_path / name)
    (tmp_path / "loose.flow").write_text(GOOD)
    done = flow("check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "Nothing found in 3 files.\n")


def test_the_workspace_of_the_current_folder_is_named_from_it(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", BROKEN)
    (shop / "inner").mkdir()
    for cwd, name in ((shop, "shop.flow"), (shop / "inner", "../shop.flow")):
        data = json.loads(flow("check", "--output-format", "json", cwd=cwd).stdout)
        assert {one["file"] for one in data["findings"]} == {name}


def test_an_absolute_path_within_the_folder_is_named_from_it(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", BROKEN)
    data = json.loads(flow("check", shop, "--output-format", "json", cwd=tmp_path).stdout)
    assert {one["file"] for one in data["findings"]} == {"shop/shop.flow"}


def test_standard_input(tmp_path: Path) -> None:
    assert flow("check", "-", cwd=tmp_path, given=GOOD).returncode == 0
    done = flow("check", "-", "--output-format", "json", cwd=tmp_path, given=BROKEN)
    assert {one["file"] for one in json.loads(done.stdout)["findings"]} == {"<stdin>"}
    done = flow("check", "-", cwd=tmp_path, given=b'group "\xff"\n')
    assert (done.returncode, "not-utf-8" in done.stdout) == (1, True)


def test_a_warning_is_1(tmp_path: Path) -> None:
    text = GOOD.replace('  tag "greeted"', '  stop\n  tag "greeted"')
    workspace(tmp_path / "shop", text)
    done = flow("check", "shop", cwd=tmp_path)
    assert (done.returncode, "unreachable-step" in done.stdout) == (1, True)


def test_fix_mends_what_is_safe_and_shows_the_rest(tmp_path: Path) -> None:
    shop = workspace(
        tmp_path / "shop", GOOD.replace('  send "Hello"', '  sned "Hello"\n  send "Helo"')
    )
    before = (shop / "shop.flow").read_text()
    done = flow("check", "--fix", "shop", cwd=tmp_path)
    after = (shop / "shop.flow").read_text()
    assert after == before.replace("sned", "send")
    assert "1 fix applied in 1 file: shop/shop.flow" in done.stderr
    assert (done.returncode, "unknown-message" in done.stdout) == (1, True)


def test_fix_keeps_line_ends_and_follows_no_link_out(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop")
    tabbed = 'campaign "X"\r\n\tstart when tagged "a"\r\n\ttag "b"\r\n'
    (shop / "shop.flow").write_bytes(tabbed.encode())
    outside = tmp_path / "outside.flow"
    outside.write_text(
        'group "G"\n\n# language: en\ncampaign "Y"\n\tstart when tagged "a"\n\ttag "b"\n'
    )
    untouched = outside.read_bytes()
    (shop / "link.flow").symlink_to(outside)
    done = flow("check", "--fix", "shop", cwd=tmp_path)
    assert (shop / "shop.flow").read_bytes() == tabbed.replace("\t", "  ").encode()
    assert outside.read_bytes() == untouched
    assert "leads out of" in done.stderr


@pytest.mark.parametrize("link", ["gone.flow", "link.flow"])
def test_a_link_that_leads_to_no_file_is_told(tmp_path: Path, link: str) -> None:
    shop = workspace(tmp_path / "shop")
    (shop / "link.flow").symlink_to(link)
    for path in ("shop", "shop/link.flow"):
        done = flow("check", path, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Error: shop/link.flow: ")
        assert len(done.stderr.splitlines()) == 1
    (shop / "link.flow").rename(shop / ".#link.flow")  # as an editor marks an open file
    assert flow("check", "shop", cwd=tmp_path).returncode == 0


def _check_without(modules: tuple[str, ...], path: Path) -> subprocess.CompletedProcess[bytes]:
    code = f"""
import sys
class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {modules!r}:
            raise AssertionError("imported: " + name)
sys.meta_path.insert(0, Guard())
from flowlang.cli import flow
flow.main(["check", {str(path)!r}])
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)


def test_a_check_imports_nothing_heavy(tmp_path: Path) -> None:
    done = _check_without(FORBIDDEN, workspace(tmp_path / "shop"))
    assert done.returncode == 0, done.stderr


def test_only_placeholders_need_the_template_engine(tmp_path: Path) -> None:
    filled = GOOD.replace("Hello there.", "Hello {{ email }}.")
    path = workspace(tmp_path / "shop", filled)
    assert b"imported: jinja2" in _check_without(FORBIDDEN, path).stderr
    assert _check_without(FORBIDDEN[:-1], path).returncode == 0
