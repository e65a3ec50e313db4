"""The PostgreSQL of the tests, which must not outlive them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic

STARTING = """\
import sys
sys.path.insert(0, sys.argv[1])
from tests.postgresql import OwnServer
server = OwnServer()
print(server.folder, flush=True)
sys.stdin.read()
"""


def test_a_killed_test_run_leaves_no_server_and_no_files() -> None:
    top = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", STARTING, str(top)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as started:  # fmt: skip
        assert started.stdout is not None
        folder = Path(started.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text("ascii").split()[0])
        started.kill()
    end = monotonic() + 60
    while folder.exists() or _runs(server):
        assert monotonic() < end


def _runs(process: int) -> bool:
    """By its name: the number may be given anew."""
    asking = ["ps", "-o", "comm=", "-p", str(process)]
    asked = subprocess.run(asking, capture_output=True, text=True, check=False)
    return "postgres" in asked.stdout
