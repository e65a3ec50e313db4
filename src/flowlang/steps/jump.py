"""The instruction that no statement writes: going on elsewhere, at the end of a branch."""

from __future__ import annotations

from flowlang.effects import Effects, Next
from flowlang.steps.step import Instruction


class Jump(Instruction):
    """Go on at `to`."""

    __slots__ = ("to",)

    def __init__(self, to: int = 0) -> None:
        self.to = to

    def run(self, do: Effects, pc: int) -> Next:
        return self.to

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(self.to, "")]
