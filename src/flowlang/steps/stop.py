"""`stop`"""

from __future__ import annotations

from typing import ClassVar

from flowlang.effects import END, Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import node


@node("stop")
class Stop(Step):
    """Ends the run; it counts as finished."""

    acts_on: ClassVar[str] = "KS"

    def compile(self, code: Code) -> bool:
        code.emit(Finish(), self)
        return True


class Finish(Instruction):
    """End the run."""

    __slots__ = ()
    shape = "stop"

    def run(self, do: Effects, pc: int) -> Next:
        return END

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(END, "")]
