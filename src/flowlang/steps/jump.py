"""The instruction that no statement writes: going on elsewhere, at the end of a branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flowlang.effects import Effects, Next
from flowlang.steps.step import Code, Instruction, Step


class Jump(Instruction):
    """Go on at `to`."""

    __slots__ = ("to",)

    def __init__(self, to: int = 0) -> None:
        self.to = to

    def run(self, do: Effects, pc: int) -> Next:
        return self.to

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(self.to, "")]


def branches(
    code: Code, step: Step, blocks: Sequence[Any], begin: Callable[[Any, int], None]
) -> bool:
    """Compile the blocks of a step, behind each of which the run goes on behind them all.

    `blocks` are nodes with `steps`; `begin` is told each with the number of its first instruction.
    True where nothing can follow any of them.
    """
    ends: list[Jump] = []
    all_over = True
    for block in blocks:
        begin(block, code.next)
        with code.inside(step), code.inside(block):
            over = code.block(block.steps)
        all_over = all_over and over
        end = Jump()
        code.emit(end, block)
        ends.append(end)
    for end in ends:
        end.to = code.next
    return all_over
