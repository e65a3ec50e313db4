"""Sets of values: stretches of numbers, and texts that are named or left out.

Days, times and weekdays are numbers here, yes is 1 and no is 0.  A set may be larger than what it
stands for, never smaller: what is empty here is surely empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, floor, inf

Edge = tuple[float, int]
"""A number, and on which side of it an end lies: 0 at it, 1 just above, -1 just below."""
_LOWEST: Edge = (-inf, 0)
_HIGHEST: Edge = (inf, 0)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Stretches of numbers that do not touch, in order."""

    stretches: tuple[tuple[Edge, Edge], ...] = ((_LOWEST, _HIGHEST),)

    @property
    def is_empty(self) -> bool:
        return not self.stretches

    def meet(self, other: Numbers) -> Numbers:
        """What is in both."""
        found = [
            (max(low, least), min(high, most))
            for low, high in self.stretches
            for least, most in other.stretches
        ]
        return Numbers(tuple((low, high) for low, high in found if low <= high))

    def whole(self) -> Numbers:
        """The whole numbers in it."""
        found = []
        for low, high in self.stretches:
            first, last = _first_whole(low), _last_whole(high)
            if first <= last:
                found.append((first, last))
        return Numbers(tuple(found))

    def example(self) -> float | None:
        """A number in it, a whole one where there is one near; None where it is empty."""
        for low, high in self.stretches:
            first, last = _first_whole(low), _last_whole(high)
            if first <= last:
                return first[0] if first[0] != -inf else min(last[0], 0.0)
            if low <= high:
                return (low[0] + high[0]) / 2
        return None


def _first_whole(low: Edge) -> Edge:
    value, side = low
    if value in (-inf, inf):
        return low
    return (ceil(value) + (1 if side > 0 and value == ceil(value) else 0), 0)


def _last_whole(high: Edge) -> Edge:
    value, side = high
    if value in (-inf, inf):
        return high
    return (floor(value) - (1 if side < 0 and value == floor(value) else 0), 0)


ALL_NUMBERS = Numbers()
YES_OR_NO = Numbers((((0, 0), (0, 0)), ((1, 0), (1, 0))))


def numbers(sign: str, value: float) -> Numbers:
    """The numbers that stand to a value as a sign says."""
    match sign:
        case "=":
            return Numbers((((value, 0), (value, 0)),))
        case "!=":
            return Numbers(((_LOWEST, (value, -1)), ((value, 1), _HIGHEST)))
        case "<":
            return Numbers(((_LOWEST, (value, -1)),))
        case "<=":
            return Numbers(((_LOWEST, (value, 0)),))
        case ">":
            return Numbers((((value, 1), _HIGHEST),))
        case _:
            return Numbers((((value, 0), _HIGHEST),))


def some_numbers(values: Iterable[float]) -> Numbers:
    """Exactly these."""
    return Numbers(tuple(((value, 0), (value, 0)) for value in sorted(set(values))))


def other_numbers(values: Iterable[float]) -> Numbers:
    """All but these."""
    found = ALL_NUMBERS
    for value in set(values):
        found = found.meet(numbers("!=", value))
    return found


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in one case: those that are named, or all but those."""

    named: frozenset[str] = frozenset()
    inside: bool = False

    @property
    def is_empty(self) -> bool:
        return self.inside and not self.named

    def meet(self, other: Texts) -> Texts:
        """What is in both."""
        if self.inside and other.inside:
            return Texts(self.named & other.named, inside=True)
        if self.inside:
            return Texts(self.named - other.named, inside=True)
        if other.inside:
            return Texts(other.named - self.named, inside=True)
        return Texts(self.named | other.named)

    def filtered(self, test: Callable[[str], bool]) -> Texts:
        """Those that pass a test, where they are known one by one."""
        if not self.inside:
            return self
        return Texts(frozenset(one for one in self.named if test(one)), inside=True)

    def example(self) -> str | None:
        """A text in it; None where none is known by name."""
        return min(self.named) if self.inside and self.named else None


@dataclass(frozen=True, slots=True)
class Region:
    """What a value may be: one of a set, and perhaps missing.  Without a set, anything at all."""

    values: Numbers | Texts | None = None
    missing: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.missing and self.values is not None and self.values.is_empty

    def meet(self, other: Region) -> Region:
        """What is in both."""
        mine, theirs = self.values, other.values
        missing = self.missing and other.missing
        for one in (mine, theirs):
            if one is not None and one.is_empty:
                return Region(one, missing)
        if mine is None or theirs is None:
            return Region(theirs if mine is None else mine, missing)
        if isinstance(mine, Numbers) and isinstance(theirs, Numbers):
            return Region(mine.meet(theirs), missing)
        if isinstance(mine, Texts) and isinstance(theirs, Texts):
            return Region(mine.meet(theirs), missing)
        return Region(None, missing)


SET, NOT_SET = Region(), Region(Numbers(()), missing=True)
