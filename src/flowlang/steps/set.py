"""`set F to E`"""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn, suited
from flowlang.effects import Effects, Next
from flowlang.kinds import BadValue, Kind
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.expressions import Expression
from flowlang.syntax.tree import Token, node


@node("set")
class Set(Step):
    """Sets a field; in its + and - a missing number counts as 0."""

    field: Token
    value: Expression

    def compile(self, code: Code) -> bool:
        kind = field_kind(code, self.field)
        compiled = code.expressions.compile(self.value, code.place_with(missing_is_zero=True))
        fn = compiled.fn
        if kind is not None:
            fn = code.expressions.fitting(compiled, kind, self.value, f"`{self.field.value}`")
        code.emit(SetField(self.field.value, fn, kind), self)
        return False


def field_kind(code: Code, token: Token) -> Kind | None:
    """The kind of a field that a step writes; a finding where there is none that can be written."""
    kind = code.names.fields.get(token.value)
    if kind is None:
        hint = did_you_mean(token.value, list(code.names.fields))
        code.report(
            d.UNKNOWN_FIELD, token.span, whose=tr("the contact"), name=token.value, hint=hint
        )
    elif token.value in ("id", "created"):
        code.report(d.OUT_OF_PLACE, token.span, what=tr("`{name}` never changes", name=token.value))
    return kind


class SetField(Instruction):
    """Set a field to a value; a value of another kind (from an answer) is not taken."""

    __slots__ = ("field", "kind", "value")

    def __init__(self, field: str, value: Fn, kind: Kind | None) -> None:
        self.field = field
        self.value = value
        self.kind = kind

    def run(self, do: Effects, pc: int) -> Next:
        value = self.value(do.view)
        if self.kind is not None:
            try:
                value = suited(value, self.kind, do.view)
            except BadValue as bad:
                do.note("not set", f"{self.field}: {bad}")
                return pc + 1
        do.set_field(self.field, value)
        return pc + 1
