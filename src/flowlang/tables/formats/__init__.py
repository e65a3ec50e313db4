"""TABLES → TEXT: one module a format; the folder is the list of formats.

A module of this package has `NAME`, what `--output-format` calls it; `SUFFIXES`, the ends of the
names of files that are written so; `MARK`, what a file begins with, but no stream; and
`write(table, stream) -> int`, which gives how many rows there were.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import Protocol, TextIO, cast
from zoneinfo import ZoneInfo

from flowlang.tables.table import Column, Row, Table


class Format(Protocol):
    """What a module of this package offers."""

    NAME: str
    SUFFIXES: tuple[str, ...]
    MARK: str

    def write(self, table: Table, stream: TextIO) -> int:
        """Write a table, batch by batch; gives the number of its rows."""
        ...


class LineFormat(Format, Protocol):
    """A format whose rows stand for themselves, so that a file of it can be written on."""

    def head(self, columns: tuple[Column, ...]) -> str:
        """What stands above the rows, behind the mark."""
        ...

    def line(self, columns: tuple[Column, ...], row: Row, zone: ZoneInfo) -> str:
        """A row, with the newline at its end."""
        ...


@cache
def formats() -> dict[str, Format]:
    """Every format by its name.  Raises ValueError where two modules have one name."""
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = cast("Format", import_module(f"{__name__}.{module.name}"))
        if loaded.NAME in found:
            raise ValueError(f"two formats are called {loaded.NAME}")
        found[loaded.NAME] = loaded
    return found


def of_file(path: PurePath, otherwise: str) -> Format:
    """The format that the name of a file asks for."""
    for one in formats().values():
        if path.suffix.lower() in one.SUFFIXES:
            return one
    return formats()[otherwise]


def endings() -> list[str]:
    """The ends of the names of files that ask for a format, each with its dot."""
    return sorted(suffix for one in formats().values() for suffix in one.SUFFIXES)
