"""`if` / `else if` / `else`"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from flowlang.check.because import Because
from flowlang.check.comparing import Fn
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.effects import Effects, Next
from flowlang.steps.jump import Jump
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax import expressions as tree
from flowlang.syntax.expressions import Expression
from flowlang.syntax.tree import Node, node, walk

if TYPE_CHECKING:
    from flowlang.check.view import Surroundings


@node("else_if", block="steps")
class ElseIf(Node):
    """`else if CONDITION`"""

    condition: Expression
    steps: tuple[Node, ...] | None


@node("else", block="steps")
class Else(Node):
    """`else`"""

    steps: tuple[Node, ...] | None


@node("if", block="steps")
class If(Step):
    """The first branch whose condition holds."""

    condition: Expression
    steps: tuple[Node, ...] | None
    else_ifs: tuple[ElseIf, ...]
    otherwise: Else | None
    acts_on: ClassVar[str] = "KS"

    def compile(self, code: Code) -> bool:
        ends: list[Jump] = []
        all_over = True
        branches: list[If | ElseIf] = [self, *self.else_ifs]
        for branch in branches:
            because = Because(code.names, branch.condition, code.place)
            test = Test(code.condition(branch.condition), because, is_fixed(branch.condition))
            code.emit(test, branch)
            with code.inside(branch):
                over = code.block(branch.steps)
            all_over = all_over and over
            last = branch is branches[-1] and self.otherwise is None
            if not over and not last:
                end = Jump()
                code.emit(end, branch)
                ends.append(end)
            test.otherwise = code.next
        if self.otherwise is not None:
            with code.inside(self), code.inside(self.otherwise):
                all_over = code.block(self.otherwise.steps) and all_over
        for end in ends:
            end.to = code.next
        return all_over and self.otherwise is not None


class Test(Instruction):
    """Go on here if a condition holds, else elsewhere."""

    __slots__ = ("because", "condition", "fixed", "otherwise")
    shape = "branch"

    def __init__(self, condition: Fn, because: Because, fixed: bool) -> None:
        self.condition = condition
        self.because = because
        self.fixed = fixed
        """The condition is made of written-out values: it is the same for everyone."""
        self.otherwise = 0

    def run(self, do: Effects, pc: int) -> Next:
        if self.condition(do.view):
            do.note_why("yes", self.because)
            return pc + 1
        do.note_why("no", self.because)
        return self.otherwise

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(pc + 1, "yes"), (self.otherwise, "no")]

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        if not self.fixed:
            return self.exits(pc)
        from flowlang.contact import LONG_AGO, Contact  # for a rare kind of condition

        nobody = View(Contact(""), LONG_AGO, names.config.timezone, cast("Surroundings", None))
        return [(pc + 1, "yes")] if self.condition(nobody) else [(self.otherwise, "no")]


def is_fixed(condition: Expression) -> bool:
    """Whether a condition speaks of nothing but values that stand in it."""
    return all(isinstance(part, _FIXED) for part in walk(condition))


_FIXED = (
    tree.And, tree.Or, tree.Not, tree.Compare, tree.Between, tree.InList, tree.NotInList,
    tree.Sum, tree.Product, tree.Contains, tree.StartsWith, tree.EndsWith, tree.Literal, tree.Yes,
    tree.No, tree.Duration,
)  # fmt: skip
