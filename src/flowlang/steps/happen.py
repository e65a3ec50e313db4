"""`event NAME F E, …`"""

from __future__ import annotations

from typing import Any

from flowlang.check import diagnostics as d
from flowlang.check.names import DELIVERY_EVENTS
from flowlang.effects import Effects, Next
from flowlang.speech import tr
from flowlang.steps.records import Assignments, row_of, values_of
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("happen")
class Happen(Step):
    """Makes an event happen to the contact."""

    event: Token
    values: Assignments | None

    def compile(self, code: Code) -> bool:
        if self.event.value in DELIVERY_EVENTS:
            code.report(
                d.OUT_OF_PLACE, self.event.span, what=tr("only delivery can report this event")
            )
            return False
        fields = code.expressions.event(self.event) or {}
        row = row_of(
            code, self.values or (), fields, tr("the event `{event}`", event=self.event.value)
        )
        code.emit(MakeHappen(self.event.value, row), self)
        return False


class MakeHappen(Instruction):
    """Let an event happen."""

    __slots__ = ("event", "row")

    def __init__(self, event: str, row: dict[str, Any]) -> None:
        self.event = event
        self.row = row

    def run(self, do: Effects, pc: int) -> Next:
        do.happen(self.event, values_of(self.row, do.view))
        return pc + 1
