"""STEPS → MOMENTS: how long after its start a run comes to each step, as far as that is known.

Lengths of time are added up along all ways that lead on.  Behind a wait for a date, or for
something that has no end, they are counted from there.  Windows of policies, and what is halted,
are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    most: Duration


def moments(campaign: Campaign) -> list[list[Moment]]:
    """Of each instruction: when a run comes to it for the first time; [] where none comes."""
    count = len(campaign.instructions)
    found: list[dict[str, Moment]] = [{} for _ in range(count)]
    if count:
        _add(found[0], Moment(START, Duration(), Duration()))
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
                least, most = moment.least + lapse.least, moment.most + lapse.most
                _add(behind, Moment(moment.after, least, most))
        for target, _ in instruction.exits(at):
            if at < target < count:
                for moment in behind.values():
                    _add(found[target], moment)
    return [list(some.values()) for some in found]


def repeated(campaign: Campaign) -> set[int]:
    """The instructions that a round may come to more than once."""
    found: set[int] = set()
    for at, instruction in enumerate(campaign.instructions):
        for target, _ in instruction.exits(at):
            if 0 <= target <= at:
                found.update(range(target, at + 1))
    return found


def _add(some: dict[str, Moment], moment: Moment) -> None:
    """Widen the stretch after a statement so that it has this moment in it."""
    known = some.get(moment.after, moment)
    least = min(known.least, moment.least, key=_length)
    most = max(known.most, moment.most, key=_length)
    some[moment.after] = Moment(moment.after, least, most)


def _length(duration: Duration) -> int:
    return duration.approximate_seconds
