"""What a person is told after a file was read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from flowlang.intake.problem import Problem, printable

SHOWN = 20
"""How many problems a summary lists before it only counts them."""


class RowsRead(ABC):
    """What a file gave, as a person is told of it.  `read` is always what was taken, and what was
    not.
    """

    __slots__ = ()
    NOUN: ClassVar[tuple[str, str]]
    """What a row is called: one, and many."""
    name: str
    read: int
    """Rows seen, blank ones not counted."""
    left_out: int
    problems: tuple[Problem, ...]
    encoding: str
    """`UTF-8`, `UTF-16` or `Windows-1252`; empty where the bytes are no text."""

    @property
    @abstractmethod
    def taken(self) -> int:
        """How many rows serve."""

    @property
    def besides(self) -> tuple[str, ...]:
        """What is told of rows that are neither taken nor left out."""
        return ()

    @property
    def counts(self) -> str:
        """How many rows there were, and what became of them."""
        seen, taken = counted(self.read, *self.NOUN), self.taken
        told = f"{seen} read", f"{taken:,} taken", *self.besides, f"{self.left_out:,} left out"
        return ", ".join(told)

    @property
    def headline(self) -> str:
        """The counts, and the encoding where it is worth saying, in one line."""
        read_as = f"; read as {self.encoding}" if self.encoding not in ("", "UTF-8") else ""
        return printable(f"{self.name}: {self.counts}{read_as}")

    def summary(self) -> list[str]:
        """Lines for a person: the counts, the encoding if it is not UTF-8, the first problems."""
        lines = [printable(f"{self.name}: {self.counts}")]
        if self.encoding not in ("", "UTF-8"):
            lines.append(printable(f"{self.name}: read as {self.encoding}, it is not UTF-8"))
        lines += [problem.render(self.name) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"... and {len(self.problems) - SHOWN:,} more")
        return lines


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return f"{number:,} {one if number == 1 else many}"
