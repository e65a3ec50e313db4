"""flowlang as others install it from its repository, without asking a package index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
PARTS = ("src", "grammar", "locale", "stdlib", ".ci")
FILES = ("pyproject.toml", "hatch_build.py", "README.md", ".pre-commit-hooks.yaml")


def copy(place: Path) -> Path:
    """What of the tree an installation needs, as a checkout of the repository has it."""
    place.mkdir()
    for name in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TREE / name, place / name, ignore=ignored)
    for name in FILES:
        shutil.copy(TREE / name, place)
    return place


def environment(home: Path) -> dict[str, str]:
    """Variables by which pip builds and installs with what the tests' own environment has.

    What is installed elsewhere finds its dependencies there as well; an editable flowlang is not
    found so, for the `.pth` file that names it is read in the environment itself only.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
    }  # fmt: skip


def git(*arguments: str, cwd: Path, env: dict[str, str]) -> str:
    """The output of a git command that must succeed."""
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - the git of the machine
        cwd=cwd, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()
