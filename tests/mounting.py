"""Tests that mount a medium of their own: a full disk, one that can only be read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def small_disk(folder: Path, options: str) -> None:
    """Mount a disk that the kernel keeps in memory, or mount it anew with other options."""
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)


def run(module: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A module of the tests with a folder to mount in, run as someone who may: in a user namespace
    of its own anybody may.
    """
    unshare = shutil.which("unshare")
    assert unshare is not None
    return subprocess.run(
        [unshare, "--user", "--map-root-user", "--mount", sys.executable, "-m", module, folder],
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
