"""Tables into files, each whole or not at all; and the files that jobs of automations name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path
from typing import TextIO, TypeVar

from flowlang.contact import Contact
from flowlang.engine.files import FileFailure, Files, PartLost
from flowlang.figures import reports, telling
from flowlang.figures.source import Source
from flowlang.intake.contacts import ContactRows, read_contacts
from flowlang.intake.coupons import CodeRows, read_codes
from flowlang.intake.schema import ContactSchema
from flowlang.program.program import Program
from flowlang.speech import ENGLISH, in_language, tr
from flowlang.stores.store import Store
from flowlang.tables.contacts import ContactLines
from flowlang.tables.formats import Format, of_file
from flowlang.tables.table import Table


def table(source: Source, report: str, language: str = ENGLISH) -> Table:
    """A report of a known name, ready to be written; for people, in a language."""
    found = reports()[report]
    columns = found.columns(source)
    rows = found.rows(source)
    if language == ENGLISH:
        return Table(report, columns, rows, source.zone)
    heads = tuple(in_language(telling.head(one, report), language) for one in columns)
    told = telling.row(report, columns, language)
    return Table(report, columns, rows, source.zone, language, heads, told)


def write(path: Path, table: Table, form: Format) -> int:
    """Write a table into a file, in the place of the one before; gives how many rows there were.

    It is written beside and renamed, so that nobody ever reads half of it.  Raises OSError, which
    names the path that was given.
    """
    try:
        with _replaced(path) as stream:
            stream.write(form.MARK)
            return form.write(table, stream)
    except OSError as failure:
        raise OSError(failure.errno, failure.strerror, str(path)) from None


@contextmanager
def _replaced(path: Path) -> Iterator[TextIO]:
    target = path.resolve()
    if target.exists() and not target.is_file():  # a pipe or a terminal; a folder fails here
        with target.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        _put(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _put(beside: Path, target: Path) -> None:
    """Put a file in the place of another, which keeps who may read it."""
    if target.exists():
        beside.chmod(target.stat().st_mode & 0o7777)
    beside.replace(target)


T = TypeVar("T")


class InputFiles(Files):
    """The files of a workspace that jobs read; those that they would write are left unwritten.

    What lies outside of the workspace is not read.
    """

    def __init__(self, root: Path, program: Program) -> None:
        self._root = root.resolve()
        self._program = program

    def contacts(self, path: Path) -> ContactRows:
        names, zone = self._program.names, self._program.config.timezone
        schema = ContactSchema(
            names.fields, names.records, frozenset(names.groups), frozenset(names.channels)
        )
        return read_contacts(path.name, self._content(path), schema, zone)

    def codes(self, path: Path) -> CodeRows:
        return read_codes(path.name, self._content(path))

    def _content(self, path: Path) -> bytes:
        return self._done(path, _read)

    def _done(self, path: Path, do: Callable[[Path], T]) -> T:
        """Do something with a file; what fails in it is told with the file's name."""
        target = path.resolve()
        if not target.is_relative_to(self._root):
            raise FileFailure(tr("{name} lies outside the workspace", name=path))
        try:
            return do(target)
        except OSError as failure:
            raise FileFailure(f"{path}: {failure.strerror or failure}") from None


class WorkspaceFiles(InputFiles):
    """The files of a workspace, read and written."""

    def __init__(self, root: Path, program: Program, store: Store) -> None:
        super().__init__(root, program)
        self._store = store

    def extend(self, path: Path, size: int, contacts: Sequence[Contact]) -> int:
        return self._written(path, lambda target: self._extended(target, size, contacts))

    def _extended(self, target: Path, size: int, contacts: Sequence[Contact]) -> int:
        lines = ContactLines(self._program.names, self._program.config.timezone, target)
        part = _part(target)
        if size and not part.exists():
            raise PartLost
        with part.open("r+b" if size else "w+b") as stream:
            if stream.seek(0, os.SEEK_END) < size:
                raise PartLost
            stream.truncate(size)
            stream.seek(size)
            text = "" if size else lines.head()
            stream.write((text + "".join(map(lines.line, contacts))).encode())
            stream.flush()
            os.fsync(stream.fileno())
            return stream.tell()

    def publish(self, path: Path) -> None:
        self._done(path, self._published)

    def _published(self, target: Path) -> None:
        """Where there is no part, the file has been put in its place before."""
        part = _part(target)
        if part.exists():
            _put(part, target)
        elif not target.exists():
            raise PartLost

    def write_report(self, path: Path, name: str) -> None:
        source = Source(self._store, self._program)
        self._written(
            path,
            lambda target: write(
                target, table(source, name, self._program.language), of_file(target, "csv")
            ),
        )

    def _written(self, path: Path, do: Callable[[Path], T]) -> T:
        """The same, in a folder that is made where it is not there."""

        def write_there(target: Path) -> T:
            target.parent.mkdir(parents=True, exist_ok=True)
            return do(target)

        return self._done(path, write_there)


def _read(target: Path) -> bytes:
    """What stands in a file; a pipe would keep the engine waiting."""
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise OSError(EINVAL, "it is no file")
    return target.read_bytes()


def _part(target: Path) -> Path:
    """The part of a file that is written so far, which nobody takes for the whole."""
    return target.with_name(f".{target.name}.part")
