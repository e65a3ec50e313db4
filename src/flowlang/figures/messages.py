"""The messages: how many were sent, skipped or failed, and what people did with them.

Each send is in one column: `sent` was handed over and not refused, `queued` is still to be, and of
`unknown` nobody can tell.  Each reaction counts once for each send; the percentages are of those
sent.  For a span of time the sends in it are counted one by one, whenever the reactions came;
without one the counters tell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from flowlang.engine.commons import by_kind
from flowlang.engine.processes import SENDS
from flowlang.figures.sends import sends
from flowlang.figures.source import Source
from flowlang.stores.rows import Shared
from flowlang.stores.store import Store
from flowlang.tables.table import Batches, Column, Row, counts

NAME = "messages"
TIMED = True

_REACTIONS = ("bounced", "opened", "clicked", "complained", "unsubscribed")


@dataclass(slots=True)
class Counts:
    """By message."""

    sent: Counter[str] = field(default_factory=Counter)
    queued: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, Counter[str]] = field(default_factory=dict)
    """Each with its reasons."""
    reactions: dict[str, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in _REACTIONS}
    )
    """By reaction."""

    def skip(self, message: str, because: dict[str, int]) -> None:
        self.skipped.setdefault(message, Counter()).update(because)

    @property
    def names(self) -> set[str]:
        counters = (self.sent, self.queued, self.unknown, self.failed, *self.reactions.values())
        return {*self.skipped, *(name for some in counters for name in some)}


def columns(source: Source) -> tuple[Column, ...]:
    """Counts, shares of those sent, and why sends were skipped."""
    heads = ("message", "sent", "queued", "unknown", "failed", "skipped", *_REACTIONS)
    shares = (f"{kind} %" for kind in _REACTIONS)
    return tuple(map(Column, (*heads, *shares, "skipped because")))


def rows(source: Source) -> Batches:
    """One row a message: those of the program, then others that were sent.

    A last row without a name counts what came back and names no message.
    """
    found = _of_sends(source) if source.timed else of_counters(source.store, source.store.shared())
    declared = source.program.messages
    others = sorted(found.names - declared.keys(), key=lambda name: (not name, name))
    batch: list[Row] = []
    for name in (*declared, *others):
        sent, skipped = found.sent[name], found.skipped.get(name, Counter())
        reactions = [found.reactions[kind][name] for kind in _REACTIONS]
        shares = [round(100 * one / sent, 1) if sent else None for one in reactions]
        because = counts(dict(sorted(skipped.items())))
        counted_once = (sent, found.queued[name], found.unknown[name], found.failed[name])
        head = (name, *counted_once, skipped.total())
        batch.append((*head, *reactions, *shares, because))
    yield batch


def of_counters(store: Store, shared: Shared) -> Counts:
    """What has become of all sends, without looking at each; `shared` is the store's."""
    found = Counts()
    for process in store.processes():
        if process.type in SENDS:
            found.sent[process.name] += process.done
            found.failed[process.name] += process.failed
            found.skip(process.name, process.skipped)
    for message, status, count in store.open_letters():
        if not message:
            continue  # it tells a person something, and is no send
        among = found.unknown if status == "unknown" else found.queued
        among[message] += count
        found.sent[message] -= count
    counters = by_kind(shared.counters)
    found.reactions.update({kind: counters[kind] for kind in _REACTIONS})
    return found


def _of_sends(source: Source) -> Counts:
    found = Counts()
    for batch in sends(source):
        for one in batch:
            match one.outcome:
                case "skipped":
                    found.skip(one.message, {one.reason.partition(":")[0]: 1})
                case "taken back":
                    found.skip(one.message, {one.reason: 1})
                case "failed":
                    found.failed[one.message] += 1
                case "queued":
                    found.queued[one.message] += 1
                case "unknown":
                    found.unknown[one.message] += 1
                case _:
                    found.sent[one.message] += 1
            for kind in one.returned:
                found.reactions[kind][one.message] += 1
            found.reactions["opened"][one.message] += one.opened is not None
            found.reactions["clicked"][one.message] += one.clicked is not None
    return found
