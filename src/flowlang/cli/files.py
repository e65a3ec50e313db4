"""Write files of a workspace: whole or not at all, and never outside of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from flowlang.cli import terminal


def write(path: Path, text: str, within: Path) -> bool:
    """Put a text in the place of a file's, with the line ends the file has.  Raises OSError.

    The file has its old text or the new one, whatever happens meanwhile.  A link that leads out of
    `within` is told and left alone: False.
    """
    if not may_write(path, within):
        return False
    target = path.resolve()
    data = as_bytes(text, target.read_bytes())
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            os.fchmod(stream.fileno(), target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def may_write(path: Path, within: Path) -> bool:
    """Whether a path leads to a place within a folder; if not, that is told."""
    inside = path.resolve().is_relative_to(within.resolve())
    if not inside:
        terminal.talk(f"{path}: leads out of {within}, so it is left as it is")
    return inside


def as_bytes(text: str, like: bytes) -> bytes:
    """A text as it is written to a file: in UTF-8, with CRLF where the file has that."""
    if b"\r\n" in like[:10_000].split(b"\n", 1)[0] + b"\n":
        text = text.replace("\n", "\r\n")
    return text.encode()
