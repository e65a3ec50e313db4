"""The campaigns: how many runs started, how they ended, where the others stand, what was measured.

`started` is the sum of the five that follow it; a run whose contact was deleted has stopped.
"""

from __future__ import annotations

from collections import Counter

from flowlang.engine.commons import by_kind
from flowlang.engine.overview import RUN_STATUSES, runs
from flowlang.figures.source import Source
from flowlang.tables.table import Batches, Column, Row, counts

NAME = "campaigns"
TIMED = False


def columns(source: Source) -> tuple[Column, ...]:
    """What became of the runs, and the measures that the campaign's steps name."""
    heads = ("campaign", "started", *RUN_STATUSES, "measured")
    return tuple(map(Column, heads))


def rows(source: Source) -> Batches:
    """One row a campaign: those of the program, then others that have been there."""
    program = source.program
    standing, shared = source.store.standing(), source.store.shared()
    found, counted = by_kind(shared.counters), runs(standing, shared.counters)
    others = found["started"].keys() - program.by_name.keys()
    measures = {
        one.name: list(dict.fromkeys(measure for measure, _, _ in one.measures))
        for one in program.campaigns
    }
    batch: list[Row] = []
    for name in (*measures, *sorted(others)):
        of = counted.get(name, Counter())
        measured = {one: found["measured"][one] for one in measures.get(name, ())}
        batch.append((name, *(of[what] for what in ("started", *RUN_STATUSES)), counts(measured)))
    yield batch
