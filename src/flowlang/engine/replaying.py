"""One contact's life out of a store, lived again in memory: to know what was asked on the way.

The stored history is the truth; the replay only adds what was asked.  What came from outside is
kept for good, so the same program comes to the same decisions.  What people did with the system is
replayed too; what hung on others (their codes) is given where the history has it.  An entry that
does not come out again has no counterpart, and only the history tells of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from flowlang.contact import Contact, Entry
from flowlang.engine.admission import from_text
from flowlang.engine.arrivals import Refused
from flowlang.engine.controls import VERBS
from flowlang.engine.play import Play
from flowlang.engine.tracing import Asks, Decision, Outline, TooMuch, Trace
from flowlang.program.program import Program
from flowlang.stores.rows import ArrivalRow, SendingRow
from flowlang.stores.store import Store

MOST = 10_000
"""Arrivals of one contact that are replayed, and of the system."""
MOST_DECISIONS = 100_000
_OF_SYSTEM = frozenset((*VERBS, "run automation", "import finished"))
"""What comes to no contact and may still decide about one."""
_JUST_BEFORE = timedelta(microseconds=1)


class Arrived(NamedTuple):
    """Something that comes in the replay."""

    at: datetime
    contact: str | None
    kind: str
    data: dict[str, Any]


class Replay(NamedTuple):
    """A life lived again."""

    play: Play
    trace: Trace
    counterparts: list[Decision | None]
    """For each entry of the history the decision that came out the same, if one did."""


def replay(
    store: Store,
    program: Program,
    outline: Outline,
    asks: Asks,
    contact: Contact,
    history: Sequence[Entry],
    until: datetime,
) -> Replay:
    """Live the life of a contact again, up to a moment; the program is one that can be traced."""
    play = Play.of(program, {})
    trace = Trace(play, outline, asks)
    trace.limit = MOST_DECISIONS
    trace.listen()
    rows = store.arrivals("applied", MOST, contact=contact.id)
    rows += [one for one in store.arrivals("applied", MOST, until, "") if one.type in _OF_SYSTEM]
    rows.sort(key=attrgetter("place"))
    found = _arrivals(program, contact, history, rows, store.sendings([contact.id]))
    coming = sorted(found, key=lambda one: one.at)
    for one in history[:1]:
        play.world.robinson = store.barred(_addresses(contact))
        play.started = True
        play.timeline.begin(min(one.at, *(arrived.at for arrived in coming[:1])))
        _live(play, coming, until)
    return Replay(play, trace, _counterparts(history, trace.of(contact.id)))


def _live(play: Play, coming: Sequence[Arrived], until: datetime) -> None:
    """Let everything come; what is refused now was applied then, so the two part there."""
    timeline = play.timeline
    try:
        for one in coming:
            try:
                timeline.arrive(one.contact, one.kind, one.data, max(one.at, play.now))
            except Refused:
                continue
        timeline.advance(max(until, play.now))
    except (TooMuch, OverflowError):
        return


def _arrivals(
    program: Program,
    contact: Contact,
    history: Sequence[Entry],
    rows: Sequence[ArrivalRow],
    sendings: Sequence[SendingRow],
) -> Iterator[Arrived]:
    """What came to the contact itself, and what it had of others."""
    own = set()
    for row in rows:
        data = from_text(row.data)
        if row.type == "event":
            own.add((data["name"], row.at))
        yield Arrived(row.at, row.contact, row.type, data)
    for name in program.concerns:
        for one in contact.events.get(name, ()):
            if (name, one.at) not in own:
                data = {key: value for key, value in one.data.items() if key != "at"}
                yield Arrived(one.at, contact.id, "event", {"name": name, "data": data})
    for sending in sendings:
        for name, code in sending.codes:
            at = sending.at - _JUST_BEFORE
            yield Arrived(at, None, "import coupons", {"list": name, "codes": (code,)})
    halted: set[str] = set()
    for entry in history:
        if entry.what == "halted":
            halted.add(entry.step)
        elif entry.step in halted and entry.what in ("sent", "skipped"):
            halted.discard(entry.step)
            message = _message(program, entry)
            if message:
                yield Arrived(entry.at, None, "resume", {"message": message})


def _message(program: Program, entry: Entry) -> str:
    """The message of the send that an entry is about."""
    campaign = program.by_name.get(entry.campaign)
    for one in campaign.instructions if campaign is not None else ():
        if one.where.text == entry.step:
            return str(getattr(getattr(one, "message", None), "name", ""))
    return ""


def _addresses(contact: Contact) -> list[str]:
    return [value.casefold() for value in contact.fields.values() if isinstance(value, str)]


def _counterparts(history: Sequence[Entry], lived: Sequence[Decision]) -> list[Decision | None]:
    """For each entry the decision that is the same, each taken once and in order."""
    alike: dict[tuple[Any, ...], deque[Decision]] = {}
    for one in lived:
        alike.setdefault(_told(one.entry), deque()).append(one)
    found: list[Decision | None] = []
    for entry in history:
        waiting = alike.get(_told(entry))
        # Its reason may name others: what is told is what the history says.
        found.append(replace(waiting.popleft(), entry=entry) if waiting else None)
    return found


def _told(entry: Entry) -> tuple[Any, ...]:
    """What must be the same: of forks also the values on which they hung; else not the reason,
    which may name others.
    """
    because = entry.because if entry.what in ("yes", "no") else ""
    return entry.at, entry.campaign, entry.round, entry.step, entry.what, because
