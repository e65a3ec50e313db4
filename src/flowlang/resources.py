"""Where the files that are not Python lie: grammar, catalogues, standard library, what is kept.

An installed wheel has them as folders of the package (hatch_build.py puts them there); a source
tree, and with it an editable install, has them at its top.
"""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_TREE = _PACKAGE.parent.parent


class ResourceMissing(RuntimeError):
    """A folder that belongs to flowlang is not there: the installation is damaged."""


def grammar() -> Path:
    """The folder of flow.lark, the keyword tables and, in an installed wheel, flow.table."""
    return _folder("grammar")


def locale() -> Path:
    """The folder of the catalogues: in a source tree those that people write (.po), in an installed
    wheel what is made of them (.mo).
    """
    return _folder("locale")


def stdlib() -> Path:
    """The folder of the modules written in flow."""
    return _folder("stdlib")


def kept() -> Path | None:
    """The folder for what spares work the next time and may be lost at any time; None where a
    machine has no place for it.

    It is the user's, so it is in the way of no version control, and works for files that may not
    be written beside.  FLOW_CACHE_DIR names another.
    """
    named = os.environ.get("FLOW_CACHE_DIR")
    if named:
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flowlang"
    except RuntimeError:  # a user without a home
        return None


def keep(path: Path, data: bytes) -> None:
    """Put a file below `kept` in its place, whole; without room for it only time is lost."""
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        return


def _folder(name: str) -> Path:
    installed, tree = _PACKAGE / name, _TREE / name
    if installed.is_dir():
        return installed
    if tree.is_dir() and (_TREE / "pyproject.toml").is_file():
        return tree
    raise ResourceMissing(
        f"flowlang's {name} folder is neither at {installed} nor at {tree}; "
        "install flowlang again, or run it from a complete source tree"
    )
