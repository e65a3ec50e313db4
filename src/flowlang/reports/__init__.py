"""FINDINGS → TEXT: one module a format; the folder is the list of formats.

A module of this package is called as `--output-format` calls it, and has
`render(findings, files, *, color=False) -> str`, where `files` names the files that were looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from flowlang.source import Finding


class Format(Protocol):
    """What a module of this package offers."""

    def render(
        self, findings: Sequence[Finding], files: Sequence[str], *, color: bool = False
    ) -> str:
        """The whole output, with a newline at its end."""
        ...


def names() -> list[str]:
    """What formats there are; none is imported for that."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def named(name: str) -> Format:
    """The format of a name.  Raises ModuleNotFoundError where there is none."""
    return cast("Format", import_module(f"{__name__}.{name}"))


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, then in order: for readers who show the beginning only."""
    ranks = ("error", "warning", "info")
    return sorted(findings, key=lambda one: (ranks.index(one.severity), one.order))


def fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """What each finding is known by from one check to the next, different for each.

    Where it stands in its file is not in it, so lines that come in above change nothing.
    """
    from flowlang.digests import of_bytes

    seen: Counter[tuple[str, ...]] = Counter()
    for one in findings:
        line = one.span.source.line(one.span.line).strip()
        known_by = (one.diagnostic.code, one.span.source.name, line, one.message)
        seen[known_by] += 1
        yield of_bytes("\n".join((*known_by, str(seen[known_by]))).encode())
