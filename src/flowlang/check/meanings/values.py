"""Names, references, values written out, and arithmetic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flowlang.calendar import Duration, instant
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.arithmetic import combine, is_number, number
from flowlang.check.comparing import Fn, family
from flowlang.check.hints import a_kind
from flowlang.check.meaning import NEVER, Compiled, Place, meaning
from flowlang.check.view import View
from flowlang.kinds import ANY, DATETIME, DURATION, NUMBER, UnknownFields
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Token

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


@meaning(tree.FieldValue)
def field_value(ex: Expressions, node: tree.FieldValue, place: Place) -> Compiled:
    """A bare name: first a field of what is filtered, then of the contact."""
    name = node.name.value
    row = place.row
    if isinstance(row, UnknownFields) and name in ex.names.fields and place.contact:
        place.used.add(name)
        return Compiled(ANY, lambda v: _of_row(v, name))
    if row is not None and name in row:
        return Compiled(row[name], lambda v: v.row.get(name))  # type: ignore[union-attr] # a row is at hand within a where
    if name == "event" and place.event is not None:
        place.used.add("event.")
        return Compiled(ANY, lambda v: v.event)
    if not place.contact:
        if row is None:
            return ex._no_contact(node)
        ex.unknown_field(node.name, tr("what is filtered"), row)
        return NEVER
    kind = ex.names.fields.get(name)
    if kind is None:
        if row is not None:
            known = [*row, *ex.names.fields]
            ex.unknown_field(node.name, tr("what is filtered, like the contact,"), known)
        else:
            ex.unknown_field(node.name, tr("the contact"), ex.names.fields)
        return NEVER
    place.used.add(name)
    if name == "id":
        return Compiled(kind, lambda v: v.contact.id)
    return Compiled(kind, lambda v: v.contact.fields.get(name))


@meaning(tree.Ref)
def _ref(ex: Expressions, node: tree.Ref, place: Place) -> Compiled:
    return reference(ex, node.name, place)


def reference(ex: Expressions, token: Token, place: Place) -> Compiled:
    """A name with a dot: `contact.x`, `event.x`, `reply.x`, `answer.x`."""
    head, _, rest = token.value.partition(".")
    if head == "contact":
        return field_value(
            ex,
            tree.FieldValue(token.span, Token(token.span, "NAME", rest)),
            replace(place, row=None),
        )
    if head == "event":
        return _data(ex, token, rest, place, "event", lambda v: v.event)
    if head == "reply":
        return _data(ex, token, rest, place, "reply", lambda v: v.run and v.run.reply)
    if head == "answer":
        if not place.answer:
            ex.findings.report(
                d.OUT_OF_PLACE, token.span, what=tr("there is no answer here"),
                hint=tr("`call … as answer` brings one"),
            )  # fmt: skip
        return Compiled(ANY, lambda v: _dig(v.run.answer if v.run else None, rest))
    ex.findings.report(
        d.UNKNOWN_FIELD, token.span, whose=tr("the contact"), name=token.value,
        hint=tr("only `event.`, `reply.`, `answer.` and `contact.` stand before a dot"),
    )  # fmt: skip
    return NEVER


def _data(ex: Expressions, token: Token, name: str, place: Place, what: str, get: Fn) -> Compiled:
    fields = place.event if what == "event" else place.reply
    if fields is None:
        brings = (
            tr("a `start on …` brings one") if what == "event" else tr("`wait for …` brings one")
        )
        ex.findings.report(
            d.OUT_OF_PLACE, token.span, what=tr("there is no {what} here", what=what), hint=brings
        )
        return NEVER
    place.used.add(f"{what}.")
    kind = fields.get(name)
    if kind is None:
        ex.unknown_field(token, tr("the {what}", what=what), [f"{what}.{one}" for one in fields])
        return NEVER
    return Compiled(kind, lambda v: data.get(name) if (data := get(v)) else None)


@meaning(tree.Sum)
def _sum(ex: Expressions, node: tree.Sum, place: Place) -> Compiled:
    first = node.parts[0]
    assert isinstance(first, tree.Expression)
    total = ex.compile(first, place)
    for index in range(1, len(node.parts), 2):
        sign, operand = node.parts[index], node.parts[index + 1]
        assert isinstance(sign, Token)
        assert isinstance(operand, tree.Expression)
        right = ex.compile(operand, place)
        total = _added(ex, total, sign, right, node, zero=place.missing_is_zero)
    return total


def _added(
    ex: Expressions, left: Compiled, sign: Token, right: Compiled, node: tree.Sum, *, zero: bool
) -> Compiled:
    a, b = left.fn, right.fn
    plus = sign.value == "+"
    pair = family(left.kind), family(right.kind)
    if "any" in pair or pair == ("number", "number"):
        kind = NUMBER if "any" not in pair else ANY
        return Compiled(kind, lambda v: combine(a(v), b(v), plus, v, zero=zero))
    if pair == ("day", "duration"):
        kind = left.kind
        if kind.name == "date" and isinstance(right.constant, Duration) and right.constant.seconds:
            kind = DATETIME
        return Compiled(kind, lambda v: combine(a(v), b(v), plus, v))
    if pair == ("duration", "duration"):
        return Compiled(DURATION, lambda v: combine(a(v), b(v), plus, v))
    if pair == ("day", "day") and not plus:
        return Compiled(NUMBER, lambda v: combine(a(v), b(v), plus, v))
    if pair == ("duration", "day") and plus:
        return Compiled(right.kind, lambda v: combine(b(v), a(v), plus, v))
    kinds = {"kind": a_kind(right.kind), "other": a_kind(left.kind)}
    if plus:
        ex.mismatch(node, tr("{kind} cannot be added to {other}", **kinds))
    else:
        ex.mismatch(node, tr("{kind} cannot be taken from {other}", **kinds))
    return NEVER


@meaning(tree.Product)
def _product(ex: Expressions, node: tree.Product, place: Place) -> Compiled:
    fns: list[tuple[str, Fn]] = []
    sign = "*"
    for part in node.parts:
        if isinstance(part, Token):
            sign = str(part.value)
            continue
        compiled = ex.compile(part, place)
        if compiled.kind.name not in ("number", "any"):
            ex.mismatch(
                part, tr("a number is asked for here, this is {kind}", kind=a_kind(compiled.kind))
            )
        fns.append((sign, compiled.fn))

    def multiply(v: View) -> int | float | None:
        total: int | float | None = 1
        for sign, fn in fns:
            x = fn(v)
            if total is None or not is_number(x) or (sign == "/" and x == 0):
                return None
            total = number(total * x if sign == "*" else total / x)
        return total

    return Compiled(NUMBER, multiply)


@meaning(
    tree.Text,
    tree.Number,
    tree.Percent,
    tree.Date,
    tree.DateTime,
    tree.Time,
    tree.Weekday,
    tree.Yes,
    tree.No,
    tree.Duration,
)
def _literal(ex: Expressions, node: tree.Expression, place: Place) -> Compiled:
    found = literals.literal(node, ex.findings)
    if found is None:
        return NEVER
    kind, value = found
    if kind is DATETIME:
        day, wall = value
        return Compiled(kind, lambda v: instant(day, wall, v.zone))
    return Compiled(kind, lambda v: value, value)


def _of_row(v: View, name: str) -> Any:
    """Of a row that may have any fields, or of the contact."""
    if v.row is not None and name in v.row:
        return v.row[name]
    return v.contact.id if name == "id" else v.contact.fields.get(name)


def _dig(data: Any, path: str) -> Any:
    """A value inside an answer, by its dotted path."""
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data
