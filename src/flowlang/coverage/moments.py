"""A WAIT FOR A MOMENT → DATES and clocks with which it comes, is missed, or is not set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from flowlang.calendar import instant
from flowlang.coverage.drafts import Begins, Change, Data
from flowlang.coverage.facts import field_is
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.trying import variables
from flowlang.coverage.values import Constants, domain, written
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax.moments import NextDay

_VALUES = 60
"""Values of a date that a wait is tried with."""
_A_WHILE = timedelta(days=10)


def moments(node: WaitUntil, scene: Scene) -> Iterator[Wish]:
    """The dates that a wait reads, in all positions; and the clock around those it names."""
    yield from ((Begins(at),) for at in _around_days(node, scene))
    known = Constants.of([node], scene.names)
    for space, name in dict.fromkeys(variables(node.until, scene)):
        kind = scene.kind(space, name)
        if kind.name in ("date", "datetime", "time", "any"):
            for value in (None, *domain(kind, known, scene.now, scene.names)[:_VALUES]):
                yield (set_to(space, name, value, scene),)


def _around_days(node: WaitUntil, scene: Scene) -> Iterator[datetime]:
    """Before and after the days that are written in a wait, or in the calendar it names."""
    zone = scene.names.config.timezone
    known = Constants.of([node], scene.names)
    days = [*known.dates, *(at.astimezone(zone).date() for at in known.moments)]
    if isinstance(node.until, NextDay):
        found = scene.names.calendars.get(str(node.until.calendar.value))
        days += [last for _, last in (found.ranges if found else ())][-1:]
    for day in days:
        for distance in (_A_WHILE, -_A_WHILE):
            yield instant(day, time(10), zone) + distance


def set_to(space: str, name: str, value: object, scene: Scene) -> Change:
    """A value for what a step reads: a field of the contact, or of the event that brings it."""
    if space == "contact":
        return field_is(name, value, scene.names)
    return Data(scene.carrier(space, name), name, written(value, scene.names))
