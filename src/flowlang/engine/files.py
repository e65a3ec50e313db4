"""The files that jobs of automations read and write, as far as the engine knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowlang.contact import Contact
from flowlang.intake.contacts import ContactRows
from flowlang.intake.coupons import CodeRows


class FileFailure(Exception):
    """A file cannot be read or written; the message says which and why, for a person."""


class PartLost(Exception):
    """What was written of a file so far is gone: it has to be written from its beginning."""


class Files:
    """No files at all: nothing is read, nothing leaves the machine, as in tests.

    Who has a workspace answers with its files.  Every method raises FileFailure.
    """

    def contacts(self, path: Path) -> ContactRows:
        """The contacts in a file, as it was found."""
        return ContactRows(path.name, (), (), 0, 0)

    def codes(self, path: Path) -> CodeRows:
        """The coupon codes in a file, as it was found."""
        return CodeRows(path.name, (), 0, 0, 0, 0, ())

    def extend(self, path: Path, size: int, contacts: Sequence[Contact]) -> int:
        """Write contacts on a file that nobody sees before `publish`; gives its size then.

        `size` is how long it was when that was last noted; what is there beyond, of a try that
        was not saved, is written over.  Raises PartLost where there is less.
        """
        return size

    def publish(self, path: Path) -> None:
        """Put the finished file in its place, whole."""

    def write_report(self, path: Path, name: str) -> None:
        """Write a report (`sends`, `coupons`, …) as it stands now, whole."""
