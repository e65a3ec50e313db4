"""`measure "NAME" on EVENT within D`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.calendar import Duration
from flowlang.check import literals
from flowlang.effects import Effects, Next
from flowlang.steps.event_match import EventMatch, event_match
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax import expressions as tree
from flowlang.syntax import past
from flowlang.syntax.tree import Token, node


@node("measure")
class Measure(Step):
    """Counts runs after which an event came in time, each once, also after the run has ended."""

    name: Token
    event: past.EventRef
    within: tree.Duration
    roles: ClassVar[Mapping[str, str]] = {"name": "new measure"}

    def compile(self, code: Code) -> bool:
        match = event_match(code, self.event, None)
        within = literals.duration(self.within, code.findings)
        code.measures.append((self.name.value, match, within))
        code.emit(BeginMeasure(len(code.measures) - 1, self.name.value, match, within), self)
        return False


class BeginMeasure(Instruction):
    """From now on, the event counts."""

    __slots__ = ("index", "match", "name", "within")

    def __init__(self, index: int, name: str, match: EventMatch, within: Duration) -> None:
        self.index = index
        self.name = name
        self.match = match
        self.within = within

    def run(self, do: Effects, pc: int) -> Next:
        do.measure(self.index)
        return pc + 1
