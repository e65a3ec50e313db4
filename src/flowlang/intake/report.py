"""What a person is told after a file was read."""

from __future__ import annotations

from collections.abc import Sequence

from flowlang.intake.problem import Problem, printable

SHOWN = 20
"""How many problems a summary lists before it only counts them."""


def summary_lines(name: str, counts: str, encoding: str, problems: Sequence[Problem]) -> list[str]:
    """The counts, then the encoding where it is worth saying, then the first problems."""
    lines = [printable(f"{name}: {counts}")]
    if encoding and encoding != "UTF-8":
        lines.append(printable(f"{name}: read as {encoding}, it is not UTF-8"))
    lines += [problem.render(name) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"... and {len(problems) - SHOWN:,} more")
    return lines


def headline(name: str, counts: str, encoding: str) -> str:
    """The counts and the encoding where it is worth saying, in one line."""
    read_as = f"; read as {encoding}" if encoding and encoding != "UTF-8" else ""
    return printable(f"{name}: {counts}{read_as}")


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return f"{number:,} {one if number == 1 else many}"
