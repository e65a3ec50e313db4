"""A program is taken for the one that runs over a store, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

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
    position = Position.read(store.shared().values.get(NAME))
    position.version = version.number
    position.follow(program, now)
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
    """The processes of campaigns that begin, or end because the program has them no more.

    One that a person has paused stays so, whatever becomes of the program.
    """
    rows = {row.name: row for row in known if row.type == "campaign"}
    found = [
        as_row(Process(Identity("campaign", name), started=now))
        for name in names
        if name not in rows
    ]
    for name, row in rows.items():
        if name in names and row.ended is not None:
            found.append(replace(row, status="running", because="", ended=None))
        elif name not in names and row.status == "running":
            found.append(replace(row, status="finished", because=_GONE, ended=now))
    return found


_GONE = "the program has it no more"
