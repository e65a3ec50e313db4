"""A store's connections to its database: transactions, and what is told where one fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from flowlang.speech import Text, tr
from flowlang.stores.store import StoreError, StoreUnsure


class Sql:
    """A store over an SQLAlchemy engine; a dialect's module says how to connect."""

    many = False
    chunk = 500
    """Values that are asked for at once."""

    def __init__(self, engine: Engine, shown: str) -> None:
        self.engine = engine
        self.shown = shown
        """The address without secrets, for messages."""
        self.made = False
        # A dialect may begin a transaction that writes in another way.
        self._writer = engine.execution_options(flow_writes=True)
        self._thread = threading.local()

    @property
    def _connection(self) -> Connection | None:
        """That of this thread's transaction under way."""
        return getattr(self._thread, "connection", None)

    @_connection.setter
    def _connection(self, connection: Connection | None) -> None:
        self._thread.connection = connection

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def transaction(self, *, beside: bool = False, apart: bool = False) -> Iterator[None]:
        if self._connection is not None:
            raise AssertionError("a transaction is under way already")
        with self._connected(writes=True) as connection:
            if not apart:
                self._join(connection, beside=beside)
            yield

    def at_work(self) -> int:
        return 1

    def claim(self, contacts: Collection[str]) -> set[str]:
        return set(contacts)

    def block(self, name: Literal["ticks", "contacts"]) -> int | None:
        return None

    def clock(self) -> datetime | None:
        return None

    def calling(self) -> AbstractContextManager[bool]:
        return nullcontext(True)

    def _join(self, connection: Connection, *, beside: bool) -> None:
        """Wait until this transaction may write contacts: beside those who do, or alone.

        Nothing is to be done where the database has one writer at a time.
        """

    @contextmanager
    def _connected(self, *, writes: bool = False) -> Iterator[Connection]:
        """The connection of the transaction under way, else one of its own."""
        if self._connection is not None:
            with self._told():
                yield self._connection
            return
        engine = self._writer if writes else self.engine
        with self._told(), engine.connect() as connection, self._whole(connection, writes=writes):
            self._connection = connection
            try:
                yield connection
            finally:
                self._connection = None

    @contextmanager
    def _whole(self, connection: Connection, *, writes: bool) -> Iterator[None]:
        """A transaction: it happens as a whole, or not at all."""
        with connection.begin() as transaction:
            yield
            try:
                transaction.commit()
            except sa.exc.DBAPIError as failure:
                if not (writes and failure.connection_invalidated):
                    raise
                why = tr(
                    "the connection was lost while it saved;"
                    " what was to be saved may be there or not"
                )
                raise StoreUnsure(self._about_it(why)) from failure

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as failure:
            raise StoreError(self._about_it(self.in_words(failure))) from failure
        except sa.exc.TimeoutError as failure:
            why = tr("too many threads use it at once")
            raise StoreError(self._about_it(why)) from failure
        except UnicodeEncodeError as failure:
            why = tr("a text holds half of a character, which no database takes")
            raise StoreError(self._about_it(why)) from failure

    def _about_it(self, why: object) -> Text:
        return tr("{place}: {why}", place=self.shown, why=why)

    def in_words(self, failure: sa.exc.DBAPIError) -> str:
        """What a failure of the database means, for a person."""
        return str(failure.orig)

    def _all(self, statement: sa.Select[Any]) -> list[Any]:
        with self._connected() as connection:
            return list(connection.execute(statement).all())

    def _some(
        self, statement: sa.Select[Any], column: sa.ColumnElement[Any], among: Iterable[str]
    ) -> Iterator[Any]:
        """The rows whose column is among some values."""
        for some in self._chunks(among):
            yield from self._all(statement.where(self._among(column, some)))

    def _chunks(self, among: Iterable[str]) -> Iterator[list[str]]:
        """Values, each once, as many together as are asked for at once."""
        values = sorted(set(among))
        for start in range(0, len(values), self.chunk):
            yield values[start : start + self.chunk]

    def _among(self, column: sa.ColumnElement[Any], values: list[str]) -> sa.ColumnElement[bool]:
        return column.in_(values)


S = TypeVar("S", bound=Sql)


def ready(store: S, ensure_tables: Callable[[S], None]) -> S:
    """A store with its tables; closed again where they cannot be had.  Raises StoreError."""
    try:
        ensure_tables(store)
    except StoreError:
        store.close()
        raise
    return store
