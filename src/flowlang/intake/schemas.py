"""What a workspace declares, as far as data from outside is read by it."""

from __future__ import annotations

from flowlang.intake.schema import ContactSchema, EventSchema
from flowlang.program.program import Program


def contact_schema(program: Program) -> ContactSchema:
    """What a row of contacts may hold."""
    names = program.names
    return ContactSchema(
        names.fields, names.records, frozenset(names.groups), frozenset(names.channels)
    )


def event_schema(program: Program) -> EventSchema:
    """What an event may speak of: of the declared ones, those that come from outside."""
    names = program.names
    return EventSchema(
        names.fields,
        names.records,
        frozenset(names.groups),
        frozenset(names.channels),
        {name: event.fields for name, event in names.events.items() if event.outside},
        frozenset(program.concerns),
        frozenset(names.coupons),
        frozenset(names.messages),
        frozenset(names.automations),
    )
