"""The campaigns: how many runs started, how they ended, where the others stand, what was measured.

`started` is the sum of the five that follow it; a run whose contact was deleted has stopped.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from flowlang.engine.commons import counted
from flowlang.figures.source import Source
from flowlang.tables.table import Batches, Column, Row, counts

NAME = "campaigns"
TIMED = False

_STANDING = ("waiting", "halted", "waiting for restart")


def columns(source: Source) -> tuple[Column, ...]:
    """What became of the runs, and the measures that the campaign's steps name."""
    heads = ("campaign", "started", "finished", *_STANDING, "stopped", "measured")
    return tuple(map(Column, heads))


def rows(source: Source) -> Batches:
    """One row a campaign: those of the program, then others that have been there."""
    program = source.program
    found = counted(source.store.shared().counters)
    standing: dict[str, Counter[str]] = defaultdict(Counter)
    for campaign, status, _, count in source.store.standing():
        standing[campaign][status] += count
    others = found["started"].keys() - program.by_name.keys()
    measures = {
        one.name: list(dict.fromkeys(measure for measure, _, _ in one.measures))
        for one in program.campaigns
    }
    batch: list[Row] = []
    for name in (*measures, *sorted(others)):
        started, finished = found["started"][name], found["finished"][name]
        stands = [standing[name][status] for status in _STANDING]
        measured = {one: found["measured"][one] for one in measures.get(name, ())}
        stopped = started - finished - sum(stands)
        batch.append((name, started, finished, *stands, stopped, counts(measured)))
    yield batch
