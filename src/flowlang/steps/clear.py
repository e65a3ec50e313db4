"""`clear F`"""

from __future__ import annotations

from flowlang.effects import Effects, Next
from flowlang.steps.set import field_kind
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("clear")
class Clear(Step):
    """Takes the value of a field away."""

    field: Token

    def compile(self, code: Code) -> bool:
        field_kind(code, self.field)
        code.emit(ClearField(self.field.value), self)
        return False


class ClearField(Instruction):
    """Leave a field without a value."""

    __slots__ = ("field",)

    def __init__(self, field: str) -> None:
        self.field = field

    def run(self, do: Effects, pc: int) -> Next:
        do.set_field(self.field, None)
        return pc + 1
