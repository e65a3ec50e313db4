"""A program is taken for the one that runs over a store: what has changed, what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flowlang.engine.commons import as_row
from flowlang.engine.position import NAME, Position, Sweep
from flowlang.engine.processes import Identity, Process
from flowlang.engine.version import Version, applied
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


def apply_program(
    store: Store, program: Program, now: datetime, files: dict[str, str]
) -> list[str]:
    """Record a program with its texts, if it is another one, and move nobody; gives what has
    changed, in words.

    Contacts under way are looked through for steps that are gone.
    """
    before, new = applied(store), named(Version(files), program)
    if before is not None and new == replace(
        before, number=0, before=0, again=0, at=None, who="", moves=(), kept={}
    ):
        return []
    changed = []
    if before is not None:
        changed = differences("campaign", before.campaigns, new.campaigns)
        changed += differences("automation", before.automations, new.automations)
    record(store, program, now, numbered(new, before, now), sweep=bool(changed))
    return changed


def named(version: Version, program: Program) -> Version:
    """A version with the versions of a program's campaigns and automations."""
    return replace(
        version,
        campaigns={one.name: one.version for one in program.campaigns},
        automations={one.name: one.campaign.version for one in program.automations if one.campaign},
    )


def numbered(version: Version, before: Version | None, now: datetime) -> Version:
    """A version as the next one behind another."""
    last = before.number if before is not None else 0
    return replace(version, number=last + 1, before=last, at=now)


def record(
    store: Store, program: Program, now: datetime, version: Version, *, sweep: bool = False
) -> None:
    """From now on this version runs; within a transaction.

    Campaigns that include existing contacts will look at them, once.  `sweep`: contacts are looked
    through for steps that are gone.
    """
    position = Position.read(store.shared().values.get(NAME))
    position.version = version.number
    position.follow(program, now)
    _look(position, [one.name for one in program.campaigns if one.include_existing], now)
    if sweep and not any(one.kind == "program" for one in position.sweeps):
        position.sweeps.append(Sweep("program", now))
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


def differences(what: str, before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Which campaigns or automations are new, gone or changed, in words."""
    found = [f'the {what} "{name}" is new' for name in after if name not in before]
    found += [f'the {what} "{name}" is gone' for name in before if name not in after]
    found += [
        f'the {what} "{name}" has changed'
        for name, version in after.items()
        if name in before and before[name] != version
    ]
    return found
