"""STORE → WHAT PEOPLE TAKE AWAY: one module a report; the folder is the list of reports.

A report is a module of this package with `NAME`, a docstring whose first line says what it tells,
`TIMED`, which is true where its rows have moments that `since` and `until` can choose, and the two
functions of `Report`.  It gives its rows in batches and reads the store in batches: no query is
made for a single contact, and memory stays flat whatever the size of the store.

Contacts that were deleted are in no report; the counts keep what they did.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from flowlang.figures.source import Source
from flowlang.tables.table import Batches, Column

_SHARED = frozenset(("files", "source", "telling", "where"))
"""Modules of this package that are no report."""


class Report(Protocol):
    """What a module of this package offers."""

    NAME: str
    TIMED: bool
    __doc__: str | None

    def columns(self, source: Source) -> tuple[Column, ...]:
        """What each row holds, in order."""
        ...

    def rows(self, source: Source) -> Batches:
        """The rows, in batches."""
        ...


@cache
def reports() -> dict[str, Report]:
    """Every report by its name.  Raises ValueError where two modules have one name."""
    found: dict[str, Report] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name in _SHARED:
            continue
        loaded = cast("Report", import_module(f"{__name__}.{module.name}"))
        if loaded.NAME in found:
            raise ValueError(f"two reports are called {loaded.NAME}")
        found[loaded.NAME] = loaded
    return found


def summary(report: Report) -> str:
    """What a report tells, in one line."""
    return (report.__doc__ or "").split("\n", 1)[0]
