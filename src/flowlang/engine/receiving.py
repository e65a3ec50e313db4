"""What people and programs hand in, received by a store: events, contacts, coupon codes.

Each is taken in one transaction, and what became of it is told: to whoever typed the command, or to
whoever asked over HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from flowlang.engine.admission import (
    Admitted,
    admit_contacts,
    admit_events,
    as_text,
    by_hand,
    import_finished,
)
from flowlang.engine.arrivals import Refused
from flowlang.engine.commons import as_row
from flowlang.engine.state import States
from flowlang.intake.contacts import ContactRows
from flowlang.intake.coupons import CodeRows
from flowlang.intake.problem import Problem
from flowlang.program.program import Program
from flowlang.speech import tr, why
from flowlang.stores.rows import ArrivalRow, Changes, NoticeRow, Stock
from flowlang.stores.store import Store

if TYPE_CHECKING:
    from flowlang.intake.events import Arrival  # its models are heavy


class Fate(NamedTuple):
    """What became of one event."""

    line: int
    """That of the event."""
    status: Literal["taken", "known", "refused"]
    """`known`: its id was seen before, so it changes nothing."""
    reason: str = ""
    """Why it was refused."""


class _Overtaken(Exception):
    """Somebody else has handed in one of these events meanwhile."""


def receive_events(store: Store, arrivals: Sequence[Arrival]) -> list[Fate]:
    """Take events, in their order; gives what became of each.  Raises StoreError.

    Of all who hand in one id at once, wherever they are, one is told that it was taken.
    """
    while True:
        with suppress(_Overtaken):  # who did is done, so now those ids are seen
            return _received(store, arrivals)


def _received(store: Store, arrivals: Sequence[Arrival]) -> list[Fate]:
    """Raises _Overtaken, with nothing done."""
    # Apart from the engine: nothing but arrivals is added, of whose ids the database takes care.
    with store.transaction(apart=True):
        fates, taken = _judged(store, arrivals)
        if store.append(taken) < len(taken):
            raise _Overtaken
    return fates


def _judged(store: Store, arrivals: Sequence[Arrival]) -> tuple[list[Fate], list[ArrivalRow]]:
    """What becomes of events, and what those that are taken become."""
    seen = store.seen({one.id for one in arrivals if one.id is not None})
    admitted = admit_events(store, (one for one in arrivals if one.id not in seen))
    taken: list[ArrivalRow] = []
    ids: set[str] = set()
    fates = []
    for one in arrivals:
        row = None if one.id in seen else next(admitted)
        if isinstance(row, Problem):
            fates.append(Fate(one.line, "refused", row.message))
        elif row is None or row.id in ids:
            fates.append(Fate(one.line, "known"))
        else:
            taken.append(row)
            fates.append(Fate(one.line, "taken"))
            if row.id is not None:
                ids.add(row.id)
    return fates, taken


def receive_contacts(
    store: Store, states: States, rows: ContactRows, source: str, now: datetime, *, strict: bool
) -> Admitted:
    """Take the contacts of a file, which `source` names to automations; the import is a process.

    Where it is `strict` and some row cannot be admitted, none is taken.  Raises StoreError.
    """
    with store.transaction():
        done = admit_contacts(store, states, rows.rows, now)
        if done.problems and strict:
            return Admitted(problems=done.problems)
        if rows.rows:
            _append(store, done, rows, source, now, states.program.language)
    return done


def _append(
    store: Store, done: Admitted, rows: ContactRows, source: str, now: datetime, language: str
) -> None:
    """The rows arrive, and behind them that this is all; what came of it is told in the inbox."""
    process = by_hand(store, "import contacts", rows.name, now)
    process.status, process.audience = "waiting", rows.read
    data = import_finished(source, rows, len(done.problems), process.identity)
    store.append([*done.arrivals, ArrivalRow(now, None, "import finished", as_text(data))])
    found = rows.without(done.problems)
    told = tr("contacts from {file}; {counts}", file=found.headline, counts=contacts_told(done))
    notice = NoticeRow(now, "inbox", told.in_(language))
    store.save(Changes(processes=[as_row(process)], notices=[notice]))


def contacts_told(done: Admitted) -> str:
    """What became of the rows that could be read, in words."""
    return tr(
        "{new:,} new, {changed:,} changed, {unchanged:,} as they were",
        new=done.new,
        changed=done.changed,
        unchanged=done.unchanged,
    )


def contacts_counts(rows: ContactRows, done: Admitted, *, refused: bool) -> dict[str, int]:
    """The same as JSON, with what could not be read; a file that was refused gave nothing."""
    taken = 0 if refused else rows.taken
    return {
        "read": rows.read, "taken": taken, "new": done.new, "changed": done.changed,
        "unchanged": done.unchanged, "left_out": rows.read - taken,
    }  # fmt: skip


class CodesTaken(NamedTuple):
    """What became of the codes of a file."""

    new: int
    free: int
    """Of the list, now."""
    told: str
    """All of it, in words."""


def receive_codes(
    store: Store, name: str, found: CodeRows, now: datetime, language: str
) -> CodesTaken:
    """Take the codes of a file into a list, all at once, with a process and a report in a language.

    Raises StoreError.
    """
    with store.transaction(apart=True):  # others who import into the list are waited for
        new = store.import_codes(name, found.codes, now)
        free = store.shared().stock[name].free if name in store.shared().stock else 0
        known, twice = len(found.codes) - new, found.duplicates
        told = tr(
            '"{name}": {read:,} read, {new:,} new, {known:,} known, {twice:,} twice in the file,'
            " {left_out:,} left out; {free:,} are free now",
            name=name,
            read=found.read,
            new=new,
            known=known,
            twice=twice,
            left_out=found.left_out,
            free=free,
        )
        process = by_hand(store, "import coupons", name, now)
        process.audience, process.done = found.read, new
        process.skipped.update(found.skipped(new))
        process.end("finished", now)
        report = tr("coupons from {file}: {told}", file=found.name, told=told)
        notice = NoticeRow(now, "inbox", report.in_(language))
        store.save(Changes(processes=[as_row(process)], notices=[notice]))
    return CodesTaken(new, free, told)


def codes_counts(
    name: str, found: CodeRows, taken: CodesTaken | None, halted: Mapping[str, str]
) -> dict[str, Any]:
    """The same as JSON, with `halted_for`; None was taken where there was nothing to be read."""
    new = taken.new if taken else 0
    return {
        "list": name, "read": found.read, "new": new, "known": len(found.codes) - new,
        "duplicates": found.duplicates, "left_out": found.left_out,
        "free": taken.free if taken else None,
        "halted": [
            {"message": message, "can_resume": not why, "because": why}
            for message, why in halted.items()
        ],
    }  # fmt: skip


def coupon_lists(store: Store, program: Program) -> list[dict[str, Any]]:
    """The coupon lists, declared and known, each with its free and used codes, as JSON."""
    stock = store.shared().stock
    none = Stock(0, 0)
    return [
        {"list": name, "left": stock.get(name, none).free, "used": stock.get(name, none).used}
        for name in sorted({*program.names.coupons, *stock})
    ]


def halted_for(store: Store, program: Program, name: str, now: datetime) -> dict[str, str]:
    """The halted messages that show codes of a list: why each cannot go on, empty where it can."""
    from flowlang.engine.worker import Worker

    found = {}
    for message in store.shared().halted:
        if message not in program.messages or name not in program.messages[message].lists:
            continue
        try:
            Worker(program, store).may_resume(message, now)
        except Refused as refused:
            found[message] = why(refused)
        else:
            found[message] = ""
    return found
