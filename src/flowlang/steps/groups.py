"""`join group "G"` and `leave group "G"`"""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.effects import Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("join")
class JoinGroup(Step):
    """Puts the contact into a group."""

    group: Token

    def compile(self, code: Code) -> bool:
        known_group(code, self.group)
        code.emit(ChangeGroup(self.group.value, joins=True), self)
        return False


@node("leave_group")
class LeaveGroup(Step):
    """Takes the contact out of a group."""

    group: Token

    def compile(self, code: Code) -> bool:
        known_group(code, self.group)
        code.emit(ChangeGroup(self.group.value, joins=False), self)
        return False


def known_group(code: Code, token: Token) -> None:
    """Where groups are declared, all must be."""
    if token.value not in code.names.groups:
        code.expressions.unknown(d.UNKNOWN_GROUP, token, code.names.groups)


class ChangeGroup(Instruction):
    """Join or leave a group."""

    __slots__ = ("group", "joins")

    def __init__(self, group: str, *, joins: bool) -> None:
        self.group = group
        self.joins = joins

    def run(self, do: Effects, pc: int) -> Next:
        if self.joins:
            do.join(self.group)
        else:
            do.leave(self.group)
        return pc + 1
