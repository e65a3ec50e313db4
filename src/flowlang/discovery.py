"""PATHS → FILES: the workspaces that paths belong to, and the files that are theirs.

Looks at names only: no file is read.  A folder or file whose name begins with a dot is no part of a
workspace: `.flow` holds the store and the outbox, `.git` and `.venv` what others put there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

SETTINGS = "flow.toml"
"""The file that makes a folder a workspace."""


def find(paths: Iterable[Path]) -> list[tuple[Path, list[Path] | None]]:
    """The workspaces that paths belong to: each folder with a `flow.toml`, and single files.

    Gives the root of each and, for a file without a `flow.toml` above it, that file alone.
    Raises FileNotFoundError for a path that is not there.
    """
    found: dict[Path, list[Path] | None] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
        root = _root_of(path)
        if root is not None:
            found.setdefault(root, None)
        elif path.is_file():
            found.setdefault(path, [path])
        else:
            for folder, names in _folders(path):
                if SETTINGS in names:
                    found.setdefault(folder, None)
            found |= {file: [file] for file in own_files(path)}
    return sorted(found.items())


def flow_files(folder: Path) -> list[Path]:
    """The `.flow` files in a folder and below it, in order."""
    return sorted(file for place in _folders(folder) for file in _flow_files(*place))


def own_files(root: Path) -> list[Path]:
    """The files of a workspace, in order; a folder below with a `flow.toml` is another one."""
    places = _folders(root, own=True)
    return sorted(file for place in places for file in _flow_files(*place))


def _folders(top: Path, *, own: bool = False) -> Iterator[tuple[Path, list[str]]]:
    """A folder and those below it, with the names of what lies in each that is no folder."""
    for at, folders, names in os.walk(top):
        if own and SETTINGS in names and Path(at) != top:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield Path(at), names


def _flow_files(folder: Path, names: list[str]) -> Iterator[Path]:
    for name in names:
        if name.endswith(".flow") and not name.startswith("."):
            path = folder / name
            # A link that leads nowhere is a file that cannot be read, which is told then.
            if path.is_file() or (path.is_symlink() and not path.exists()):
                yield path


def _root_of(path: Path) -> Path | None:
    start = path.resolve() if path.is_dir() else path.resolve().parent
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            inside = path.resolve().relative_to(folder)
            return _shorten(path, len(inside.parts))
    return None


def _shorten(path: Path, levels: int) -> Path:
    """The path some levels up, spelt as the user spelt it where that is possible."""
    spelt = path
    for _ in range(levels):
        if spelt.name in ("", ".", ".."):
            return path.resolve().parents[levels - 1]
        spelt = spelt.parent
    return spelt
