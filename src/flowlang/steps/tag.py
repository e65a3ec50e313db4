"""`tag "T" [for 7 days]`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.effects import Effects, Next
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.expressions import Duration
from flowlang.syntax.tree import Token, node


@node("tag")
class Tag(Step):
    """Gives a tag, for good or for a while; given again, it gets a new end."""

    tag: Token
    length: Duration | None = None
    roles: ClassVar[Mapping[str, str]] = {"tag": "new tag"}

    def compile(self, code: Code) -> bool:
        length = literals.duration(self.length, code.findings) if self.length else None
        if length is not None and length.is_zero:
            what = tr("a tag that is given for a while lasts at least a minute")
            code.report(d.BAD_VALUE, self.span, what=what)
        code.emit(GiveTag(self.tag.value, length), self)
        return False


class GiveTag(Instruction):
    """Give the contact a tag."""

    __slots__ = ("length", "tag")

    def __init__(self, tag: str, length: calendar.Duration | None) -> None:
        self.tag = tag
        self.length = length

    def run(self, do: Effects, pc: int) -> Next:
        do.tag(self.tag, calendar.add(do.now, self.length, do.zone) if self.length else None)
        return pc + 1
