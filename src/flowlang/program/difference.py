"""CAMPAIGN, CAMPAIGN → WHERE EACH STEP IS NOW: what another version does to its steps.

Steps are found again by what they say (`steps.identity.head`), block by block: first those that are
equal, in order; between them those that are alike, as a wait of another length; then, over all
blocks, those that stand elsewhere.  So equal steps are told apart by what stands around them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from flowlang.program.alignment import about, aligned
from flowlang.program.program import Campaign
from flowlang.steps.identity import head
from flowlang.steps.step import Step
from flowlang.syntax.tree import Node

What = Literal["added", "removed", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step that is not what it was, or not where it was."""

    what: What
    old: int | None
    """Its number in the campaign as it was."""
    new: int | None
    """Its number in the campaign as it is to be."""
    moved: bool = False
    """One that is changed stands elsewhere, too."""


@dataclass(slots=True)
class Difference:
    """What became of each instruction of a campaign."""

    old: Campaign
    new: Campaign
    places: dict[int, int] = field(default_factory=dict)
    """The number that an instruction has now, by the number that it had; without those that are
    gone."""
    apart: set[int] = field(default_factory=set)
    """Those of them that now stand in another block than they did."""
    changes: list[StepChange] = field(default_factory=list)
    """In the order of the new text; those that are gone stand where they stood."""

    def change_at(self, old: int) -> StepChange | None:
        """What became of a step, None where it is as it was."""
        return next((one for one in self.changes if one.old == old), None)


def difference(old: Campaign, new: Campaign) -> Difference:
    """Find the steps of a campaign again in another version of it."""
    found = Difference(old, new)
    if old.item is None or new.item is None:
        # A group send has its turn and its send, whatever it was made of.
        found.places = {pc: pc for pc in range(min(len(old.instructions), len(new.instructions)))}
        return found
    pairs = _Pairs()
    pairs.blocks(_steps(old.item.lines), _steps(new.item.lines))
    pairs.elsewhere()
    _instructions(found, pairs)
    found.changes = sorted(_changes(found, pairs), key=lambda one: _order(found, one))
    return found


def _steps(block: Sequence[Node] | None) -> list[Node]:
    return [one for one in block or () if isinstance(one, Step)]


# ---------------------------------------------------------------------- statements


class _Pairs:
    """Statements of the old text, each with the one that it is in the new text."""

    def __init__(self) -> None:
        self.found: dict[int, Node] = {}
        """By the identity of the old node."""
        self.moved: set[int] = set()
        """Old ones that are found at another place."""
        self.apart: set[int] = set()
        """Those of them that stand in another block."""
        self._taken: set[int] = set()
        self._around: dict[int, Node | None] = {}
        """The statement or branch in whose block one is, old or new."""
        self._left: list[Node] = []
        self._come: list[Node] = []

    def blocks(
        self,
        old: Sequence[Node],
        new: Sequence[Node],
        around: tuple[Node | None, Node | None] = (None, None),
    ) -> None:
        """Pair the statements of a block, and what is below them."""
        for one, other in aligned(old, new):
            if one is not None and other is not None:
                self._pair(one, other)
            elif one is not None:
                self._left += self._all(one, around[0])
            elif other is not None:
                self._come += self._all(other, around[1])

    def _all(self, statement: Node, around: Node | None) -> Iterator[Node]:
        """A statement and those in its blocks; it is known where each stands."""
        self._around[id(statement)] = around
        yield statement
        for branch in _branches(statement):
            for one in _steps(_block(branch)):
                yield from self._all(one, branch)
        for one in _steps(_block(statement)):
            yield from self._all(one, statement)

    def _pair(self, old: Node, new: Node) -> None:
        self.found[id(old)] = new
        self._taken.add(id(new))
        for one, other in aligned(_branches(old), _branches(new)):
            if one is not None and other is not None:
                self.found[id(one)] = other
                self.blocks(_steps(_block(one)), _steps(_block(other)), (one, other))
            elif one is not None:
                self._left += [
                    below for step in _steps(_block(one)) for below in self._all(step, one)
                ]
            elif other is not None:
                self._come += [
                    below for step in _steps(_block(other)) for below in self._all(step, other)
                ]
        self.blocks(_steps(_block(old)), _steps(_block(new)), (old, new))

    def elsewhere(self) -> None:
        """Pair what is left over wherever it stands, each once; what stands in it comes with it."""
        for key in (head, about):
            waiting: dict[Hashable, list[Node]] = {}
            for other in self._come:
                if id(other) not in self._taken and (told := key(other)) is not None:
                    waiting.setdefault(told, []).append(other)
            for one in list(self._left):
                told = key(one)
                free = [other for other in waiting.get(told, ()) if id(other) not in self._taken]
                if told is None or id(one) in self.found or not free:
                    continue
                other = next((other for other in free if self._together(one, other)), free[0])
                self.moved.add(id(one))
                if not self._together(one, other):
                    self.apart.add(id(one))
                self._pair(one, other)

    def _together(self, old: Node, new: Node) -> bool:
        """Whether two statements stand in what is the same block."""
        around, other = self._around.get(id(old)), self._around.get(id(new))
        return self.found.get(id(around)) is other if around is not None else other is None


