"""What takes long: campaigns, sends, imports, exports, each with its status and progress."""

from __future__ import annotations

from flowlang.engine.overview import views
from flowlang.figures.source import Source
from flowlang.tables.table import Batches, Column, Row, counts

NAME = "processes"
TIMED = True

_COLUMNS = (
    "number", "type", "name", "by", "status", "of", "done", "failed", "skipped", "waiting",
    "because", "who", "since", "started", "ended", "skipped because",
)  # fmt: skip


def columns(source: Source) -> tuple[Column, ...]:
    """As `flow process list` shows them."""
    return tuple(map(Column, _COLUMNS))


def rows(source: Source) -> Batches:
    """One row a process, by number; a span of time chooses by when they started."""
    batch: list[Row] = []
    for view in views(source.store):
        one = view.process
        if source.within(one.started):
            skipped = dict(sorted(one.skipped.items()))
            batch.append((
                one.number, one.identity.type, one.name, one.identity.by, one.status, view.of,
                one.done, one.failed, one.skipped.total(), view.waiting, one.because, one.who,
                one.since, one.started, one.ended, counts(skipped),
            ))  # fmt: skip
    yield batch
