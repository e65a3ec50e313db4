"""How PostgreSQL is given many rows: one statement, and all of them in one JSON text.

One row after the other, as SQLite takes them, costs several times as much here; an array for each
column costs the driver several times as much as JSON.  And no statement depends on how many rows
there are, so each is prepared once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.engine import Connection

from flowlang.encoding import to_json
from flowlang.stores.bulk import Bulk, Rows, add_up, put_in_place


class JsonRows(Bulk):
    """One statement for all rows."""

    def insert(self, connection: Connection, rows: Rows) -> None:
        _do(connection, _inserting(rows.table, rows.names), rows)

    def insert_new(self, connection: Connection, rows: Rows, keys: Sequence[str]) -> int:
        return _do(connection, _inserting_new(rows.table, rows.names, tuple(keys)), rows)

    def put(self, connection: Connection, rows: Rows) -> None:
        # One statement must not meet a row twice.
        keys = itemgetter(*(rows.names.index(one.name) for one in rows.table.primary_key))
        last = list({keys(row): row for row in rows.values}.values())
        _do(connection, _putting(rows.table, rows.names), rows._replace(values=last))

    def add(self, connection: Connection, rows: Rows) -> None:
        _do(connection, _adding(rows.table, rows.names), rows)

    def update(
        self, connection: Connection, rows: Rows, keys: Sequence[str], only: str = ""
    ) -> int:
        return _do(connection, _updating(rows.table, rows.names, tuple(keys), only), rows)

    def delete(self, connection: Connection, rows: Rows) -> None:
        _do(connection, _deleting(rows.table, rows.names), rows)


def _do(connection: Connection, statement: Any, rows: Rows) -> int:
    if not rows.values:
        return 0
    given = to_json(rows.values)
    if len(given) > MOST and len(rows.values) > 1:
        half = len(rows.values) // 2
        parts = rows.values[:half], rows.values[half:]
        return sum(_do(connection, statement, rows._replace(values=part)) for part in parts)
    return int(connection.execute(statement, {_GIVEN: given.decode()}).rowcount)


_GIVEN = "_rows"
MOST = 64_000_000
"""Bytes that are given at once; the server takes four times as many."""


def _given(table: sa.Table, names: tuple[str, ...]) -> Any:
    """The rows that are handed over, as a table."""
    rows = sa.cast(sa.bindparam(_GIVEN, type_=sa.Text), JSONB)
    row = sa.func.jsonb_array_elements(rows).column_valued("row")
    kinds = [_plain(table.c[name].type) for name in names]
    values = [
        sa.cast(row.op("->>")(sa.literal_column(str(place))), kind).label(name)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    return sa.select(*values).subquery("given")


def _plain(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """A type without what only a column has, such as how it is sorted."""
    return sa.Text() if isinstance(kind, sa.Text) else kind


@cache
def _inserting(table: sa.Table, names: tuple[str, ...]) -> Any:
    return insert(table).from_select(names, sa.select(*_given(table, names).c))


@cache
def _inserting_new(table: sa.Table, names: tuple[str, ...], keys: tuple[str, ...]) -> Any:
    """Those that are numbered are numbered in the order in which they come; but all are inserted
    by their keys, so that no two who insert the same ones wait for each other.
    """
    chosen = list(_given(table, names).c)
    numbered = table.autoincrement_column
    if numbered is not None and numbered.name not in names:
        number = sa.func.nextval(f"{table.name}_{numbered.name}_seq")
        chosen.append(number.label(numbered.name))
    rows = sa.select(*chosen).subquery("numbered")
    ordered = sa.select(*rows.c).order_by(*(rows.c[key] for key in keys))
    return (
        insert(table)
        .from_select(list(rows.c.keys()), ordered)
        .on_conflict_do_nothing(index_elements=list(keys))
    )


@cache
def _putting(table: sa.Table, names: tuple[str, ...]) -> Any:
    return put_in_place(_inserting(table, names), table, names)


@cache
def _adding(table: sa.Table, names: tuple[str, ...]) -> Any:
    return add_up(_inserting(table, names), table)


@cache
def _updating(table: sa.Table, names: tuple[str, ...], keys: tuple[str, ...], only: str) -> Any:
    given = _given(table, names)
    same = [table.c[name] == given.c[name] for name in keys]
    others = {name: given.c[name] for name in names if name not in keys}
    held = [sa.text(only)] if only else []
    return sa.update(table).where(*same, *held).values(others)


@cache
def _deleting(table: sa.Table, names: tuple[str, ...]) -> Any:
    given = _given(table, names)
    return sa.delete(table).where(*(table.c[name] == given.c[name] for name in names))
