"""Write files of a workspace: whole or not at all, and never outside of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from flowlang.cli import terminal
from flowlang.speech import tr


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


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A file that appears whole at the end, in place of the one that is there; where something
    fails meanwhile that one stays.  What is no file (a pipe) is written as it comes.

    Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as stream:
            yield stream
        return
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as failure:
        raise type(failure)(failure.errno, failure.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yield stream
            os.fchmod(stream.fileno(), _mode(target))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The rights of a file, those of a new one where there is none."""
    if target.exists():
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def may_write(path: Path, within: Path) -> bool:
    """Whether a path leads to a place within a folder; if not, that is told."""
    inside = path.resolve().is_relative_to(within.resolve())
    if not inside:
        terminal.talk(
            tr("{path}: leads out of {within}, so it is left as it is", path=path, within=within)
        )
    return inside


def as_bytes(text: str, like: bytes) -> bytes:
    """A text as it is written to a file: in UTF-8, with CRLF where the file has that."""
    if b"\r\n" in like[:10_000].split(b"\n", 1)[0] + b"\n":
        text = text.replace("\n", "\r\n")
    return text.encode()
