"""`notify "who@example.com" "text"` and `notify inbox "text"`"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flowlang.check import diagnostics as d
from flowlang.check.templates import Template, check_text
from flowlang.effects import Effects, Next
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.tree import Token, node


@node("notify")
class Notify(Step):
    """Tells a person, by mail."""

    who: Token
    text: Token
    acts_on: ClassVar[str] = "KS"
    roles: ClassVar[Mapping[str, str]] = {"text": "template"}

    def compile(self, code: Code) -> bool:
        if "@" not in self.who.value:
            code.report(
                d.BAD_VALUE,
                self.who.span,
                what=tr('"{address}" is no e-mail address', address=self.who.value),
                hint=tr('`notify inbox "…"` writes to the store\'s own list'),
            )
        code.emit(Tell(self.who.value, _text(code, self.text)), self)
        return False


@node("notify_inbox")
class NotifyInbox(Step):
    """Tells whoever reads the store's own list."""

    text: Token
    acts_on: ClassVar[str] = "KS"
    roles: ClassVar[Mapping[str, str]] = {"text": "template"}

    def compile(self, code: Code) -> bool:
        code.emit(Tell("inbox", _text(code, self.text)), self)
        return False


def _text(code: Code, token: Token) -> Template:
    template = check_text(token, code.names)
    asked = [name for head, name in template.needs or () if head == "contact"]
    if code.kind == "S" and asked:
        what = tr(
            "an automation acts on the system (S): it has no contact with a `{name}`",
            name=asked[0],
        )
        code.report(d.TEMPLATE_FIELD, token.span, what=what)
    code.texts.append(template)
    return template


class Tell(Instruction):
    """Write to a person or to the inbox."""

    __slots__ = ("text", "who")

    def __init__(self, who: str, text: Template) -> None:
        self.who = who
        self.text = text

    def run(self, do: Effects, pc: int) -> Next:
        do.notify(self.who, self.text)
        return pc + 1
