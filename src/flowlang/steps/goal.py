"""`goal "NAME" when C [, otherwise wait | , otherwise stop]`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn
from flowlang.check.names import Names
from flowlang.effects import END, STAY, Effects, Next
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.expressions import Expression
from flowlang.syntax.tree import Token, node


@node("goal")
class Goal(Step):
    """Met when its condition comes to hold during the round: who stands before it jumps to it."""

    name: Token
    condition: Expression
    otherwise: Token | None
    roles: ClassVar[Mapping[str, str]] = {"name": "new goal"}

    def compile(self, code: Code) -> bool:
        if not code.on_top:
            code.report(d.GOAL_NOT_ON_TOP, self.span)
        otherwise = self.otherwise.value if self.otherwise else ""
        if otherwise == "skip":
            code.report(
                d.OUT_OF_PLACE, self.span,
                what=tr("a goal that is not met is passed, waited for, or stops"),
                hint=tr("leave `otherwise skip` out: the run goes on"),
            )  # fmt: skip
        instruction = Reach(self.name.value, code.condition(self.condition), otherwise)
        at = code.emit(instruction, self)
        code.goals.append((at, instruction))
        return False


MET, NOT_MET = "met", "not met"
"""What can come of a goal that a run walks up to; it is also met by who jumps to it."""


class Reach(Instruction):
    """Meet the goal, or go on, wait, or stop."""

    __slots__ = ("condition", "name", "otherwise")
    shape = "goal"

    def __init__(self, name: str, condition: Fn, otherwise: str) -> None:
        self.name = name
        self.condition = condition
        self.otherwise = otherwise

    def run(self, do: Effects, pc: int) -> Next:
        if self.condition(do.view):
            do.note("goal met", self.name)
            return pc + 1
        if self.otherwise == "wait":
            return do.stand(None)
        if self.otherwise == "stop":
            do.note("ends here", f'the goal "{self.name}" is not met')
            return END
        do.note("goal not met", self.name)
        return pc + 1

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(pc + 1, "met" if self.otherwise else "")]

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        return [(pc + 1, MET), ({"wait": STAY, "stop": END}.get(self.otherwise, pc + 1), NOT_MET)]

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        return MET if self.condition(do.view) else NOT_MET
