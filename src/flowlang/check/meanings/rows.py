"""Records and lists: `any`, `no`, `count of`, `sum of`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flowlang.check import diagnostics as d
from flowlang.check.arithmetic import number
from flowlang.check.hints import a_kind
from flowlang.check.meaning import UNKNOWN, Compiled, Place, meaning
from flowlang.check.meanings.past import history
from flowlang.check.meanings.values import field_value, reference
from flowlang.check.view import View
from flowlang.kinds import NUMBER, YES_NO, Fields, UnknownFields
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import past
from flowlang.syntax.tree import Token

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


def _rows(
    ex: Expressions,
    token: Token,
    reach: past.Reach | None,
    where: tree.Expression | None,
    place: Place,
) -> tuple[Fields, Callable[[View], Iterable[dict[str, Any]]]] | None:
    """What `any`, `no`, `count of` and `sum of` go through: records, events, or an event's list."""
    name = token.value
    if not place.contact and token.kind != "REF":
        ex._no_contact(tree.FieldValue(token.span, token))
        return None
    head, _, rest = name.partition(".")
    if head == "contact" and rest in ex.names.records:
        token, name = Token(token.span, "NAME", rest), rest
        place = replace(place, row=None)
    in_row = place.row.get(name) if place.row else None
    if token.kind == "REF" or (in_row is not None and in_row.name == "list"):
        return _list_rows(ex, token, where, place)
    if name in ex.names.records:
        place.used.add(name)
        fields = ex.names.records[name]
        if reach is not None:
            ex.findings.report(
                d.OUT_OF_PLACE,
                reach.span,
                what=tr("a span of time counts for events, not for records"),
            )
        holds = ex.filter(where, fields, place)
        return fields, lambda v: (row for row in v.contact.records.get(name, ()) if holds(v, row))
    fields_of_event = ex.names.event_fields(name)
    if fields_of_event is not None:
        rows = history(ex, name, fields_of_event, reach, where, place)
        return fields_of_event, rows
    known = [*ex.names.records, *ex.names.events]
    ex.unknown(d.UNKNOWN_RECORDS, token, known)
    return None


def _list_rows(
    ex: Expressions, token: Token, where: tree.Expression | None, place: Place
) -> tuple[Fields, Callable[[View], Iterable[dict[str, Any]]]] | None:
    if token.kind == "REF":
        compiled = reference(ex, token, place)
    else:
        compiled = field_value(ex, tree.FieldValue(token.span, token), place)
    if compiled.kind.name not in ("list", "any"):
        ex.findings.report(
            d.TYPE_MISMATCH,
            token.span,
            what=tr(
                "a list is asked for here, `{name}` is {kind}",
                name=token.value,
                kind=a_kind(compiled.kind),
            ),
        )
        return None
    fn = compiled.fn
    # What an answer holds is known when it comes: its rows may have fields of any kind.
    fields = compiled.kind.row if compiled.kind.name == "list" else UnknownFields()
    holds = ex.filter(where, fields, place)
    return fields, lambda v: (
        row for row in _list_of(fn(v)) if isinstance(row, dict) and holds(v, row)
    )


@meaning(past.AnyRow, past.NoRow)
def _any_row(ex: Expressions, node: past.AnyRow | past.NoRow, place: Place) -> Compiled:
    found = _rows(ex, node.rows, None, node.where, place)
    if found is None:
        return UNKNOWN
    rows = found[1]
    wanted = isinstance(node, past.AnyRow)
    return Compiled(YES_NO, lambda v: any(True for _ in rows(v)) is wanted)


@meaning(past.CountOf)
def _count_of(ex: Expressions, node: past.CountOf, place: Place) -> Compiled:
    found = _rows(ex, node.rows, node.reach, node.where, place)
    if found is None:
        return Compiled(NUMBER, lambda v: None)
    rows = found[1]
    return Compiled(NUMBER, lambda v: sum(1 for _ in rows(v)))


@meaning(past.SumOf)
def _sum_of(ex: Expressions, node: past.SumOf, place: Place) -> Compiled:
    found = _rows(ex, node.rows, node.reach, node.where, place)
    if found is None:
        return Compiled(NUMBER, lambda v: None)
    fields, rows = found
    name = node.field.value
    kind = fields.get(name)
    if kind is None:
        ex.unknown_field(node.field, f"`{node.rows.value}`", fields)
    elif kind.name not in ("number", "any"):
        ex.mismatch(
            node, tr("only numbers can be summed, `{name}` is {kind}", name=name, kind=a_kind(kind))
        )
    return Compiled(
        NUMBER,
        lambda v: number(sum(x for row in rows(v) if isinstance(x := row.get(name), (int, float)))),
    )


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
