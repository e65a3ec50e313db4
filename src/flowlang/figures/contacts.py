"""The contacts with their fields, tags, groups and consent, as an import reads them back."""

from __future__ import annotations

from flowlang.figures.source import Source, Where
from flowlang.tables import contacts
from flowlang.tables.table import Batches, Column

NAME = "contacts"
TIMED = False


def columns(source: Source) -> tuple[Column, ...]:
    """As in `tables.contacts`."""
    return contacts.columns(source.program.names)


def rows(source: Source, where: Where | None = None) -> Batches:
    """One row a contact, in the order in which they were made; all, or those for whom it holds."""
    names = source.program.names
    for some in source.contacts(where):
        yield [contacts.row(one, names) for one in some]
