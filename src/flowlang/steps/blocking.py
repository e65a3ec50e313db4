"""`block` and `unblock`"""

from __future__ import annotations

from flowlang.effects import Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import node


@node("block_contact")
class Block(Step):
    """Puts the contact on the blacklist: it gets nothing more."""

    def compile(self, code: Code) -> bool:
        code.emit(SetBlocked(blocked=True), self)
        return False


@node("unblock")
class Unblock(Step):
    """Takes the contact off the blacklist."""

    def compile(self, code: Code) -> bool:
        code.emit(SetBlocked(blocked=False), self)
        return False


class SetBlocked(Instruction):
    """Block or unblock the contact."""

    __slots__ = ("blocked",)

    def __init__(self, *, blocked: bool) -> None:
        self.blocked = blocked

    def run(self, do: Effects, pc: int) -> Next:
        do.block(self.blocked)
        return pc + 1
