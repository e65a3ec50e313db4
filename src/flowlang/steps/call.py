"""`call "https://…" with F, G [as answer]`"""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import urlsplit

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn
from flowlang.effects import STAY, Effects, Next
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Token, node


@node("call")
class Call(Step):
    """A webhook; the run waits for its retries, then `failed`."""

    url: Token
    values: tuple[tree.Expression, ...] | None
    as_answer: Token | None
    acts_on: ClassVar[str] = "KS"

    def compile(self, code: Code) -> bool:
        parts = urlsplit(self.url.value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            code.report(
                d.BAD_VALUE,
                self.url.span,
                what=tr('"{url}" is no address of the web', url=self.url.value),
            )
        values: dict[str, Fn] = {}
        for value in self.values or ():
            compiled = code.expressions.compile(value, code.place)
            values[_name(value)] = compiled.fn
        code.emit(CallOut(self.url.value, values, self.as_answer is not None), self)
        return False


def _name(node: tree.Expression) -> str:
    """Under which name a value is handed over: the name of the field, else the text of it."""
    if isinstance(node, tree.FieldValue):
        return str(node.name.value)
    if isinstance(node, tree.Ref):
        return str(node.name.value).partition(".")[2]
    return node.span.words.replace(" ", "_")


class CallOut(Instruction):
    """Call, and stand until the outcome is known."""

    __slots__ = ("as_answer", "url", "values")

    def __init__(self, url: str, values: dict[str, Fn], as_answer: bool) -> None:
        self.url = url
        self.values = values
        self.as_answer = as_answer

    def run(self, do: Effects, pc: int) -> Next:
        do.run.failed = False
        values = {name: fn(do.view) for name, fn in self.values.items()}
        return self._after(do, pc, do.call(self.url, values))

    def wake(self, do: Effects, pc: int) -> Next:
        return self._after(do, pc, do.call(self.url, {}))

    def _after(self, do: Effects, pc: int, outcome: str) -> Next:
        if outcome == "pending":
            return STAY
        do.run.failed = outcome == "failed"
        if not self.as_answer or do.run.failed:
            do.run.answer = None
        return pc + 1
