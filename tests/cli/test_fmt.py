"""`flow fmt`: what it writes, and what it leaves alone."""

from __future__ import annotations

import stat
from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import GOOD, flow, workspace

UNTIDY = '# Hello.\ncampaign   "X"\n    start when tagged "a"   # why\n    tag    "b"\n'
TIDY = '# Hello.\ncampaign "X"\n  start when tagged "a"  # why\n  tag "b"\n'


def test_a_file_is_formatted_in_place_and_then_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_text(UNTIDY)
    path.chmod(0o640)
    done = flow("fmt", "a.flow", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "a.flow: formatted\n1 file formatted.\n"
    assert path.read_text() == TIDY
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert flow("fmt", "a.flow", cwd=tmp_path).stderr == "1 file already in good order.\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.flow"]


def test_the_folder_of_the_store_is_no_file_and_what_lies_in_it_is_left_alone(
    tmp_path: Path,
) -> None:
    shop = workspace(tmp_path / "shop", TIDY)
    (shop / ".flow").mkdir()
    (shop / ".flow" / "kept.flow").write_text(UNTIDY)
    (shop / "folder.flow").mkdir()
    assert flow("fmt", "shop", cwd=tmp_path).stderr == "1 file already in good order.\n"
    assert flow("fmt", "--check", cwd=shop).returncode == 0
    (shop / "shop.flow").unlink()
    done = flow("fmt", "shop", cwd=tmp_path)
    assert (done.returncode, "there is no .flow file" in done.stderr) == (2, True)


def test_check_and_diff_write_nothing(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    (tmp_path / "a.flow").write_text(UNTIDY)
    for options in (["--check"], ["--diff"], ["--check", "--diff"]):
        done = flow("fmt", *options, "a.flow", cwd=tmp_path)
        assert done.returncode == 1
        assert (tmp_path / "a.flow").read_text() == UNTIDY
    assert done.stdout == snapshot
    (tmp_path / "a.flow").write_text(TIDY)
    assert flow("fmt", "--check", "a.flow", cwd=tmp_path).returncode == 0


def test_standard_input_goes_to_standard_output(tmp_path: Path) -> None:
    done = flow("fmt", "-", cwd=tmp_path, given=UNTIDY)
    assert (done.returncode, done.stdout, done.stderr) == (0, TIDY, "")


def test_a_translation_and_back(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text(GOOD)
    assert flow("fmt", "--to", "de", cwd=tmp_path).returncode == 0
    german = (tmp_path / "a.flow").read_text()
    assert german.startswith("# sprache: de\n")
    assert 'kampagne "Hello"' in german
    assert flow("fmt", "--to", "en", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.flow").read_text() == GOOD


def test_a_broken_file_is_told_and_left_alone(tmp_path: Path) -> None:
    broken = UNTIDY + '    send "never closed\n'
    (tmp_path / "a.flow").write_text(broken)
    (tmp_path / "b.flow").write_text(UNTIDY)
    done = flow("fmt", cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "a.flow").read_text() == broken
    assert (tmp_path / "b.flow").read_text() == TIDY
    assert "unclosed-text" in done.stderr
    assert "a.flow: left as it is until these are mended" in done.stderr


def test_nothing_is_written_outside_of_the_given_paths(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", UNTIDY)
    (shop / "inner").mkdir()
    (shop / "inner" / "b.flow").write_text(UNTIDY.replace('"X"', '"Y"'))
    (shop / "inner" / "link.flow").symlink_to(shop / "shop.flow")
    done = flow("fmt", "shop/inner", cwd=tmp_path)
    assert (shop / "shop.flow").read_text() == UNTIDY
    assert (shop / "inner" / "b.flow").read_text() == TIDY.replace('"X"', '"Y"')
    assert (done.returncode, "leads out of" in done.stderr) == (1, True)


def test_line_ends_stay_and_a_mark_at_the_beginning_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_bytes(b"\xef\xbb\xbf" + UNTIDY.replace("\n", "\r\n").encode())
    assert flow("fmt", "a.flow", cwd=tmp_path).returncode == 0
    assert path.read_bytes() == TIDY.replace("\n", "\r\n").encode()
