"""A program is taken for the one that runs over a store: what has changed, what follows from it."""

from __future__ import annotations

import json
from datetime import datetime

from flowlang.engine.position import NAME, Position, Sweep
from flowlang.engine.state import States
from flowlang.stores.rows import Changes
from flowlang.stores.store import Store


def apply_program(store: Store, states: States, now: datetime, files: dict[str, str]) -> list[str]:
    """Record a program with its texts, if it is another one; gives what has changed, in words.

    Campaigns that include existing contacts will look at them, once; contacts under way are looked
    through for steps that are gone.
    """
    program = states.program
    campaigns = {one.name: states.version(one) for one in program.campaigns}
    text = json.dumps({"campaigns": campaigns, "files": files}, ensure_ascii=False, sort_keys=True)
    before = store.program()
    if before == text:
        return []
    position = Position.read(store.shared().values.get(NAME))
    changed = []
    if before is not None:
        changed = _differences(json.loads(before)["campaigns"], campaigns)
        position.follow(program, now)
    _look(position, [one.name for one in program.campaigns if one.include_existing], now)
    if changed and position.sweep is None:
        position.sweep = Sweep("program", now)
    store.save(Changes(program=text, values={NAME: position.write()}))
    return changed


def _look(position: Position, including: list[str], now: datetime) -> None:
    """Campaigns that include existing contacts and have not looked at them yet."""
    fresh = [name for name in including if name not in position.looked]
    if fresh:
        position.looked += fresh
        still = position.looks.campaigns if position.looks else []
        position.looks = Sweep("existing", now, campaigns=[*still, *fresh])


def _differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    found = [f'the campaign "{name}" is new' for name in after if name not in before]
    found += [f'the campaign "{name}" is gone' for name in before if name not in after]
    found += [
        f'the campaign "{name}" has changed'
        for name, version in after.items()
        if name in before and before[name] != version
    ]
    return found
