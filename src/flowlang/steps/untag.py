"""`untag "T"`"""

from __future__ import annotations

from flowlang.effects import Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("untag")
class Untag(Step):
    """Takes a tag away."""

    tag: Token

    def compile(self, code: Code) -> bool:
        code.emit(TakeTag(self.tag.value), self)
        return False


class TakeTag(Instruction):
    """Take a tag from the contact, where it has it."""

    __slots__ = ("tag",)

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def run(self, do: Effects, pc: int) -> Next:
        do.untag(self.tag)
        return pc + 1
