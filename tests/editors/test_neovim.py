"""A real Neovim, set up as docs/editors.md says: it shows what `flow check` finds, and mends it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
TOP = HERE.parents[1]
BIN = Path(sys.executable).parent
_SEVERITY = {"error": 1, "warning": 2, "info": 3}


def neovim() -> str:
    """The Neovim that comes with the tests' requirements; where there is none for this machine,
    its own.
    """
    found = shutil.which("nvim", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.fail("there is no Neovim: install it (0.11 or later)")
    return found


def documented() -> str:
    """The first of the two ways to set up Neovim in docs/editors.md."""
    page = (TOP / "docs" / "editors.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```lua\n(.*?)```", page[page.index("## Neovim") :], re.DOTALL)
    return str(blocks[0])


def edit(folder: Path, home: Path, findings: int) -> dict[str, Any]:
    """What Neovim showed and did with the flow files of a folder."""
    home.mkdir()
    (home / "init.lua").write_text(documented(), encoding="utf-8")
    files = [str(path) for path in sorted(folder.rglob("*.flow"))]
    given, outcome = home / "given.json", home / "outcome.json"
    given.write_text(json.dumps({"files": files, "findings": findings}))
    places = {f"XDG_{name}_HOME": str(home) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = os.environ | places
    environment["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment |= {"FLOW_TEST_GIVEN": str(given), "FLOW_TEST_OUTCOME": str(outcome)}
    command = [neovim(), "--headless", "--clean", "-n", "-u", str(home / "init.lua")]
    done = subprocess.run(
        [*command, "-S", str(HERE / "neovim.lua")],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert outcome.exists(), done.stderr
    return dict(json.loads(outcome.read_text(encoding="utf-8")))


def checked(folder: Path) -> list[dict[str, Any]]:
    """What `flow check` finds, as Neovim counts: lines from 0, columns in bytes."""
    command = [str(BIN / "flow"), "check", "--no-cache", "--output-format", "json", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = []
    for one in json.loads(done.stdout)["findings"]:
        lines = Path(one["file"]).read_text(encoding="utf-8").split("\n")
        place: list[int] = []
        for which in ("", "end_"):
            line, column = one[f"{which}line"], one[f"{which}column"]
            place += [line - 1, len(lines[line - 1][: column - 1].encode())]
        message = f"{one['message']}\n{one['hint']}" if one["hint"] else one["message"]
        shown = {"file": one["file"], "code": one["code"], "message": message, "place": place}
        found.append(shown | {"severity": _SEVERITY[one["severity"]]})
    return found


def order(one: dict[str, Any]) -> tuple[str, list[int], str]:
    return one["file"], one["place"], one["code"]


def test_neovim_shows_what_check_finds_and_each_fix_applies(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TOP / "tests" / "lsp" / "broken", tmp_path / "broken"))
    expected = checked(folder)
    assert len(expected) >= 50
    done = edit(folder, tmp_path / "home", len(expected))
    assert sorted(done["shown"], key=order) == sorted(expected, key=order)
    assert len(done["applied"]) >= len(expected)
    assert done["left"] == 0
    assert checked(folder) == []
