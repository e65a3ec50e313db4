"""Runs under way are taken to another version: read as they stood, moved, and written anew.

`flow plan` does it with nothing written, `flow apply` with everything in one transaction; so the
one does what the other says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from flowlang.contact import Contact, Run, RunKey
from flowlang.engine.batch import Batch
from flowlang.engine.moves import Fate, Moves
from flowlang.engine.releasing import at_send
from flowlang.engine.state import Aside, States
from flowlang.program.program import Program
from flowlang.stores.store import Store

UNDER_WAY = ("running", "waiting", "halted")


class Moved(NamedTuple):
    """A run that was found under way."""

    contact: str
    key: RunKey
    pc: int | None
    """Where it stood in the old version; None at a step that was gone already."""
    to: Fate | int | None
    """What becomes of it; None where a person has yet to say it."""
    waits: bool
    """It stands at a step at which it waits, and which has changed."""
    fresh: list[int]
    """The goals that it did not know."""


@dataclass(slots=True)
class Tally:
    """What became of the runs of one campaign."""

    standing: Counter[int | None] = field(default_factory=Counter)
    """How many stood at each step of the old version."""
    at_once: Counter[int] = field(default_factory=Counter)
    """Of those at a step that has changed and at which they wait, who falls due at once."""
    later: Counter[int] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    """By message, who would get it once more in this round."""
    not_sent: Counter[str] = field(default_factory=Counter)
    """By message, who would have got it, and does no more in this round."""
    stranded: Counter[int | None] = field(default_factory=Counter)
    """Of whom a person has yet to say what becomes of them."""

    @property
    def under_way(self) -> int:
        return sum(self.standing.values())


def is_concerned(run: Run, moves: Moves, old: Program) -> bool:
    """Whether a run is under way on the version that is replaced: not on one on which it has stayed
    before, nor on the new one already.
    """
    on_new = moves.new is not None and run.version == moves.new.version
    return run.under_way and not on_new and (moves.name, run.version) not in old.earlier


class MovingStates(States):
    """Reads contacts as another program wrote them, and takes their runs to this one."""

    def __init__(self, old: Program, new: Program, moves: dict[str, Moves]) -> None:
        super().__init__(new)
        self.old = old
        self.moves = {name: one for name, one in moves.items() if one.has_changed}
        self.limited = {
            name: one.new for name, one in moves.items() if one.new and one.other_limits
        }
        """Campaigns whose sends have other windows or caps than they had."""
        self.moved: list[Moved] = []

    def understood(self, kept: Any) -> tuple[Contact, Aside]:
        for run in kept.runs:
            moves = self.moves.get(run.campaign)
            if moves is not None and is_concerned(run, moves, self.old):
                self._move(kept.id, run, moves)
        return super().understood(kept)

    def _move(self, contact: str, run: Run, moves: Moves) -> None:
        """Take one run to where it goes on, as a store keeps it."""
        old, new = moves.old, moves.new
        assert old is not None
        pc = moves.place(run.step, run.pc)
        answer = moves.answer(pc)
        to: Fate | int | None = moves.target(pc) if answer is None else answer
        key = (run.campaign, run.key)
        run.version = old.version
        if new is None or to is None or to == "stay":
            self.moved.append(Moved(contact, key, pc, to, False, []))
            return
        fresh: list[int] = []
        if moves.difference is not None:
            fresh = _translate(run, moves)
        run.version = new.version
        at = len(new.instructions) if to == "finish" else to
        run.pc = at
        run.step = new.instructions[at].where.id if at < len(new.instructions) else ""
        waits = answer is None and pc is not None and moves.waits_otherwise(pc)
        self.moved.append(Moved(contact, key, pc, to, waits, fresh))

    def _place(self, campaign: Any, step: str, hint: int) -> int | None:
        return hint if not step else super()._place(campaign, step, hint)


def _translate(run: Run, moves: Moves) -> list[int]:
    """What a run counts by step is counted by the steps of the new version; gives new goals."""
    found = moves.difference
    assert found is not None
    old, new = found.old, found.new
    names = {
        old.instructions[pc].where.id: new.instructions[at].where.id
        for pc, at in found.places.items()
    }
    measures = [name for name, _, _ in new.measures]
    counters = {}
    for key, count in run.counters.items():
        kind, _, number = key.partition(" ")
        if kind == "measured" and number.isdecimal():
            name = old.measures[int(number)][0]
            if name in measures:
                counters[f"measured {measures.index(name)}"] = count
        else:
            counters[names.get(key, key)] = count
    run.counters = counters
    run.passed = [names[one] for one in run.passed if one in names]
    goals, fresh = 0, []
    before = {found.places.get(at): bit for bit, (at, _) in enumerate(old.goals)}
    changed = {one.new for one in found.changes if one.what == "changed"}
    for bit, (at, _) in enumerate(new.goals):
        if at in before and at not in changed:
            goals |= (run.goals >> before[at] & 1) << bit
        else:
            fresh.append(bit)
    run.goals = goals
    return fresh


# ---------------------------------------------------------------------- in a batch


def relocate(
    batch: Batch, states: MovingStates, store: Store, now: datetime, counted: Collection[str]
) -> dict[str, Tally]:
    """Do with the runs at hand what their moves say; gives what became of them, by campaign.

    `counted`: only those of these contacts are counted, for the system is at hand every time.
    """
    tallies: dict[str, Tally] = {}
    timeline = batch.timeline
    timeline.move(now)
    moved, states.moved = states.moved, []
    for one in moved:
        tally = tallies.setdefault(one.key[0], Tally()) if one.contact in counted else Tally()
        tally.standing[one.pc] += 1
        if one.to is None:
            tally.stranded[one.pc] += 1
        elif one.to != "stay":
            contact = timeline.contacts.get(one.contact) or timeline.system
            run = contact.runs[one.key]
            _relocate(batch, states.moves[one.key[0]], one, contact, run, tally, store, now)
            contact.clock = contact.not_before(now)
    batch.renew_runs()
    return tallies


def _relocate(
    batch: Batch, moves: Moves, one: Moved, contact: Contact, run: Run, tally: Tally,
    store: Store, now: datetime,
) -> None:  # fmt: skip
    do = batch.timeline.interpreter
    pc, to = one.pc, one.to
    stood = f"the program has changed; it stood at `{stands(moves, pc)}`"
    if not isinstance(to, int):
        do.give_up(contact, run, now, stood)
        return
    if pc is not None and moves.may_be_done_ahead(pc, to):
        history = store.entries([contact.id])
        run.passed += moves.done_before(run, history, pc, to)
    if one.fresh:
        do.goals_met(contact, run, now, one.fresh)
    if to != moves.target(pc):
        do.go_to(contact, run, to, now, stood)
    elif one.waits and pc is not None:
        do.wait_anew(contact, run, now)
        due = tally.at_once if run.due is not None and run.due <= now else tally.later
        due[pc] += 1
    tally.again.update(moves.sent_again(contact, run, to))
    if pc is not None:
        tally.not_sent.update(moves.not_sent(contact, run, pc, to))


def reckon_sends(
    batch: Batch, states: MovingStates, now: datetime, counted: Collection[str]
) -> Counter[WaitingSend]:
    """Let sends that wait for a window or a cap wait as these are now; gives how many are due at
    once, and how many later.
    """
    found: Counter[WaitingSend] = Counter()
    for contact in batch.timeline.contacts.values():
        for run in contact.runs.values():
            campaign = states.limited.get(run.campaign)
            if campaign is None or campaign.version != run.version:
                continue
            message = at_send(batch.program, run)
            if message and batch.timeline.interpreter.reckon_send(contact, run, message, now):
                contact.clock = contact.not_before(now)
                if contact.id in counted:
                    at_once = run.due is not None and run.due <= now
                    found[WaitingSend(run.campaign, message, at_once)] += 1
    return found


class WaitingSend(NamedTuple):
    """A send that waits for its window or for a cap, when another version is applied."""

    campaign: str
    message: str
    at_once: bool
    """It is due at once, as windows and caps are then."""


def stands(moves: Moves, pc: int | None) -> str:
    """The step of the old version at which someone stands, in the words of its text."""
    if pc is None or moves.old is None:
        return "a step that was gone before"
    return moves.old.instructions[pc].where.text
