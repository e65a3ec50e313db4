"""Whose path would have been another: the stored lives of contacts, lived again in two versions.

Both versions are given the same arrivals; so what a replay cannot know (`engine.replaying`) is
unknown to both, and only where the versions part they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from flowlang.contact import Contact, Entry
from flowlang.engine.moves import Moves
from flowlang.engine.moving import UNDER_WAY, is_concerned
from flowlang.engine.planning import Plan
from flowlang.engine.replaying import replay
from flowlang.engine.state import States
from flowlang.engine.tracing import Asks, Decision, Outline
from flowlang.program.program import Program
from flowlang.stores.store import Store

_BATCH = 100
_WALKED = 10_000
"""So many contacts are passed over at most who stay on earlier versions."""


class Parting(NamedTuple):
    """Where one contact would have gone another way in a campaign."""

    contact: str
    was: Entry | None
    """The first entry that would not be there."""
    instead: Entry | None
    """The first that would be there instead."""


@dataclass(slots=True)
class Paths:
    """What was found in one campaign."""

    looked_at: int = 0
    parted: list[Parting] = field(default_factory=list)


class Traceable(NamedTuple):
    """A program that tells what it is asked."""

    program: Program
    outline: Outline
    asks: Asks

    @classmethod
    def of(cls, program: Program, asks: Asks) -> Traceable:
        return cls(program, Outline.of(program, asks), asks)


def other_paths(
    plan: Plan, old: Traceable, new: Traceable, store: Store, now: datetime, most: int
) -> dict[str, Paths]:
    """Replay the first contacts under way, at most so many; what was found, by campaign."""
    changed = {name: one for name, one in plan.moves.items() if one.has_changed and one.new}
    found: dict[str, Paths] = {}
    for contact in _under_way(plan.old, store, changed, most) if changed else ():
        history = [row.entry for row in store.history(contact.id)]
        lived = [
            replay(store, one.program, one.outline, one.asks, contact, history, now)
            for one in (old, new)
        ]
        for one in (old, new):
            one.asks.trace = None
        for name in _concerned(contact, changed, plan.old):
            paths = found.setdefault(name, Paths())
            paths.looked_at += 1
            before, after = (
                [each for each in one.trace.of(contact.id) if each.entry.campaign == name]
                for one in lived
            )
            parting = _parting(contact.id, before, after, changed[name])
            if parting is not None:
                paths.parted.append(parting)
    return found


def _concerned(contact: Contact, changed: dict[str, Moves], old: Program) -> set[str]:
    """The campaigns that a contact is under way in on the version that is replaced."""
    return {
        run.campaign
        for run in contact.runs.values()
        if run.campaign in changed and is_concerned(run, changed[run.campaign], old)
    }


def _under_way(
    program: Program, store: Store, changed: dict[str, Moves], most: int
) -> Iterator[Contact]:
    """Those of them on the version that is replaced."""
    states, after, left = States(program), 0, most
    for _ in range(_WALKED // _BATCH):
        rows = store.walk_runs(changed, (*UNDER_WAY, "held"), after, _BATCH)
        for row in rows:
            contact = states.read(row.state)[0]
            if left and _concerned(contact, changed, program):
                left -= 1
                yield contact
        if not left or not rows:
            return
        after = rows[-1].number


def _parting(
    contact: str, before: list[Decision], after: list[Decision], moves: Moves
) -> Parting | None:
    """The first decision that is another; where one has more, the next of it."""
    places = moves.difference.places if moves.difference is not None else {}
    olds = [_key(one, lambda pc: places.get(pc, -2 - pc)) for one in before]
    news = [_key(one, lambda pc: pc) for one in after]
    for number in range(max(len(olds), len(news))):
        if olds[number : number + 1] != news[number : number + 1]:
            return Parting(contact, _entry(before, number), _entry(after, number))
    return None


def _key(decision: Decision, place: Callable[[int], int]) -> tuple[datetime, str, str, int]:
    entry = decision.entry
    because = entry.because if entry.what == "branch" else ""
    at = entry.at.astimezone(UTC)
    return at, entry.what, because, place(decision.pc) if decision.pc >= 0 else -1


def _entry(decisions: list[Decision], number: int) -> Entry | None:
    return decisions[number].entry if number < len(decisions) else None
