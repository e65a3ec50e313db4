"""What a person wishes of a process, handed to the engine as an arrival, which is applied in the
order of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flowlang.engine.admission import as_text
from flowlang.engine.choosing import fitting
from flowlang.engine.controls import Control, Verb
from flowlang.engine.overview import View, asked_for, last_asked, overview
from flowlang.engine.processes import Identity
from flowlang.engine.worker import Worker
from flowlang.program.program import Program
from flowlang.stores.rows import ArrivalRow
from flowlang.stores.store import Store


@dataclass(frozen=True, slots=True)
class Wish:
    """Pause, resume or cancel what is called by a number or a name."""

    verb: Verb
    which: str
    who: str = ""
    because: str = ""
    skip_overdue: bool = False
    """Pass over what came due in the pause."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a wish."""

    name: str
    """Of the process."""
    already: bool = False
    """It was asked for before, and the engine has yet to do it; another reason is taken."""
    otherwise: bool = False
    """It was, and with another wish about what is overdue: this one comes too late."""
    going_on: int | None = None
    """Of halted sends: how many contacts go on."""


def hear(store: Store, program: Program, wish: Wish, now: datetime) -> Heard:
    """Let the engine know a wish, unless it knows already; wishes are done in their order.

    Raises Unclear where no process is meant or several are, Refused where it cannot be done, and
    StoreError.
    """
    views = fitting(wish.verb, wish.which, overview(store), program)
    view, name = views[0], views[0].process.name
    of: Identity | None = view.process.identity if len(views) == 1 else None
    before = [one for one in _asked(store, views) if one is not None and one.verb == wish.verb]
    already = len(before) == len(views)
    if already and any(one.skip_overdue != wish.skip_overdue for one in before):
        return Heard(name, already=True, otherwise=True)
    if already and all(wish.because in ("", one.because) for one in before):
        return Heard(name, already=True)
    going_on = None
    if view.process.status == "halted" and wish.verb == "resume" and not view.asked:
        going_on = Worker(program, store).may_resume(name, now, of)
    control = Control(wish.verb, of, "" if of else name, wish.who, wish.because, wish.skip_overdue)
    store.append([ArrivalRow(now, None, wish.verb, as_text(control.data()))])
    return Heard(name, already=already, going_on=going_on)


def _asked(store: Store, views: list[View]) -> list[Control | None]:
    controls = asked_for(store)
    return [last_asked(one.process, controls) for one in views]
