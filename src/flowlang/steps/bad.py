"""A line that could not be read: reported already, its block is compiled for what else is in it."""

from __future__ import annotations

from typing import ClassVar

from flowlang.steps.step import Code, Step
from flowlang.syntax.tree import Node, node


@node("bad_step")
class BadStep(Step):
    """Stands for a line that was given up."""

    steps: tuple[Node, ...] | None
    acts_on: ClassVar[str] = "KS"

    def compile(self, code: Code) -> bool:
        code.block(self.steps)
        return False
