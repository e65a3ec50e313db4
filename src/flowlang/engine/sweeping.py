"""Asking all contacts about one thing: a schedule that fires, an event about a thing, a new
campaign, a job of an automation, what goes on after a person let it.

Whether the contacts are all at hand or come in batches, they are asked in the same order, one after
the other, and nothing else happens before the last one was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flowlang import calendar
from flowlang.calendar import zone
from flowlang.contact import Contact, resolve_zone
from flowlang.engine import retelling
from flowlang.engine.admission import from_text
from flowlang.engine.jobs import JOBS
from flowlang.engine.position import Sweep, stamp
from flowlang.engine.releasing import Release, let_go
from flowlang.engine.telling import Part, Said

if TYPE_CHECKING:
    from flowlang.engine.timeline import Timeline

Ask = Callable[[Contact], bool]
"""Asks a contact; gives whether that touched it."""


def asks(sweep: Sweep) -> bool:
    """Whether contacts have to be asked at all."""
    return sweep.kind != "job" or (JOBS[sweep.job].asks and "failed" not in sweep.tally)


def ask(timeline: Timeline, sweep: Sweep, contacts: Iterable[Contact]) -> None:
    """Ask contacts, in their order."""
    if sweep.kind == "job":
        if timeline.automations is not None:
            timeline.automations.ask(sweep, contacts)
        return
    asking = _ASKING[sweep.kind](timeline, sweep)
    for contact in contacts:
        if contact.deleted:
            continue
        if asking(contact):
            timeline.settle(contact)
            timeline.heed()


def end(timeline: Timeline, sweep: Sweep) -> None:
    """All contacts have been asked: the next sweep is up, or another pass of this one."""
    if sweep.kind != "job":
        timeline.sweeps.remove(sweep)
    elif timeline.automations is not None:
        timeline.automations.asked(sweep)
    else:
        abandon(timeline, sweep)


def abandon(timeline: Timeline, sweep: Sweep) -> None:
    """Give a job up that the program no longer has: its process has failed."""
    timeline.sweeps.remove(sweep)
    why, key = "its automation has changed", str(sweep.tally["number"])
    for process in timeline.world.processes:
        identity = process.identity
        if identity.key == key and identity.by and process.ended is None:
            process.end("failed", sweep.at, why)
            kind = retelling.kind(identity.type)
            parts: dict[str, Part] = {"type": kind, "name": process.name}
            told = Said("automation-changed", {**parts, "by": identity.by})
            timeline.world.tell(sweep.at, told)


def _schedule(timeline: Timeline, sweep: Sweep) -> Ask:
    """A scheduled event, for those whose zone it has come in, once for a day."""
    program, do = timeline.program, timeline.interpreter
    found = [one for one in program.scheduled if stamp(one) == sweep.stamp]
    known, default = zone(sweep.zone), program.config.timezone
    day = calendar.local_date(sweep.at, known or default).isoformat()

    def fire(contact: Contact) -> bool:
        if not found or resolve_zone(contact, default).key != sweep.zone:
            return False
        if contact.scheduled.get(sweep.stamp, "") >= day:
            return False
        before = contact.seq
        do.scheduled(contact, found[0], sweep.at)
        if contact.seq == before:
            return False
        # Only those whom it concerned are marked: the others need not be written.
        contact.scheduled[sweep.stamp] = day
        return True

    return fire


def _about(timeline: Timeline, sweep: Sweep) -> Ask:
    data = from_text(sweep.data)
    do = timeline.interpreter
    return lambda contact: bool(do.about(contact, sweep.event, data, sweep.at))


def _existing(timeline: Timeline, sweep: Sweep) -> Ask:
    do, world = timeline.interpreter, timeline.world

    def look(contact: Contact) -> bool:
        before = (contact.seq, world.ticks)
        do.existing(contact, sweep.campaigns, sweep.at)
        return (contact.seq, world.ticks) != before

    return look


def _release(timeline: Timeline, sweep: Sweep) -> Ask:
    release = Release.read(sweep.data)
    return lambda contact: let_go(contact, release, timeline.program, sweep.at)


_ASKING: dict[str, Callable[[Timeline, Sweep], Ask]] = {
    "schedule": _schedule, "about": _about, "existing": _existing, "release": _release,
}  # fmt: skip