def _branches(statement: Node) -> list[Node]:
    """The branches of a statement that have blocks of their own: `else`, shares, answers."""
    return [
        one
        for name in type(statement)._order[1:]
        for one in _each(getattr(statement, name))
        if isinstance(one, Node) and not isinstance(one, Step) and type(one).block
    ]


def _each(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _block(statement: Node) -> tuple[Node, ...] | None:
    found: tuple[Node, ...] | None = getattr(statement, "steps", None)
    return found


# ---------------------------------------------------------------------- instructions


def _instructions(found: Difference, pairs: _Pairs) -> None:
    """The instructions of paired statements are paired one by one."""
    places: dict[int, list[int]] = {}
    for pc, statement in enumerate(found.new.nodes):
        places.setdefault(id(statement), []).append(pc)
    met: dict[int, int] = {}
    for pc, statement in enumerate(found.old.nodes):
        number = met[id(statement)] = met.get(id(statement), -1) + 1
        other = pairs.found.get(id(statement))
        there = places.get(id(other), []) if other is not None else []
        if number < len(there):
            found.places[pc] = there[number]
            if id(statement) in pairs.apart:
                found.apart.add(pc)


def _changes(found: Difference, pairs: _Pairs) -> Iterator[StepChange]:
    back = {new: old for old, new in found.places.items()}
    for pc in statements(found.old):
        statement = found.old.nodes[pc]
        if pc not in found.places:
            yield StepChange("removed", pc, None)
            continue
        other = found.new.nodes[found.places[pc]]
        moved = id(statement) in pairs.moved
        if head(statement) != head(other):
            yield StepChange("changed", pc, found.places[pc], moved)
        elif moved:
            yield StepChange("moved", pc, found.places[pc], moved)
        elif _shares(statement) != _shares(other):
            yield StepChange("changed", pc, found.places[pc])
    for pc in statements(found.new):
        if pc not in back:
            yield StepChange("added", None, pc)


def _shares(statement: Node) -> list[object]:
    """How large the shares of a split are."""
    return [one.percent.value for one in _branches(statement) if hasattr(one, "percent")]


def statements(campaign: Campaign) -> Iterator[int]:
    """The first instruction of each statement; a share is told with its split, and the ends of
    branches are no statements.
    """
    seen: set[int] = set()
    for pc, statement in enumerate(campaign.nodes):
        if id(statement) not in seen and (
            isinstance(statement, Step) or statement.rule == "else_if"
        ):
            yield pc
        seen.add(id(statement))


def _order(found: Difference, change: StepChange) -> tuple[int, int]:
    """By the new text; what is gone stands behind what stood before it."""
    if change.new is not None:
        return change.new, 1
    assert change.old is not None
    before = [found.places[pc] for pc in range(change.old) if pc in found.places]
    return (before[-1] if before else -1), 2
