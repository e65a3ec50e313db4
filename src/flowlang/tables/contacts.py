"""Contacts as the rows of a table that an import reads back: what `intake.contacts` can read.

What the engine alone knows (histories, runs, when a tag ends) is not in it, nor is what the
workspace no longer declares.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.check.names import Names
from flowlang.contact import Contact
from flowlang.intake.contact_row import PARTS
from flowlang.tables.formats import LineFormat, csv, jsonl
from flowlang.tables.table import Column, Row, Spelt, listed


def columns(names: Names) -> tuple[Column, ...]:
    """The declared fields, the parts that every contact has, and the records."""
    fields, records = names.fields, names.records
    return (
        *map(Column, fields),
        *(Column(name) for name in PARTS if name not in fields),
        *(Column(name, nested=True) for name in records if name not in fields),
    )


def row(contact: Contact, names: Names) -> Row:
    """A contact with a value for each column."""
    fields, records = names.fields, names.records
    consent = {one: contact.consent[one] for one in names.channels if one in contact.consent}
    parts: dict[str, Any] = {
        "tags": listed(sorted(contact.tags)),
        "groups": listed(sorted(contact.groups)),
        "consent": Spelt(consent, "; ".join(_said(*one) for one in consent.items())),
        "blocked": contact.blocked,
    }
    return [
        *(contact.id if name == "id" else contact.fields.get(name) for name in fields),
        *(value for name, value in parts.items() if name not in fields),
        *(contact.records.get(name) for name in records if name not in fields),
    ]


def _said(channel: str, granted: bool) -> str:
    return f"{'' if granted else 'no '}marketing by {channel}"


def format_of(path: PurePath) -> LineFormat:
    """How contacts are written into a file of this name: CSV, or JSON Lines."""
    return jsonl if path.suffix.lower() in (*jsonl.SUFFIXES, ".json") else csv


class ContactLines:
    """Contacts as the text of a file, line by line."""

    def __init__(self, names: Names, zone: ZoneInfo, path: PurePath) -> None:
        self._names = names
        self._zone = zone
        self._format = format_of(path)
        self._columns = columns(names)

    def head(self) -> str:
        """What the file begins with."""
        return self._format.MARK + self._format.head(self._columns)

    def line(self, contact: Contact) -> str:
        """A contact, with the newline at its end."""
        return self._format.line(self._columns, row(contact, self._names), self._zone)
