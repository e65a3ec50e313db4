"""`send "MSG" [to EMAIL] [in LANGUAGE] [under policy "P"] [when empty …]`"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn
from flowlang.check.meaning import Place
from flowlang.effects import STAY, Effects, Next, SendOutcome, Terms
from flowlang.kinds import EMAIL, TEXT
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.declarations import WhenEmpty
from flowlang.syntax.expressions import Expression, FieldValue, Text
from flowlang.syntax.tree import Token, node

if TYPE_CHECKING:
    from flowlang.check.names import EmptyAction, Message, Names


def terms_of(
    code: Code,
    place: Place,
    language: Expression | None,
    policies: tuple[Token, ...] | None,
    when_empty: WhenEmpty | None,
) -> Terms:
    """What a send says of itself, checked; `place` is what its language may speak of."""
    action: EmptyAction | None = None
    text = ""
    if when_empty is not None:
        action = when_empty.action.kind.lower()  # type: ignore[assignment] # HALT, SKIP, SHOW
        text = when_empty.text.value if when_empty.text else ""
    said = None
    if language is not None:
        said = code.expressions.value(language, TEXT, place, tr("the language"))
    return Terms(action, text, tuple(code.expressions.policies(policies or ())), said)


@node("send")
class Send(Step):
    """Sends a message to this contact."""

    message: Token
    language: Expression | None
    policies: tuple[Token, ...] | None
    when_empty: WhenEmpty | None

    def compile(self, code: Code) -> bool:
        message = code.message(self.message)
        terms = terms_of(code, code.place, self.language, self.policies, self.when_empty)
        if message is not None:
            code.emit(SendMessage(message, terms), self)
        return False


SENT, NOT_SENT, HALTED = "sent", "not sent", "halted"
TEXT_INSTEAD = "sent, with the text in place of a code"
"""What can come of a send: see `Instruction.outcomes`."""


class Sending(Instruction):
    """Send, wait for the window or the cap, or stand halted."""

    __slots__ = ("message", "terms")
    shape = "send"
    elsewhere: ClassVar[bool] = False
    """It goes to another address than the contact's own."""

    def __init__(self, message: Message, terms: Terms) -> None:
        self.message = message
        self.terms = terms

    @abstractmethod
    def send(self, do: Effects) -> SendOutcome:
        """Let the message go out, and tell what became of it."""

    def run(self, do: Effects, pc: int) -> Next:
        outcome = self.send(do)
        if outcome == "sent":
            do.run.sent = True
            return pc + 1
        if outcome == "skipped":
            do.run.sent = False
            return pc + 1
        return STAY

    def detail(self, language: str) -> str:
        for variant in (language, ""):
            found = self.message.variants.get(variant)
            if found is not None and found.subject is not None:
                return found.subject.text
        return ""

    def halts(self, names: Names) -> bool:
        return "halt" in self._when_empty(names) or self.message.when_missing == "halt"

    def _when_empty(self, names: Names) -> set[EmptyAction]:
        """What happens where one of its coupon lists is empty."""
        own = self.terms.when_empty
        return {own or names.coupons[name].when_empty for name in self.message.lists}

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        found: list[tuple[Next, str]] = [(pc + 1, SENT), (pc + 1, NOT_SENT)]
        if "show" in self._when_empty(names):
            found.append((pc + 1, TEXT_INSTEAD))
        if self.halts(names):
            found.append((STAY, HALTED))
        return found

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        if target == STAY:
            return HALTED if do.run.status == "halted" else None
        return SENT if do.run.sent else NOT_SENT


class SendMessage(Sending):
    """To the contact."""

    __slots__ = ()

    def send(self, do: Effects) -> SendOutcome:
        return do.send(self.message, self.terms)


@node("send_to")
class SendTo(Step):
    """Sends a service message to another address, filled with this contact's data."""

    message: Token
    address: Expression
    language: Expression | None
    policies: tuple[Token, ...] | None
    when_empty: WhenEmpty | None

    def compile(self, code: Code) -> bool:
        message = code.message(self.message)
        address = code.expressions.value(self.address, EMAIL, code.place, tr("the address"))
        if isinstance(self.address, Text) and "@" not in self.address.value.value:
            what = tr('"{address}" is no e-mail address', address=self.address.value.value)
            many = self._many(code.names)
            hint = tr("an automation sends to many: {example}", example=many) if many else ""
            code.report(d.BAD_VALUE, self.address.span, what=what, hint=hint)
            return False
        terms = terms_of(code, code.place, self.language, self.policies, self.when_empty)
        if message is None:
            return False
        if message.kind != "service":
            code.report(
                d.OUT_OF_PLACE,
                self.message.span,
                what=tr(
                    "only a service message can go to another address: no one there has consented"
                ),
            )
        code.emit(SendToAddress(message, address, terms), self)
        return False

    def instead(self, names: Names) -> str:
        many = self._many(names)
        if not many and isinstance(self.address, Text):
            many = tr('`to group "…"`, `to segment "…"`, `to everyone`')
        return tr("write {example}", example=many) if many else super().instead(names)

    def _many(self, names: Names) -> str:
        """How a send to a group or a segment is written whose name stands there for an address."""
        match self.address:
            case Text(value=token) | FieldValue(name=token):
                if token.value in names.groups:
                    return tr('`to group "{name}"`', name=token.value)
                if token.value in names.segments:
                    return tr('`to segment "{name}"`', name=token.value)
        return ""


class SendToAddress(Sending):
    """To an address that is not the contact's."""

    __slots__ = ("address",)
    elsewhere = True

    def __init__(self, message: Message, address: Fn, terms: Terms) -> None:
        super().__init__(message, terms)
        self.address = address

    def send(self, do: Effects) -> SendOutcome:
        return do.send_to(self.message, str(self.address(do.view) or ""), self.terms)
