"""STEPS → MOMENTS: how long after its start a run comes to each step, as far as that is known.

Lengths of time are added up along all ways that lead on.  Behind a wait for a date, or for
something that has no end, they are counted from there.  Windows of policies, and what is halted,
are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flowlang.calendar import Duration
from flowlang.program.program import Campaign

START = ""
"""What is counted from, where that is the start."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of time after something."""

    after: str
    """The statement that is counted from; START for the start."""
    least: Duration
    most: Duration | None
    """None where it has no end: behind a loop in which time passes."""


def moments(campaign: Campaign) -> list[list[Moment]]:
    """Of each instruction: when a run comes to it for the first time; [] where none comes."""
    count = len(campaign.instructions)
    found: list[dict[str, Moment]] = [{} for _ in range(count)]
    if count:
        _add(found[0], Moment(START, Duration(), Duration()))
    loops = [loop for loop in _loops(campaign) if _takes_time(campaign, loop)]
    for at, _ in campaign.goals:
        where = campaign.instructions[at].where
        _add(found[at], Moment(where.text, Duration(), Duration()))
    for at, instruction in enumerate(campaign.instructions):
        lapse = instruction.lapse()
        behind: dict[str, Moment] = {}
        for moment in found[at].values():
            if lapse.most is None:
                _add(behind, Moment(instruction.where.text, Duration(), Duration()))
            else:
                most = None if moment.most is None else moment.most + lapse.most
                _add(behind, Moment(moment.after, moment.least + lapse.least, most))
        for target, _ in instruction.exits(at):
            if at < target < count:
                leaves = any(at in loop and target not in loop for loop in loops)
                for moment in behind.values():
                    _add(found[target], replace(moment, most=None) if leaves else moment)
    return [list(some.values()) for some in found]


def repeated(campaign: Campaign) -> set[int]:
    """The instructions that a round may come to more than once."""
    return {at for loop in _loops(campaign) for at in loop}


def _loops(campaign: Campaign) -> list[range]:
    """The instructions between which runs go round."""
    return [
        range(target, at + 1)
        for at, instruction in enumerate(campaign.instructions)
        for target, _ in instruction.exits(at)
        if 0 <= target <= at
    ]


def _takes_time(campaign: Campaign, loop: range) -> bool:
    lapses = (campaign.instructions[at].lapse() for at in loop)
    return any(lapse.most is None or not lapse.most.is_zero for lapse in lapses)


def _add(some: dict[str, Moment], moment: Moment) -> None:
    """Widen the stretch after a statement so that it has this moment in it."""
    known = some.get(moment.after, moment)
    least = min(known.least, moment.least, key=_length)
    ends = known.most, moment.most
    most = None if ends[0] is None or ends[1] is None else max(ends[0], ends[1], key=_length)
    some[moment.after] = Moment(moment.after, least, most)


def _length(duration: Duration) -> int:
    return duration.approximate_seconds
