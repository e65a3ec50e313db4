"""`repeat up to 3 times`, and `leave` within it."""

from __future__ import annotations

from collections.abc import Callable

from flowlang.check import diagnostics as d
from flowlang.check.names import Names
from flowlang.effects import Effects, Next
from flowlang.speech import tr
from flowlang.steps.jump import Jump
from flowlang.steps.step import Code, Instruction, Loop, Step
from flowlang.syntax.tree import Node, Token, node

MAX_TIMES = 1_000


@node("repeat", block="steps")
class Repeat(Step):
    """A bounded loop; no unbounded one exists."""

    times: Token
    steps: tuple[Node, ...] | None

    def compile(self, code: Code) -> bool:
        times = self.times.value
        if not isinstance(times, int) or not 1 <= times <= MAX_TIMES:
            code.report(
                d.BAD_VALUE,
                self.times.span,
                what=tr(
                    "a loop runs 1 to {most} times, not {times}",
                    most=MAX_TIMES,
                    times=times,
                ),
            )
            times = 1
        instruction = Count(times)
        at = code.emit(instruction, self)
        loop = Loop()
        code.loops.append(loop)
        with code.inside(self):
            over = code.block(self.steps)
        code.loops.pop()
        code.emit(Jump(at), self)
        instruction.after = code.next
        for leave in loop.leaves:
            leave.to = code.next
        return over and not loop.leaves


class Count(Instruction):
    """Go through the block once more, or past it."""

    __slots__ = ("after", "times")
    shape = "loop"

    def __init__(self, times: int) -> None:
        self.times = times
        self.after = 0

    def run(self, do: Effects, pc: int) -> Next:
        counters = do.run.counters
        passed = counters.get(self.where.id, 0)
        if passed >= self.times:
            counters.pop(self.where.id, None)
            return self.after
        counters[self.where.id] = passed + 1
        return pc + 1

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(pc + 1, f"up to {self.times} times"), (self.after, "")]

    def labels(self, pc: int, say: Callable[[str], str]) -> list[str]:
        return [say("once more"), say("no more")]

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        return [(pc + 1, "once more"), (self.after, "no more")]


@node("leave")
class Leave(Step):
    """Leaves the loop around it."""

    def compile(self, code: Code) -> bool:
        if not code.loops:
            code.report(d.LEAVE_OUTSIDE, self.span, what=tr("`leave` stands in a `repeat`"))
            return False
        instruction = LeaveLoop()
        code.emit(instruction, self)
        code.loops[-1].leaves.append(instruction)
        loops = [one for one in code.instructions if isinstance(one, Count) and one.after == 0]
        instruction.loop = loops[-1]
        return True


class LeaveLoop(Instruction):
    """Go on behind the loop."""

    __slots__ = ("loop", "to")

    def __init__(self) -> None:
        self.to = 0
        self.loop: Count | None = None

    def run(self, do: Effects, pc: int) -> Next:
        if self.loop is not None:
            do.run.counters.pop(self.loop.where.id, None)
        return self.to

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(self.to, "")]
