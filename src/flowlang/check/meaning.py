"""What an expression is when it is checked, where it stands, and who knows what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlang.check.comparing import Fn
from flowlang.kinds import ANY, YES_NO, Fields, Kind
from flowlang.syntax import expressions as tree
from flowlang.syntax.by_node import ByNode

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


class Compiled(NamedTuple):
    """A checked expression: its kind, and the function that means it."""

    kind: Kind
    fn: Fn
    constant: Any = None
    """Its value, where it is written out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands, and so what it may speak of."""

    what: str = "condition"
    event: Fields | None = None
    """What `event.x` may be, None where no event is at hand."""
    reply: Fields | None = None
    answer: bool = False
    row: Fields | None = None
    """The fields that a `where` filters by, before those of the contact."""
    sends: frozenset[str] = frozenset()
    """Messages of which `received` and the like speak of this round."""
    in_run: bool = False
    contact: bool = True
    """There is a contact to speak of; not in an automation."""
    missing_is_zero: bool = False
    """In the + and - of a `set` a missing number counts as 0."""
    used: set[str] = field(default_factory=set)
    """Collects the fields and records that were read: what a wait follows."""
    timely: list[tree.Expression] = field(default_factory=list)
    """Collects where time is asked for: time is no trigger."""

    def filtering(self, row: Fields) -> Place:
        return replace(self, row=row, missing_is_zero=False)


NEVER = Compiled(ANY, lambda v: None)
"""Stands for what was reported: of any kind, without a value."""
UNKNOWN = Compiled(YES_NO, lambda v: False)
"""Stands for a condition that was reported."""

Meaning = Callable[["Expressions", Any, Place], Compiled]
MEANINGS: ByNode[Meaning] = ByNode()
"""By node: what checks it and makes the function that means it."""
meaning = MEANINGS.register
