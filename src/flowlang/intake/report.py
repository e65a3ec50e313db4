"""What a person is told after a file was read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from flowlang.intake.problem import Problem, printable
from flowlang.speech import Text, joined, tr, tr_n

SHOWN = 20
"""How many problems a summary lists before it only counts them."""


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

    def told(self) -> list[Text]:
        """Lines for a person: the counts, the encoding if it is not UTF-8, the first problems."""
        lines = [tr("{name}: {counts}", name=self.name, counts=self.counts)]
        if self.encoding not in ("", "UTF-8"):
            lines.append(
                tr(
                    "{name}: read as {encoding}, it is not UTF-8",
                    name=self.name,
                    encoding=self.encoding,
                )
            )
        lines += [problem.told(self.name) for problem in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(tr("... and {count:,} more", count=len(self.problems) - SHOWN))
        return lines

    def summary(self) -> list[str]:
        """The same in English, ready to be printed."""
        return [printable(line) for line in self.told()]
