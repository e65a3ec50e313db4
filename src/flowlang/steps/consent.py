"""`grant marketing by email` and `withdraw marketing by email`"""

from __future__ import annotations

from flowlang.effects import Effects, Next
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("grant")
class Grant(Step):
    """Notes that the contact consents to marketing by a channel."""

    channel: Token

    def compile(self, code: Code) -> bool:
        code.emit(Consent(code.expressions.channel(self.channel), granted=True), self)
        return False


@node("withdraw")
class Withdraw(Step):
    """Notes that the contact wants no marketing by a channel."""

    channel: Token

    def compile(self, code: Code) -> bool:
        code.emit(Consent(code.expressions.channel(self.channel), granted=False), self)
        return False


class Consent(Instruction):
    """Grant or withdraw consent."""

    __slots__ = ("channel", "granted")

    def __init__(self, channel: str, *, granted: bool) -> None:
        self.channel = channel
        self.granted = granted

    def run(self, do: Effects, pc: int) -> Next:
        do.consent(self.channel, self.granted)
        return pc + 1
