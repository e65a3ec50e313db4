"""Asking all contacts about one thing: a schedule that fires, an event about a thing, a new
campaign.
"""

from __future__ import annotations

import json

from flowlang import calendar
from flowlang.contact import resolve_zone
from flowlang.engine.batch import Batch
from flowlang.engine.position import Sweep, stamp
from flowlang.engine.state import Stranded, stranded
from flowlang.kinds import decode


def ask(batch: Batch, contact_id: str, sweep: Sweep) -> list[Stranded]:
    """Ask one contact at hand; of a changed program, gives the runs whose step is gone."""
    contact, do = batch.timeline.contacts[contact_id], batch.timeline.interpreter
    before, at = len(batch.entries), max(sweep.at, contact.clock or sweep.at)
    match sweep.kind:
        case "schedule":
            _fire(batch, contact_id, sweep)
        case "about":
            do.about(contact, sweep.event, decode(json.loads(sweep.data))["data"], at)
        case "existing":
            do.existing(contact, at)
        case "program":
            return stranded(contact, batch.aside(contact_id), batch.states)
    if len(batch.entries) > before:
        contact.clock = at
    return []


def _fire(batch: Batch, contact_id: str, sweep: Sweep) -> None:
    """A scheduled event, for a contact in its zone, once for a day."""
    contact, program = batch.timeline.contacts[contact_id], batch.program
    zone = resolve_zone(contact, program.config.timezone)
    day = calendar.local_date(sweep.at, zone).isoformat()
    found = [one for one in program.scheduled if stamp(one) == sweep.stamp]
    if not found or zone.key != sweep.zone or contact.scheduled.get(sweep.stamp, "") >= day:
        return
    before = contact.seq
    batch.timeline.interpreter.scheduled(contact, found[0], sweep.at)
    if contact.seq != before:
        # Only those whom it concerned are marked: the others need not be written.
        contact.scheduled[sweep.stamp] = day
