"""Two contacts become one.

The older run per campaign and key stays, all history and used codes are kept, and nothing starts:
what is merged stood there before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from flowlang.contact import Contact, Entry, Happening
from flowlang.engine.group_sends import through
from flowlang.engine.world import World

Renumber = Callable[[int], int]
"""The new place of something in the order of what happened to a contact."""


def merge(world: World, kept: Contact, gone: Contact, now: datetime) -> None:
    """Put all of `gone`, which is deleted then, into `kept`, whose own fields go before.

    It happens when neither of them is further.
    """
    kept.clock = gone.clock = max((one.clock for one in (kept, gone) if one.clock), default=None)
    now = kept.not_before(now)
    first, second, length = _orders(kept, gone)
    for contact, renumber in ((kept, first), (gone, second)):
        _renumber(contact, renumber)
    kept.seq = max(length, first(kept.seq), second(gone.seq))
    for one, other in ((kept, gone), (gone, kept)):
        _leave_group_sends(world, one, other, now)
    _facts(kept, gone)
    _history(kept, gone)
    _runs(world, kept, gone)
    gone.deleted, gone.merged_into = True, kept.id
    kept.merged_from += [gone.id, *gone.merged_from]
    gone.runs.clear()
    gone.tag_began.clear()
    if world.history is not None:
        for one, why in ((gone, f'into "{kept.id}"'), (kept, f'"{gone.id}" into this one')):
            world.history(Entry(now, one.id, "", 0, "", 0, "merged", why))


# ------------------------------------------------------------------ one order of what happened


def _moments(contact: Contact) -> Iterator[tuple[datetime, int]]:
    for happened in contact.events.values():
        yield from ((one.at, one.seq) for one in happened)
    for sent in contact.messages:
        yield sent.at, sent.seq
        yield from sent.opened
        yield from sent.clicked
    for run in contact.runs.values():
        yield run.started, run.start_seq


def _orders(kept: Contact, gone: Contact) -> tuple[Renumber, Renumber, int]:
    """For each of two contacts, the places of what happened to it among what happened to both."""
    moments = sorted(
        (at, which, seq)
        for which, contact in enumerate((kept, gone))
        for at, seq in set(_moments(contact))
    )
    places: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for place, (_, which, seq) in enumerate(moments, 1):
        places[which][seq] = place
    return _renumbering(places[0]), _renumbering(places[1]), len(moments)


def _renumbering(places: dict[int, int]) -> Renumber:
    known = sorted(places)
    highest = [0]
    for seq in known:
        highest.append(max(highest[-1], places[seq]))
    return lambda seq: places.get(seq, highest[bisect_right(known, seq)])


def _renumber(contact: Contact, new: Renumber) -> None:
    for name, happened in contact.events.items():
        contact.events[name] = [Happening(one.at, one.data, new(one.seq)) for one in happened]
    for sent in contact.messages:
        sent.seq = new(sent.seq)
        sent.opened = [(at, new(seq)) for at, seq in sent.opened]
        sent.clicked = [(at, new(seq)) for at, seq in sent.clicked]
    for run in contact.runs.values():
        run.start_seq = new(run.start_seq)
        if "seq" in run.wait:
            run.wait["seq"] = new(run.wait["seq"])
    for measure in contact.measures:
        measure.since = new(measure.since)


# ------------------------------------------------------------------ what is put together


def _facts(kept: Contact, gone: Contact) -> None:
    created = [one.fields["created"] for one in (kept, gone) if one.fields.get("created")]
    kept.fields = {**gone.fields, **kept.fields}
    if created:
        kept.fields["created"] = min(created)
    for tag, end in gone.tags.items():
        _tag(kept, gone, tag, end)
    kept.groups |= gone.groups
    for channel, granted in gone.consent.items():
        # Who has withdrawn, under whatever name, has withdrawn.
        kept.consent[channel] = kept.consent.get(channel, True) and granted
    kept.blocked = kept.blocked or gone.blocked
    kept.bounced |= gone.bounced
    for name, rows in gone.records.items():
        there = kept.records.setdefault(name, [])
        there += [row for row in rows if row not in there]


def _tag(kept: Contact, gone: Contact, tag: str, end: datetime | None) -> None:
    """A tag that both have lasts as long as the longer one."""
    has = tag in kept.tags
    mine = kept.tags.get(tag)
    if has and (mine is None or (end is not None and end <= mine)):
        return
    kept.tags[tag] = end
    kept.tag_began.pop(tag, None)
    if tag in gone.tag_began:
        kept.tag_began[tag] = gone.tag_began[tag]


def _history(kept: Contact, gone: Contact) -> None:
    for name, happened in gone.events.items():
        kept.events[name] = sorted([*kept.events.get(name, ()), *happened], key=_by_place)
    kept.messages = sorted([*kept.messages, *gone.messages], key=_by_place)
    kept.measures += gone.measures
    for name, code in gone.codes.items():
        mine = kept.codes.get(name)
        if mine is None or mine[1] < code[1]:
            kept.codes[name] = code
    for name, copy in gone.elsewhere.items():
        kept.elsewhere[name] = max(kept.elsewhere.get(name, copy), copy, key=lambda one: one[1])
    for name, day in gone.scheduled.items():
        kept.scheduled[name] = max(kept.scheduled.get(name, ""), day)


def _by_place(one: Any) -> tuple[datetime, int]:
    return one.at, one.seq


def _leave_group_sends(world: World, one: Contact, other: Contact, now: datetime) -> None:
    """Who waits for the turn that the other had, or has first, gets nothing a second time."""
    for key, run in list(one.runs.items()):
        if not run.under_way or not world.program.campaign_of(run).group_send:
            continue
        had = any(
            sent.campaign == run.campaign and sent.run.startswith(f"{run.key}#")
            for sent in other.messages
        )
        first = other.runs.get(key)
        if had or (first is not None and (first.due or now) <= (run.due or now)):
            del one.runs[key]
            through(world, run, now, "merged")


def _runs(world: World, kept: Contact, gone: Contact) -> None:
    for key, run in gone.runs.items():
        mine = kept.runs.get(key)
        older = run if mine is None or run.started < mine.started else mine
        if mine is not None:
            other = mine if older is run else run
            if other.status not in ("finished", "stopped"):
                world.stopped[other.campaign] += 1
        kept.runs[key] = older
    for message, waiting in world.halted.items():
        world.halted[message] = [
            (kept.id if who == gone.id else who, key, began) for who, key, began in waiting
        ]
