"""What a person is told after a file was read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from typing import ClassVar, Protocol, TypeVar

from flowlang.intake.problem import Problem, printable
from flowlang.speech import Text, joined, tr, tr_n


class RowsRead(ABC):
    """What a file gave, as a person is told of it.  `read` is always what was taken, and what was
    not.
    """

    __slots__ = ()
    NOUN: ClassVar[tuple[str, str]]
    """A number of rows: the template for one, and for many; made by `forms`."""
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
    def has_errors(self) -> bool:
        """Whether anything is wrong; a warning is not."""
        return any(one.severity == "error" for one in self.problems)

    @property
    def besides(self) -> tuple[str, ...]:
        """What is told of rows that are neither taken nor left out."""
        return ()

    @property
    def counts(self) -> Text:
        """How many rows there were, and what became of them."""
        told = (
            tr("{rows} read", rows=tr_n(*self.NOUN, self.read)),
            tr("{count:,} taken", count=self.taken),
            *self.besides,
            tr("{count:,} left out", count=self.left_out),
        )
        return joined(told)

    @property
    def headline(self) -> Text:
        """The counts, and the encoding where it is worth saying, in one line."""
        line = tr("{name}: {counts}", name=printable(self.name), counts=self.counts)
        if self.encoding in ("", "UTF-8"):
            return line
        return tr("{line}; read as {encoding}", line=line, encoding=self.encoding)


class _InLine(Protocol):
    @property
    def line(self) -> int: ...


Taken = TypeVar("Taken", bound=_InLine)


def but(rows: Iterable[Taken], lines: Iterable[int]) -> tuple[Taken, ...]:
    """Rows without those that were refused after all: one for each of these lines, for a line may
    hold several.
    """
    refused = Counter(lines)
    kept = []
    for row in rows:
        if refused[row.line]:
            refused[row.line] -= 1
        else:
            kept.append(row)
    return tuple(kept)
