"""AN EVENT → HOW IT COMES TO HAPPEN: by the test itself, by a schedule, by delivery, by a thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flowlang.check.names import SYSTEM_EVENTS, Audience
from flowlang.coverage.drafts import NOW, Act, Begins, Data, Happens, RowIs, Stock
from flowlang.coverage.facts import PLENTY
from flowlang.coverage.rows import over_rows
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.values import quoted, written
from flowlang.coverage.wishes import wishes
from flowlang.days import Schedule
from flowlang.kinds import Fields
from flowlang.syntax import campaigns as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax import past
from flowlang.syntax.tree import Token

_FAR = timedelta(days=400)
"""A schedule that is further away than this has the clock start just before it."""
_A_DAY = timedelta(days=1)


def event(ref: past.EventRef, where: ex.Expression | None, scene: Scene) -> Iterator[Wish]:
    """What makes an event happen that fits a `where`."""
    name = str(ref.event.value)
    declared = scene.names.events.get(name)
    fields = scene.names.fields_of_event(name)
    inner = replace(scene, row=fields)
    for wish in wishes(where, True, inner) if where is not None else [()]:
        values = {one.name: one.value for one in wish if isinstance(one, RowIs)}
        data = scene.filled(fields if declared is not None else {}, values)
        others = tuple(one for one in wish if not isinstance(one, RowIs))
        if declared is None:
            yield from ((*others, act) for act in _reaction(ref, dict(data), scene))
        elif declared.schedules:
            for schedule, _ in declared.schedules:
                found = _scheduled(schedule, declared.audience, scene)
                yield from ((*others, *wish) for wish in found)
        elif declared.audience is not None:
            found = _concerned(declared.audience, scene, fields, name)
            yield from ((*others, *wish) for wish in found)
        else:
            yield (*others, Act(NOW, Happens(name, data)))


def _reaction(ref: past.EventRef, data: dict[str, str], scene: Scene) -> Iterator[Act]:
    """A report of delivery: about the message that is meant, else about each in turn."""
    kind = str(ref.event.value)
    if kind == "unsubscribed":
        yield Act(NOW, kind)
        return
    about = [quoted(str(ref.message.value))] if ref.message is not None else []
    about += [data["message"]] if not about and "message" in data else []
    every = [one.name for one in scene.sends] + list(scene.names.messages)
    for message in about or [quoted(name) for name in dict.fromkeys(every)]:
        yield Act(NOW, f"{kind} {message}")


def _scheduled(schedule: Schedule, audience: Audience | None, scene: Scene) -> Iterator[Wish]:
    """Someone whom a schedule concerns, and the clock up to it."""
    clock = clock_at(schedule, scene, scene.names.config.timezone)
    if clock is None:
        return
    at, begins = clock
    then = replace(scene, now=at, row=None)
    move = Act(_A_DAY) if begins else Act("tick")
    for wish in _concerned(audience, then, {}, "") if audience is not None else [()]:
        yield (*begins, *wish, move)


def clock_at(
    schedule: Schedule, scene: Scene, zone: ZoneInfo
) -> tuple[datetime, tuple[Begins, ...]] | None:
    """When a schedule fires next; where that is far away, with the clock starting just before."""
    at = schedule.next_after(scene.now, zone)
    if at is not None and at - scene.now < _FAR:
        return at, ()
    at = at or schedule.next_after(datetime(2020, 1, 1, tzinfo=zone), zone)
    return None if at is None else (at, (Begins(at - _A_DAY),))


def _concerned(audience: Audience, scene: Scene, fields: Fields, name: str) -> Iterator[Wish]:
    """Someone whom an event concerns that no one sends to a contact; and the event, if any."""
    inner = replace(scene, events={name: fields} if name else {})
    where = audience.where
    if audience.kind == "contacts":
        found = wishes(where, True, inner) if where is not None else [()]
    else:
        rows = Token(audience.span, "NAME", audience.records)
        found = list(over_rows(past.AnyRow(audience.span, rows, where), True, inner, wishes))
    for wish in found:
        data = tuple((one.field, one.value) for one in wish if isinstance(one, Data) and one.value)
        others = tuple(one for one in wish if not isinstance(one, Data))
        yield (*others, Act(NOW, Happens(name, data))) if name else others


def system_event(line: tree.OnSystem, scene: Scene) -> Iterator[Wish]:
    """What makes a system event happen that fits a `where`."""
    name, names = str(line.event.value), scene.names
    if name == "import finished":
        inner = replace(scene, row=SYSTEM_EVENTS[name])
        for wish in wishes(line.where, True, inner) if line.where is not None else [()]:
            data = {"source": quoted("shop"), "taken": "5", "left_out": "0"}
            values = {one.name: written(one.value, names) for one in wish if isinstance(one, RowIs)}
            data |= {one: value for one, value in values.items() if one in data and value}
            said = ", ".join(f"{one} {value}" for one, value in data.items())
            yield (Act(NOW, f"{name} {said}", about=False),)
        return
    # The rest follows from sends: with the right number of codes, or too few of them.
    about = str(line.name.value) if line.name else ""
    for listed in [about] if about in names.coupons else names.coupons:
        for amount in dict.fromkeys((names.coupons[listed].warn_below, 1, 0, PLENTY)):
            yield (Stock(listed, amount),)
    yield ()
