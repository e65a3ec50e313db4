"""CONTENT → DIGEST: by which it is known again whether something has changed.

Of contents and not of times: a clone, a checkout or an editor gives old content a new time.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path

from flowlang import resources

_PLACE = "at "
_PARTS = (".py", ".lark", ".toml", ".flow", ".po", ".mo")


def of_bytes(data: bytes) -> str:
    """The digest of some bytes: 32 hexadecimal digits."""
    return blake2b(data, digest_size=16).hexdigest()


def of_file(path: Path) -> str:
    """The digest of a file's content; empty where there is none that can be read."""
    try:
        # Other kinds of files may have no end, or wait for someone to write.
        return of_bytes(path.read_bytes()) if path.is_file() else ""
    except OSError:
        return ""


def of_place(path: Path) -> str:
    """Where a path leads, past links: for what is judged by its place and never read."""
    return _PLACE + os.path.realpath(path)


def of_input(path: Path) -> str:
    """The digest of a file's content together with where its path leads, past links."""
    return of_bytes(os.fsencode(f"{os.path.realpath(path)}\n{of_file(path)}"))


def is_as_before(path: Path, before: str) -> bool:
    """Whether `of_place` or `of_input` would give the same again."""
    return (of_place(path) if before.startswith(_PLACE) else of_input(path)) == before


@cache
def of_program() -> str:
    """The digest of what does the checking: flowlang, its grammar and modules, what is installed
    beside it, and Python.  Raises OSError where a part of it cannot be read.
    """
    digest = blake2b("\n".join([sys.version, *sorted(_installed())]).encode(), digest_size=16)
    for top in (Path(__file__).parent, resources.grammar(), resources.locale(), resources.stdlib()):
        for at, folders, names in os.walk(top):
            folders.sort()
            for name in sorted(names):
                if name.endswith(_PARTS):
                    # Some three hundred files at each start: the plainest way to read them.
                    path = f"{at}/{name}"
                    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                        digest.update(f"\n{name} {os.fstat(file.fileno()).st_size}\n".encode())
                        digest.update(file.read())
    return digest.hexdigest()


def _installed() -> set[str]:
    """The distributions beside flowlang: their folders of metadata are named with the version."""
    found: set[str] = set()
    for entry in sys.path:
        try:
            names = os.listdir(entry or ".")  # noqa: PTH208 - names are all that is needed
        except OSError:  # a zip, or nothing at all
            continue
        found.update(name for name in names if name.endswith(".dist-info"))
    return found
