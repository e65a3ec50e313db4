"""`add R F E, …`, `set R F to E where C` and `remove R where C`"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from flowlang.check import diagnostics as d
from flowlang.check.comparing import Fn
from flowlang.check.hints import named
from flowlang.check.view import View
from flowlang.effects import Effects, Next
from flowlang.kinds import Fields, UnknownFields
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Step
from flowlang.syntax.expressions import Expression
from flowlang.syntax.tree import Node, Token, node


@node("row_value")
class RowValue(Node):
    """`F E` within a row."""

    name: Token
    value: Expression
    roles: ClassVar[Mapping[str, str]] = {"name": "part"}


@node("assignment")
class Assignment(Node):
    """`F E`, or `F (row)`: what a record or an event is made of."""

    name: Token
    value: Expression | tuple[RowValue, ...]
    roles: ClassVar[Mapping[str, str]] = {"name": "assigned"}


Assignments = tuple[Assignment | tuple[RowValue, ...], ...]
"""A row alone goes on with the list of the assignment before it."""


def records_fields(code: Code, token: Token) -> Fields:
    """The fields of records; a finding where there are none of that name."""
    fields = code.names.records.get(token.value)
    if fields is None:
        hint = did_you_mean(token.value, list(code.names.records), tr("records"))
        code.report(d.UNKNOWN_RECORDS, token.span, name=token.value, hint=hint)
        return UnknownFields()
    return fields


def row_of(code: Code, assignments: Assignments, fields: Fields, whose: str) -> dict[str, Any]:
    """Functions for the values of a row, by field; lists hold one such dictionary a row."""
    found: dict[str, Any] = {}
    last: Assignment | None = None
    for part in assignments:
        if isinstance(part, tuple):
            rows = found.get(last.name.value) if last else None
            if last is None or not isinstance(rows, list):
                code.report(d.TYPE_MISMATCH, part[0].span, what=tr("a row belongs to a list"))
                continue
            rows.append(_row(code, part, fields[last.name.value].row, last.name.value))
            continue
        last = part
        kind = known_field(code, part.name, fields, whose)
        if isinstance(part.value, tuple):
            if kind is not None and kind.name != "list":
                code.report(
                    d.TYPE_MISMATCH,
                    part.span,
                    what=tr("`{name}` is {kind}, no list", name=part.name.value, kind=named(kind)),
                )
                kind = None
            if kind is not None:
                found[part.name.value] = [_row(code, part.value, kind.row, part.name.value)]
        elif kind is not None:
            what = f"`{part.name.value}`"
            found[part.name.value] = code.expressions.value(part.value, kind, code.place, what)
    return found


def _row(code: Code, values: tuple[RowValue, ...], fields: Fields, whose: str) -> dict[str, Fn]:
    found: dict[str, Fn] = {}
    for value in values:
        kind = known_field(code, value.name, fields, f"`{whose}`")
        if kind is not None:
            what = f"`{value.name.value}`"
            found[value.name.value] = code.expressions.value(value.value, kind, code.place, what)
    return found


def known_field(code: Code, token: Token, fields: Fields, whose: str) -> Any:
    """The kind of a field; a finding where there is none."""
    kind = fields.get(token.value)
    if kind is None and fields:
        hint = did_you_mean(token.value, list(fields))
        code.report(d.UNKNOWN_FIELD, token.span, whose=whose, name=token.value, hint=hint)
    return kind


def values_of(row: dict[str, Any], view: View) -> dict[str, Any]:
    """A row as data."""
    return {
        name: [values_of(one, view) for one in fn] if isinstance(fn, list) else fn(view)
        for name, fn in row.items()
    }


@node("add")
class Add(Step):
    """Adds a record."""

    records: Token
    values: Assignments

    def compile(self, code: Code) -> bool:
        fields = records_fields(code, self.records)
        row = row_of(code, self.values, fields, f"`{self.records.value}`")
        code.emit(AddRecord(self.records.value, row), self)
        return False


class AddRecord(Instruction):
    """Add a record to the contact."""

    __slots__ = ("records", "row")

    def __init__(self, records: str, row: dict[str, Any]) -> None:
        self.records = records
        self.row = row

    def run(self, do: Effects, pc: int) -> Next:
        do.add_record(self.records, values_of(self.row, do.view))
        return pc + 1


@node("set_record")
class SetRecord(Step):
    """Sets a field of the records for which a condition holds."""

    records: Token
    field: Token
    value: Expression
    where: Expression | None

    def compile(self, code: Code) -> bool:
        fields = records_fields(code, self.records)
        kind = known_field(code, self.field, fields, f"`{self.records.value}`")
        place = replace(code.place.filtering(fields), missing_is_zero=True)
        fn: Fn = lambda view: None  # noqa: E731 - stands for a value that was reported
        if kind is not None:
            fn = code.expressions.value(self.value, kind, place, f"`{self.field.value}`")
        holds = code.expressions.filter(self.where, fields, code.place)
        code.emit(ChangeRecords(self.records.value, self.field.value, fn, holds), self)
        return False


class ChangeRecords(Instruction):
    """Set a field of some records."""

    __slots__ = ("field", "holds", "records", "value")

    def __init__(self, records: str, field: str, value: Fn, holds: Any) -> None:
        self.records = records
        self.field = field
        self.value = value
        self.holds = holds

    def run(self, do: Effects, pc: int) -> Next:
        view = do.view
        do.change_records(self.records, {self.field: self.value}, lambda row: self.holds(view, row))
        return pc + 1


@node("remove")
class Remove(Step):
    """Removes the records for which a condition holds."""

    records: Token
    where: Expression | None

    def compile(self, code: Code) -> bool:
        fields = records_fields(code, self.records)
        holds = code.expressions.filter(self.where, fields, code.place)
        code.emit(RemoveRecords(self.records.value, holds), self)
        return False


class RemoveRecords(Instruction):
    """Remove some records."""

    __slots__ = ("holds", "records")

    def __init__(self, records: str, holds: Any) -> None:
        self.records = records
        self.holds = holds

    def run(self, do: Effects, pc: int) -> Next:
        view = do.view
        do.remove_records(self.records, lambda row: self.holds(view, row))
        return pc + 1
