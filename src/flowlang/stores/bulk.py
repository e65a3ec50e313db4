"""How many rows are written at once: one way that every database knows, where a dialect has no
faster one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Row = dict[str, Any]
"""Values by the names of columns; all rows of one call have the same."""
Insert = Callable[[sa.Table], Any]
"""The dialect's own `insert`, which knows `on conflict`."""


class Bulk(ABC):
    """Writes rows of a table.  Nothing happens for no rows."""

    @abstractmethod
    def insert(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Rows that are not there."""

    @abstractmethod
    def insert_new(
        self, connection: Connection, table: sa.Table, rows: Sequence[Row], keys: Sequence[str]
    ) -> int:
        """Rows, but those whose keys are there (or came before); gives how many were new."""

    @abstractmethod
    def put(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Rows, in the place of those with the same primary key."""

    @abstractmethod
    def add(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Rows; the `amount` of one that is there grows by that of the new one."""

    @abstractmethod
    def update(
        self,
        connection: Connection,
        table: sa.Table,
        rows: Sequence[Row],
        keys: Sequence[str],
        only: str = "",
    ) -> int:
        """Set the other values where the keys are the same, and `only` where something holds, said
        in SQL; gives how many rows that were.
        """

    @abstractmethod
    def delete(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """The rows with these values."""


class RowByRow(Bulk):
    """One statement for a row, over and over.

    It is compiled once, and the driver is given the values: to bind them row by row, as SQLAlchemy
    does, takes longer than to write them.
    """

    def __init__(self, insert: Insert) -> None:
        self._insert = insert
        self._known: dict[object, tuple[str, Callable[[Row], Any]]] = {}

    def insert(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        self._do(connection, ("insert", table), rows, lambda: sa.insert(table))

    def insert_new(
        self, connection: Connection, table: sa.Table, rows: Sequence[Row], keys: Sequence[str]
    ) -> int:
        def build() -> Any:
            return self._insert(table).on_conflict_do_nothing(index_elements=list(keys))

        return self._do(connection, ("insert new", table), rows, build)

    def put(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        def build() -> Any:
            return put_in_place(self._insert(table), table, rows[0])

        self._do(connection, ("put", table), rows, build)

    def add(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        self._do(connection, ("add", table), rows, lambda: add_up(self._insert(table), table))

    def update(
        self,
        connection: Connection,
        table: sa.Table,
        rows: Sequence[Row],
        keys: Sequence[str],
        only: str = "",
    ) -> int:
        def build() -> Any:
            others = [name for name in rows[0] if name not in keys]
            changed = sa.update(table).values({name: sa.bindparam(f"_{name}") for name in others})
            held = [sa.text(only)] if only else []
            return changed.where(*_same(table, keys), *held)

        return self._do(connection, ("update", table, *keys, only), rows, build)

    def delete(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        def build() -> Any:
            return sa.delete(table).where(*_same(table, list(rows[0])))

        self._do(connection, ("delete", table), rows, build)

    def _do(
        self, connection: Connection, what: object, rows: Sequence[Row], build: Callable[[], Any]
    ) -> int:
        if not rows:
            return 0
        names = tuple(rows[0])
        if (what, names) not in self._known:
            statement = build()
            keys = list(names) if statement.is_insert else None
            compiled = statement.compile(dialect=connection.dialect, column_keys=keys)
            order = [name.removeprefix("_") for name in compiled.positiontup]
            # A tuple even of one value.
            self._known[what, names] = (compiled.string, itemgetter(*order, order[0]))
        text, values = self._known[what, names]
        given = [values(row)[:-1] for row in rows]
        return connection.exec_driver_sql(text, given).rowcount


def _same(table: sa.Table, keys: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    # A parameter must not be called as a column is: SQLAlchemy would take it for a new value.
    return [table.c[name] == sa.bindparam(f"_{name}") for name in keys]


def put_in_place(insert: Any, table: sa.Table, names: Sequence[str] | Row) -> Any:
    """An insert that replaces these values of the row that is there."""
    keys = [column.name for column in table.primary_key]
    others = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def add_up(insert: Any, table: sa.Table) -> Any:
    """An insert that adds its `amount` to that of the row that is there."""
    keys = [column.name for column in table.primary_key]
    grown = {"amount": table.c.amount + insert.excluded.amount}
    return insert.on_conflict_do_update(index_elements=keys, set_=grown)
