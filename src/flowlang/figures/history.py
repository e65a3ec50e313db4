"""Every decision that was made for every contact, each with its reason."""

from __future__ import annotations

from flowlang.contact import Entry
from flowlang.figures.source import Source
from flowlang.tables.table import Batches, Column

NAME = "history"
TIMED = True


def columns(source: Source) -> tuple[Column, ...]:
    """As in the JSON of a single history."""
    return tuple(map(Column, Entry._fields))


def rows(source: Source) -> Batches:
    """One row an entry: contact by contact, each history in order."""
    for contacts in source.walk():
        histories: dict[str, list[Entry]] = {one.id: [] for one in contacts}
        for entry in source.store.entries(histories):
            if source.within(entry.at):
                histories[entry.contact].append(entry)
        yield [entry for history in histories.values() for entry in history]
