"""The workspaces of the tree by name: loaded when a test asks for one, not to name the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flowlang import discovery, workspace
from flowlang.workspace import Workspace

TREE = Path(__file__).parents[1]


def names(*places: str) -> list[str]:
    """Of the workspaces in folders and files of the tree."""
    found = discovery.find([TREE / place for place in places])
    return [str(root.relative_to(TREE)) for root, _ in found]


@cache
def load(name: str) -> Workspace:
    """One of them, for all tests that change nothing of it."""
    ((root, files),) = discovery.find([TREE / name])
    return workspace.load(root, files)
