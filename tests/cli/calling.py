"""Calls of the command `flow`, as a person makes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    """One call in a process of its own; stdout and stderr are no terminals."""
    done = subprocess.run(
        [*FLOW, *map(str, args)],
        cwd=cwd,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "90", "FLOW_DEBUG": "1", **environment},
    )
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
