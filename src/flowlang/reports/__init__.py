"""FINDINGS → TEXT: one module a format; the folder is the list of formats.

A module of this package has `NAME`, what `--output-format` calls it, and
`render(findings, files, *, color=False) -> str`, where `files` is how many files were looked at.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from flowlang.source import Finding


class Format(Protocol):
    """What a module of this package offers."""

    NAME: str

    def render(self, findings: Sequence[Finding], files: int, *, color: bool = False) -> str:
        """The whole output, with a newline at its end."""
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
