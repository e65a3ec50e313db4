"""A program is taken for the one that runs over a store: what has changed, what follows from it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from flowlang.engine.commons import as_row
from flowlang.engine.position import NAME, Position, Sweep
from flowlang.engine.processes import Identity, Process
from flowlang.engine.state import States
from flowlang.stores.rows import Changes, ProcessRow
from flowlang.stores.store import Store


def apply_program(store: Store, states: States, now: datetime, files: dict[str, str]) -> list[str]:
    """Record a program with its texts, if it is another one; gives what has changed, in words.

    Campaigns that include existing contacts will look at them, once; contacts under way are looked
    through for steps that are gone.
    """
    program = states.program
    campaigns = {one.name: one.version for one in program.campaigns}
    automations = {
        one.name: one.campaign.version for one in program.automations if one.campaign
    }
    data = {"campaigns": campaigns, "automations": automations, "files": files}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    before = store.program()
    if before == text:
        return []
    position = Position.read(store.shared().values.get(NAME))
    changed = []
    if before is not None:
        known = json.loads(before)
        changed = _differences("campaign", known["campaigns"], campaigns)
        changed += _differences("automation", known["automations"], automations)
    position.follow(program, now)
    _look(position, [one.name for one in program.campaigns if one.include_existing], now)
    if changed and not any(one.kind == "program" for one in position.sweeps):
        position.sweeps.append(Sweep("program", now))
    processes = _campaigns_run(store.processes(), list(campaigns), now)
    store.save(Changes(program=text, values={NAME: position.write()}, processes=processes))
    return changed


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


def _differences(what: str, before: dict[str, str], after: dict[str, str]) -> list[str]:
    found = [f'the {what} "{name}" is new' for name in after if name not in before]
    found += [f'the {what} "{name}" is gone' for name in before if name not in after]
    found += [
        f'the {what} "{name}" has changed'
        for name, version in after.items()
        if name in before and before[name] != version
    ]
    return found
