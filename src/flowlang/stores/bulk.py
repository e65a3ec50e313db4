"""How many rows are written at once: one way that every database knows, where a dialect has no
faster one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Insert = Callable[[sa.Table], Any]
"""The dialect's own `insert`, which knows `on conflict`."""


class Rows(NamedTuple):
    """Rows of a table, with values for some of its columns."""

    table: sa.Table
    names: tuple[str, ...]
    """Of these columns."""
    values: Sequence[tuple[Any, ...]]
    """Of each row, in the order of the names."""


class Bulk(ABC):
    """Writes rows.  Nothing happens for no rows."""

    @abstractmethod
    def insert(self, connection: Connection, rows: Rows) -> None:
        """Rows that are not there."""

    @abstractmethod
    def insert_new(self, connection: Connection, rows: Rows, keys: Sequence[str]) -> int:
        """Rows, but those whose keys are there (or came before); gives how many were new."""

    @abstractmethod
    def put(self, connection: Connection, rows: Rows) -> None:
        """Rows, in the place of those with the same primary key."""

    @abstractmethod
    def add(self, connection: Connection, rows: Rows) -> None:
        """Rows; the `amount` of one that is there grows by that of the new one."""

    @abstractmethod
    def update(
        self, connection: Connection, rows: Rows, keys: Sequence[str], only: str = ""
    ) -> int:
        """Set the other values where the keys are the same, and `only` where something holds, said
        in SQL; gives how many rows that were.
        """

    @abstractmethod
    def delete(self, connection: Connection, rows: Rows) -> None:
        """The rows with these values."""


class RowByRow(Bulk):
    """One statement for a row, over and over.

    It is compiled once, and the driver is given the values: to bind them row by row, as SQLAlchemy
    does, takes longer than to write them.
    """

    def __init__(self, insert: Insert) -> None:
        self._insert = insert
        self._known: dict[object, tuple[str, Callable[[tuple[Any, ...]], Any] | None]] = {}

    def insert(self, connection: Connection, rows: Rows) -> None:
        self._do(connection, "insert", rows, lambda: sa.insert(rows.table))

    def insert_new(self, connection: Connection, rows: Rows, keys: Sequence[str]) -> int:
        def build() -> Any:
            return self._insert(rows.table).on_conflict_do_nothing(index_elements=list(keys))

        return self._do(connection, ("insert new", *keys), rows, build)

    def put(self, connection: Connection, rows: Rows) -> None:
        def build() -> Any:
            return put_in_place(self._insert(rows.table), rows.table, rows.names)

        self._do(connection, "put", rows, build)

    def add(self, connection: Connection, rows: Rows) -> None:
        self._do(connection, "add", rows, lambda: add_up(self._insert(rows.table), rows.table))

    def update(
        self, connection: Connection, rows: Rows, keys: Sequence[str], only: str = ""
    ) -> int:
        def build() -> Any:
            others = [name for name in rows.names if name not in keys]
            values: dict[str, Any] = {name: sa.bindparam(f"_{name}") for name in others}
            held = [sa.text(only)] if only else []
            return sa.update(rows.table).values(values).where(*_same(rows.table, keys), *held)

        return self._do(connection, ("update", *keys, only), rows, build)

    def delete(self, connection: Connection, rows: Rows) -> None:
        def build() -> Any:
            return sa.delete(rows.table).where(*_same(rows.table, rows.names))

        self._do(connection, "delete", rows, build)

    def _do(
        self, connection: Connection, what: object, rows: Rows, build: Callable[[], Any]
    ) -> int:
        if not rows.values:
            return 0
        name = (what, rows.table, rows.names)
        if name not in self._known:
            self._known[name] = _compiled(connection, build(), rows.names)
        text, ordered = self._known[name]
        given = rows.values if ordered is None else list(map(ordered, rows.values))
        return connection.exec_driver_sql(text, given).rowcount


def _compiled(
    connection: Connection, statement: Any, names: tuple[str, ...]
) -> tuple[str, Callable[[tuple[Any, ...]], Any] | None]:
    """A statement's text, and what brings a row into its order, where that is another."""
    keys = list(names) if statement.is_insert else None
    compiled = statement.compile(dialect=connection.dialect, column_keys=keys)
    order = tuple(name.removeprefix("_") for name in compiled.positiontup)
    places = [names.index(name) for name in order]
    return compiled.string, None if order == names else itemgetter(*places)


def _same(table: sa.Table, keys: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    # A parameter must not be called as a column is: SQLAlchemy would take it for a new value.
    return [table.c[name] == sa.bindparam(f"_{name}") for name in keys]


def put_in_place(insert: Any, table: sa.Table, names: Sequence[str]) -> Any:
    """An insert that replaces these values of the row that is there."""
    keys = [column.name for column in table.primary_key]
    others = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def add_up(insert: Any, table: sa.Table) -> Any:
    """An insert that adds its `amount` to that of the row that is there."""
    keys = [column.name for column in table.primary_key]
    grown = {"amount": table.c.amount + insert.excluded.amount}
    return insert.on_conflict_do_update(index_elements=keys, set_=grown)
