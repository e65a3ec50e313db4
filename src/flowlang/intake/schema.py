"""What is known when data is read: which fields, records, events and lists there are."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowlang.kinds import Fields


@dataclass(frozen=True, slots=True)
class ContactSchema:
    """What a contact may have.  `fields` holds the declared ones and the built-in ones."""

    fields: Fields
    records: dict[str, Fields] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    """The declared groups; where none is declared any name serves."""
    channels: frozenset[str] = frozenset({"email", "sms"})


@dataclass(frozen=True, slots=True)
class EventSchema(ContactSchema):
    """What an arrival may speak of: what a contact may have, and more."""

    events: dict[str, Fields] = field(default_factory=dict)
    """The declared events and the fields of their data."""
    without_contact: frozenset[str] = frozenset()
    """Those of the events that are about a thing and need no contact."""
    coupons: frozenset[str] = frozenset()
    messages: frozenset[str] = frozenset()
    automations: frozenset[str] = frozenset()
