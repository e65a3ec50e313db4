"""A program is taken for the one that runs over a store, and what follows from it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime

from flowlang.calendar import zone
from flowlang.engine.commons import as_row
from flowlang.engine.position import NAME, Position, Sweep
from flowlang.engine.processes import Identity, Process
from flowlang.engine.version import Version
from flowlang.program.program import Program
from flowlang.stores.rows import Changes, ProcessRow
from flowlang.stores.store import Store


def take_codes(store: Store, codes: dict[str, tuple[str, ...]], now: datetime) -> dict[str, int]:
    """Import the codes of lists; gives how many of each were new, where there were any."""
    with store.transaction():
        found = {name: store.import_codes(name, known, now) for name, known in codes.items()}
    return {name: new for name, new in found.items() if new}


class Outdated(Exception):
    """Another version is applied than the one at hand; nothing of what was begun may be saved."""


def named(version: Version, program: Program) -> Version:
    """A version with the versions of a program's campaigns and automations."""
    return replace(
        version,
        campaigns={one.name: one.version for one in program.campaigns},
        automations={one.name: one.campaign.version for one in program.automations if one.campaign},
    )


def begin(store: Store, program: Program, version: Version, now: datetime) -> Version | None:
    """Apply a version as the first one; None where another is applied already."""
    with store.transaction():
        if store.program() is not None:
            return None
        first = replace(version, number=1, at=now)
        record(store, program, now, first)
        return first


def record(store: Store, program: Program, now: datetime, version: Version) -> None:
    """From now on this version runs; within a transaction.

    Campaigns that include existing contacts will look at them, once.
    """
    position = Position.read(store.value(NAME))
    position.version = version.number
    position.follow(program, now)
    if program.scheduled and position.clock is not None:
        # Where nothing was scheduled before, nobody has looked at who lives where.
        for found in (program.config.timezone, *filter(None, map(zone, store.zones()))):
            position.watch(program, found, now)
    _look(position, [one.name for one in program.campaigns if one.include_existing], now)
    names = list(dict.fromkeys((*version.campaigns, *version.kept)))
    processes = _campaigns_run(store.processes(), names, now)
    values = {NAME: position.write()}
    store.save(Changes(program=version.write(), values=values, processes=processes))


def _look(position: Position, including: list[str], now: datetime) -> None:
    """Campaigns that include existing contacts and have not looked at them yet."""
    fresh = [name for name in including if name not in position.looked]
    if fresh:
        position.looked += fresh
        still = position.looks.campaigns if position.looks else []
        position.looks = Sweep("existing", now, campaigns=[*still, *fresh])


def _campaigns_run(known: list[ProcessRow], names: list[str], now: datetime) -> list[ProcessRow]:
    """The processes of campaigns and their sends that begin, or end because the program has them no
    more.

    One that a person has paused stays so, whatever becomes of the program.
    """
    there = {row.name for row in known if row.type == "campaign"}
    found = [
        as_row(Process(Identity("campaign", name), started=now))
        for name in names
        if name not in there
    ]
    found += [
        replace(row, status="running", because="", ended=None)
        for row in known
        if row.because == _GONE and _campaign_of(row) in names
    ]
    return found + [_ended(row, now) for row in gone(known, names)]


def end_gone(store: Store, program: Program, version: int | None, now: datetime) -> None:
    """End what belongs to campaigns that are gone, once nobody who has stayed is under way in them.

    Nothing is done where another version than that of the program is applied meanwhile.  Raises
    StoreError.
    """
    there = gone(store.processes(over=False), program.by_name)
    if not there or not _all_left(store, there):
        return
    with store.transaction():
        position = Position.read(store.value(NAME))
        if version not in (None, position.version):
            return
        there = gone(store.processes(over=False), program.by_name)
        rows = _all_left(store, there)
        if rows:
            store.save(Changes(processes=[_ended(row, now) for row in rows]))


def _all_left(store: Store, rows: list[ProcessRow]) -> list[ProcessRow]:
    """Of processes, those in whose campaign nobody is under way."""
    still = store.are_under_way({_campaign_of(row) for row in rows})
    return [row for row in rows if _campaign_of(row) not in still]


def gone(rows: Iterable[ProcessRow], names: Container[str]) -> list[ProcessRow]:
    """Of processes, those that go on although their campaign is none of these."""
    return [
        row
        for row in rows
        if row.status in ("running", "halted")
        and row.ended is None
        and (name := _campaign_of(row))
        and name not in names
    ]


def _campaign_of(row: ProcessRow) -> str:
    """The campaign that a process belongs to; empty where it is of another kind."""
    return {"campaign": row.name, "message send": row.by}.get(row.type, "")


def _ended(row: ProcessRow, now: datetime) -> ProcessRow:
    return replace(row, status="finished", because=_GONE, since=None, who="", ended=now)


_GONE = "the program has it no more"
