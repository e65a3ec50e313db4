"""What a template needs: values, coupon lists, events; and what is known of a value in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowlang.kinds import ANY, Fields, Kind
from flowlang.source import Span


@dataclass(frozen=True, slots=True)
class EventNeed:
    """`event.x` or `reply.x` in a template: every campaign that sends it must bring that."""

    head: str
    name: str
    span: Span


@dataclass(slots=True)
class Found:
    """What a template needs, as far as it was walked."""

    lists: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    needs: set[tuple[str, str]] = field(default_factory=set)
    certain: bool = True
    """False where what is needed depends on the data: a branch, a loop."""
    may_fail: bool = False
    events: list[EventNeed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """The kind of a name or value within a template."""

    kind: Kind = ANY
    fields: Fields | None = None
    need: tuple[str, str] | None = None
