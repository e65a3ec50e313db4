"""How many rows are written at once: one way that every database knows, where a dialect has no
faster one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
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
        self, connection: Connection, table: sa.Table, rows: Sequence[Row], key: str
    ) -> int:
        """Rows, but those whose key is there (or came before); gives how many were new."""

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
        only: sa.ColumnElement[bool] | None = None,
    ) -> int:
        """Set the other values where the keys are the same, and only where something holds; gives
        how many rows that were.
        """

    @abstractmethod
    def delete(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """The rows with these values."""


class RowByRow(Bulk):
    """One statement a row, over and over."""

    def __init__(self, insert: Insert) -> None:
        self._insert = insert

    def insert(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        if rows:
            connection.execute(sa.insert(table), rows)

    def insert_new(
        self, connection: Connection, table: sa.Table, rows: Sequence[Row], key: str
    ) -> int:
        if not rows:
            return 0
        statement = self._insert(table).on_conflict_do_nothing(index_elements=[key])
        return connection.execute(statement, rows).rowcount

    def put(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        if rows:
            connection.execute(put_in_place(self._insert(table), table, rows[0]), rows)

    def add(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        if rows:
            connection.execute(add_up(self._insert(table), table), rows)

    def update(
        self,
        connection: Connection,
        table: sa.Table,
        rows: Sequence[Row],
        keys: Sequence[str],
        only: sa.ColumnElement[bool] | None = None,
    ) -> int:
        if not rows:
            return 0
        # A parameter must not be called as a column is: SQLAlchemy would take it for its value.
        statement = sa.update(table).where(*_same(table, keys))
        if only is not None:
            statement = statement.where(only)
        others = [name for name in rows[0] if name not in keys]
        statement = statement.values({name: sa.bindparam(f"_{name}") for name in others})
        return connection.execute(statement, [_named(row) for row in rows]).rowcount

    def delete(self, connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        if rows:
            statement = sa.delete(table).where(*_same(table, list(rows[0])))
            connection.execute(statement, [_named(row) for row in rows])


def _same(table: sa.Table, keys: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == sa.bindparam(f"_{name}") for name in keys]


def _named(row: Row) -> Row:
    return {f"_{name}": value for name, value in row.items()}


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
