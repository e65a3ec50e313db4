"""`delete contact`"""

from __future__ import annotations

from flowlang.effects import END, Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import node


@node("delete_contact")
class DeleteContact(Step):
    """Erases the contact: runs end, what waits to go out is taken back, used codes stay used."""

    def compile(self, code: Code) -> bool:
        code.emit(Delete(), self)
        return True


class Delete(Instruction):
    """Erase the contact."""

    __slots__ = ()

    def run(self, do: Effects, pc: int) -> Next:
        do.delete()
        return END

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return []
