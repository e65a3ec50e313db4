"""`restart [tagging "T"]`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.effects import BEFORE_START, Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("restart")
class Restart(Step):
    """Ends the round; the contact is back before the start and waits for a trigger (S2.1)."""

    tag: Token | None
    roles: ClassVar[Mapping[str, str]] = {"tag": "new tag"}

    def compile(self, code: Code) -> bool:
        code.emit(BackToStart(self.tag.value if self.tag else None), self)
        return True


class BackToStart(Instruction):
    """Put the contact back before the start; the tag, if any, is given at once (S2.4)."""

    __slots__ = ("tag",)
    shape = "restart"

    def __init__(self, tag: str | None) -> None:
        self.tag = tag

    def run(self, do: Effects, pc: int) -> Next:
        return do.restart(self.tag)

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(BEFORE_START, "")]
