"""Which events a statement means: by name, by the message it is about, by a `where`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flowlang.check import diagnostics as d
from flowlang.check.view import View
from flowlang.effects import Effects, Trigger
from flowlang.kinds import in_words
from flowlang.steps.step import Code
from flowlang.syntax.expressions import Expression
from flowlang.syntax.past import EventRef


@dataclass(frozen=True, slots=True)
class EventMatch:
    """An event that is waited for."""

    event: str
    message: str | None
    where: Callable[[View, dict[str, Any]], bool] | None

    def fits(self, trigger: Trigger, view: View) -> bool:
        """Whether this is the event that is meant."""
        if trigger.event != self.event:
            return False
        if self.message is not None and trigger.data.get("message") != self.message:
            return False
        return self.where is None or self.where(view, trigger.data)


def came(do: Effects, trigger: Trigger) -> None:
    """Note that what a run waits for has come: the event with its data, or what happened."""
    data = {name: value for name, value in trigger.data.items() if name != "at"}
    told = in_words(data, do.zone) if trigger.event and data else ""
    if len(told) > LONGEST_DATA:
        told = f"{told[: LONGEST_DATA - 1]}…"
    do.note("came", f"{trigger.text}, {told}" if told else trigger.text)


LONGEST_DATA = 80
"""Characters of an event's data that a history shows."""


def event_match(
    code: Code, ref: EventRef, where: Expression | None, place: Any = None
) -> EventMatch:
    """Check an event and its `where`; a bare name in it is first a field of the event."""
    code.expressions.event(ref.event)
    fields = code.names.fields_of_event(ref.event.value)
    message = None
    if ref.message is not None:
        message = ref.message.value
        if message not in code.names.messages:
            code.expressions.unknown(d.UNKNOWN_MESSAGE, ref.message, code.names.messages)
    holds = None
    if where is not None:
        holds = code.expressions.filter(where, fields, place or code.place)
    return EventMatch(ref.event.value, message, holds)
