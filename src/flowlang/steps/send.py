"""`send "MSG" [when empty …]` and `send "MSG" to EMAIL`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn
from flowlang.effects import STAY, Effects, Next
from flowlang.kinds import EMAIL
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.declarations import WhenEmpty
from flowlang.syntax.expressions import Expression, Text
from flowlang.syntax.tree import Token, node

if TYPE_CHECKING:
    from flowlang.check.names import EmptyAction, Message


def empty_action(line: WhenEmpty | None) -> tuple[EmptyAction | None, str]:
    """What a send does when its list is empty, where the send itself says so."""
    if line is None:
        return None, ""
    return line.action.kind.lower(), line.text.value if line.text else ""  # type: ignore[return-value] # HALT, SKIP, SHOW


@node("send")
class Send(Step):
    """Sends a message to this contact."""

    message: Token
    when_empty: WhenEmpty | None

    def compile(self, code: Code) -> bool:
        message = code.message(self.message)
        if message is not None:
            code.emit(SendMessage(message, *empty_action(self.when_empty)), self)
        return False


class SendMessage(Instruction):
    """Send, wait for the window or the cap, or stand halted."""

    __slots__ = ("message", "text", "when_empty")

    def __init__(self, message: Message, when_empty: EmptyAction | None, text: str) -> None:
        self.message = message
        self.when_empty = when_empty
        self.text = text

    def run(self, do: Effects, pc: int) -> Next:
        outcome = do.send(self.message, self.when_empty, self.text)
        if outcome == "sent":
            do.run.sent = True
            return pc + 1
        if outcome == "skipped":
            do.run.sent = False
            return pc + 1
        return STAY


@node("send_to")
class SendTo(Step):
    """Sends a service message to another address, filled with this contact's data."""

    message: Token
    address: Expression
    when_empty: WhenEmpty | None

    def compile(self, code: Code) -> bool:
        message = code.message(self.message)
        address = code.expressions.value(self.address, EMAIL, code.place, "the address")
        if isinstance(self.address, Text) and "@" not in self.address.value.value:
            what = f'"{self.address.value.value}" is no e-mail address'
            code.report(d.BAD_VALUE, self.address.span, what=what)
        if message is None:
            return False
        if message.kind != "service":
            code.report(
                d.OUT_OF_PLACE, self.message.span,
                what="only a service message can go to another address: no one there has consented",
            )  # fmt: skip
        code.emit(SendToAddress(message, address, *empty_action(self.when_empty)), self)
        return False


class SendToAddress(Instruction):
    """Send to an address that is not the contact's."""

    __slots__ = ("address", "message", "text", "when_empty")

    def __init__(
        self, message: Message, address: Fn, when_empty: EmptyAction | None, text: str
    ) -> None:
        self.message = message
        self.address = address
        self.when_empty = when_empty
        self.text = text

    def run(self, do: Effects, pc: int) -> Next:
        address = self.address(do.view)
        outcome = do.send_to(self.message, str(address or ""), self.when_empty, self.text)
        if outcome == "sent":
            do.run.sent = True
            return pc + 1
        if outcome == "skipped":
            do.run.sent = False
            return pc + 1
        return STAY
