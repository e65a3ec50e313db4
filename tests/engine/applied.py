"""Programs are applied to a store as `flow run` applies the first and `flow apply` the next."""

from __future__ import annotations

from datetime import datetime

from flowlang.engine import applying, planning
from flowlang.engine.planning import Plan
from flowlang.engine.version import Version, applied
from flowlang.program.program import Program
from flowlang.stores import Store


def begin(store: Store, program: Program, now: datetime) -> None:
    """As the first version; nothing happens where one is applied already."""
    applying.begin(store, program, applying.named(Version(), program), now)


def move(store: Store, old: Program, new: Program, now: datetime, *said: str) -> Plan:
    """In the place of the one that is applied, with everyone under way; `said` is what `--move`
    would say.  Raises Refusal.
    """
    base = applied(store)
    assert base is not None
    answers = planning.read_answers(said, old, new)
    plan = planning.plan(base, applying.named(Version(), new), old, new, answers)
    planning.apply(plan, store, now)
    return plan
