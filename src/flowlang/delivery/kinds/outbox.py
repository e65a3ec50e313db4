"""A folder that takes every letter as a file: nothing leaves the machine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from errno import EDQUOT, ENOSPC
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from unicodedata import normalize

from flowlang.contact import Letter
from flowlang.delivery.delivery import Delivery, Outcome
from flowlang.delivery.mail import Unmailable, to_email
from flowlang.delivery.settings import Setup


def connect(setup: Setup) -> Outbox:
    """The workspace's own."""
    return Outbox(setup.outbox)


class Outbox(Delivery):
    """Writes a letter as `.eml` where its channel is email, else as `.json`.

    The file's name comes from the letter alone, and a file appears whole or not at all; so a
    letter that is handed over again writes the same file again.  The folder is made on demand.
    """

    at_once = 100
    repeatable = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = str(folder)

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [self._write(letter) for letter in letters]

    def file_of(self, letter: Letter) -> Path:
        """Where a letter is written: by its moment, its message, and a hash of its id."""
        moment = letter.at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        # Only these characters: contact data or a message's name never makes a path.
        message = _plain(letter.message) or ("message" if letter.message else "report")
        identity = sha256(letter.id.encode("utf-8", "replace")).hexdigest()[:20]
        suffix = "eml" if letter.channel == "email" else "json"
        return self._folder / f"{moment}-{message}-{identity}.{suffix}"

    def _write(self, letter: Letter) -> Outcome:
        try:
            content = _content(letter)
        except Unmailable as bad:
            return Outcome(letter.id, "failed", str(bad))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _put(self.file_of(letter), content)
        except OSError as bad:
            return Outcome(letter.id, "down", f"the outbox cannot be written: {_why(bad)}")
        return Outcome(letter.id, "delivered")


def _why(failure: OSError) -> str:
    if failure.errno in (ENOSPC, EDQUOT):
        return "the disk is full"
    return failure.strerror or str(failure)


def _plain(name: str) -> str:
    """A message's name in the letters of a to z and digits."""
    spelt = name.lower().translate(_UMLAUTS)
    bare = normalize("NFKD", spelt).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", bare)[:40].strip("-")


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _content(letter: Letter) -> bytes:
    if letter.channel == "email":
        return to_email(letter).as_bytes()
    data = asdict(letter) | {"at": letter.at.isoformat()}
    return (json.dumps(data, ensure_ascii=True, indent=2) + "\n").encode("ascii")


def _put(path: Path, content: bytes) -> None:
    """Writes beside the path and renames, so that nobody ever sees half a file."""
    handle, name = mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
