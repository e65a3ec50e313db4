"""Calls of the command `flow`, as a person makes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.forking import forks

FLOW = [sys.executable, "-m", "flowlang"]
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Hello"
  body "Hello there."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  wait 1 day
  tag "greeted"

test "a greeting"
  given contact
  at 2026-03-02 10:00 tag "new"
  expect sent "Hello"
"""


def flow(
    *args: str | Path, cwd: Path, given: str | bytes = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    """One call in a process of its own; stdout and stderr are no terminals.

    Where the environment says something to Python itself, the process begins with it.
    """
    around = {**os.environ, "NO_COLOR": "1", "COLUMNS": "90", "FLOW_DEBUG": "1", **environment}
    entered = given.encode() if isinstance(given, str) else given
    if any(name.startswith("PYTHON") for name in environment):
        done = subprocess.run(
            [*FLOW, *map(str, args)],
            cwd=cwd, input=entered, capture_output=True, check=False, env=around,
        )  # fmt: skip
    else:
        done = forks().call([*map(str, args)], cwd, entered, around)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def workspace(folder: Path, text: str = GOOD, **files: str) -> Path:
    """A workspace with one `.flow` file and further files, by name with `_` for the dot."""
    folder.mkdir(exist_ok=True)
    (folder / "flow.toml").write_text("")
    (folder / "shop.flow").write_text(text)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    return folder
