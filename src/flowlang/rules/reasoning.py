"""CONDITIONS → WHAT CAN BE SO, by sets of values: never says that something is so which is not.

A condition becomes a row of ways to meet it; each way says of every subject (a field, a tag, a
count) which values it may have then.  A way in which a subject has no value left is none.  Whatever
is not understood counts as a question of its own, that may be answered either way.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from flowlang.check.names import Names
from flowlang.kinds import Fields
from flowlang.rules.atoms import Atoms, Fact
from flowlang.rules.regions import Region
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts

MOST = 128
"""Ways that are followed up; a condition with more may be met, as far as we know."""

Known = Iterable[tuple[tree.Expression, bool]]
"""Conditions of which it is known whether they hold."""
Way = dict[Hashable, Region]


class TooMany(Exception):
    """There are more ways than are worth following."""


class Reasoning:
    """What the conditions of a workspace can come to.

    `row` has the fields of what a `where` filters, in which a bare name is first one of these.
    """

    def __init__(self, names: Names, row: Fields | None = None) -> None:
        self._atoms = Atoms(names, row)

    def possible(self, known: Known) -> bool:
        """Whether all of these may be so at once; False only where they surely cannot."""
        try:
            return next(self.ways(known), None) is not None
        except TooMany:
            return True

    def never(self, condition: tree.Expression, known: Known = ()) -> bool:
        """Whether a condition surely does not hold, where some others are known."""
        return not self.possible([*known, (condition, True)])

    def always(self, condition: tree.Expression, known: Known = ()) -> bool:
        """Whether a condition surely holds, where some others are known."""
        return not self.possible([*known, (condition, False)])

    def ways(self, known: Known) -> Iterator[Way]:
        """The ways in which all of these are so.  Raises TooMany."""
        found: list[Way] = [{}]
        for condition, holds in known:
            options = self._ways(condition, holds)
            found = list(self._joined(found, options))
            if not found:
                return
            if len(found) > MOST:
                raise TooMany
        yield from found

    def subjects(self, condition: tree.Expression) -> frozenset[Hashable]:
        """What a condition asks about."""
        try:
            found = [*self._ways(condition, True), *self._ways(condition, False)]
        except TooMany:
            return frozenset()
        return frozenset(subject for way in found for subject in way)

    def _ways(self, node: tree.Expression, holds: bool) -> list[Way]:
        match node:
            case tree.Not(part=part):
                return self._ways(part, not holds)
            case tree.And(parts=parts) | tree.Or(parts=parts):
                if holds is isinstance(node, tree.And):
                    return self._all(parts, holds)
                return self._any(parts, holds)
            case facts.InSegment():
                inner = self._atoms.segment(node)
                if inner is not None:
                    return self._ways(inner, holds)
        return [way for way in self._atoms.ways(node, holds) if not _impossible(way)]

    def _all(self, parts: tuple[tree.Expression, ...], holds: bool) -> list[Way]:
        found: list[Way] = [{}]
        for part in parts:
            found = list(self._joined(found, self._ways(part, holds)))
            if len(found) > MOST:
                raise TooMany
        return found

    def _any(self, parts: tuple[tree.Expression, ...], holds: bool) -> list[Way]:
        found = [way for part in parts for way in self._ways(part, holds)]
        if len(found) > MOST:
            raise TooMany
        return found

    def _joined(self, first: list[Way], second: list[Way]) -> Iterator[Way]:
        """The ways to be on one of the first and one of the second at once."""
        for one in first:
            for other in second:
                way = self._both(one, other)
                if way is not None:
                    yield way

    def _both(self, one: Way, other: Way) -> Way | None:
        found = dict(one)
        for subject, region in other.items():
            before = found.get(subject)
            both = region if before is None else self._atoms.met(subject, before, region)
            if both.is_empty:
                return None
            found[subject] = both
        return found


def _impossible(way: Way) -> bool:
    return any(region.is_empty for region in way.values())


__all__ = ["Fact", "Known", "Reasoning", "TooMany", "Way"]
