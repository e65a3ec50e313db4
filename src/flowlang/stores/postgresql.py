"""`postgresql://user@host/database`: one database, for many workers on many machines.

Workers share nothing else.  Who writes contacts holds one of two locks of the database until the
transaction ends: shared by all who are beside each other, or alone.  Beside others, a worker claims
contacts: a row that is locked is somebody's, and for one that is not there yet the hash of its id
is locked instead.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Engine

from flowlang.speech import tr
from flowlang.stores import schema as t
from flowlang.stores import tables
from flowlang.stores.bell import Bell
from flowlang.stores.bulk import Bulk
from flowlang.stores.json_rows import JsonRows
from flowlang.stores.sql import ready
from flowlang.stores.store import StoreAway, StoreError, no_store
from flowlang.stores.writing import SqlStore

try:
    import psycopg
    from psycopg.types.array import ListBinaryDumper

    from flowlang.stores.failures import in_words, is_away
except ImportError:
    raise StoreError(
        tr('a store in PostgreSQL needs psycopg: pip install "flowlang[postgresql]"')
    ) from None

_AT_WORK = 0x666C6F77
"""The lock of those who write contacts."""
_NEW_CONTACT, _LIST, _SLOT = 0x666C01, 0x666C02, 0x666C03
"""Classes of locks: one for each new contact, coupon list, and slot of counters."""
_HOLDERS = sa.text(
    "select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 1"
    " and (classid::bigint << 32 | objid::bigint) = :lock"
    " and database = (select oid from pg_database where datname = current_database())"
).bindparams(lock=_AT_WORK)
"""Counts who holds the lock of those who write contacts."""
_SLOTS = 64
LEASE = 600
"""Seconds after which the server gives up a transaction in which nothing happens: more than a call
over the web may take.
"""
_VANISHED = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
"""On both sides: after a minute without a sign of life the other machine is taken for gone."""


class PostgresqlStore(SqlStore):
    """A store in a database that has many writers at a time."""

    many = True
    chunk = 10_000

    def __init__(self, engine: Engine, shown: str, bulk: Bulk, bell: Bell) -> None:
        super().__init__(engine, shown, bulk)
        self._bell = bell

    def close(self) -> None:
        self._bell.close()
        super().close()

    def _among(self, column: sa.ColumnElement[Any], values: list[str]) -> sa.ColumnElement[bool]:
        # One text of a statement for any number of values, so that it is prepared once.
        return column.in_(sa.select(sa.func.unnest(sa.literal(values, ARRAY(sa.Text)))))

    # ------------------------------------------------------------------ waiting for each other

    def wait(self, seconds: float) -> None:
        with self._told():
            try:
                self._bell.wait(seconds)
            except psycopg.Error as failure:
                raise StoreError(self._about_it(in_words(failure))) from failure

    def in_words(self, failure: sa.exc.DBAPIError) -> str:
        return in_words(failure.orig)

    def _wake(self, connection: Connection, *, at_once: bool = False) -> None:
        self._bell.ring(connection, at_once=at_once)

    # ------------------------------------------------------------------ beside each other

    def _join(self, connection: Connection, *, beside: bool) -> None:
        lock = sa.func.pg_advisory_xact_lock_shared if beside else sa.func.pg_advisory_xact_lock
        connection.execute(sa.select(lock(_AT_WORK)))

    def at_work(self) -> int:
        with self._connected() as connection:
            holders: int = connection.execute(_HOLDERS).scalar_one()
        return holders

    def claim(self, contacts: Collection[str]) -> set[str]:
        c = t.contacts.c
        asked = sa.select(c.id).order_by(c.id)
        claiming = asked.with_for_update(skip_locked=True)
        mine = {row.id for row in self._some(claiming, c.id, contacts)}
        others = set(contacts) - mine
        new = others - {row.id for row in self._some(asked, c.id, others)}
        if new:
            ids = sa.func.unnest(sa.literal(sorted(new), ARRAY(sa.Text))).column_valued("id")
            free = sa.func.pg_try_advisory_xact_lock(_NEW_CONTACT, sa.func.hashtext(ids))
            new = {row.id for row in self._all(sa.select(ids).where(free))}
            # Somebody may have made them, and ended, since they were looked for.
            mine |= {row.id for row in self._some(claiming, c.id, new)}
            mine |= new - {row.id for row in self._some(asked, c.id, new)}
        return mine

    def block(self, name: Literal["ticks", "contacts"]) -> int | None:
        with self._connected(writes=True) as connection:
            first: int = connection.scalar(t.blocks[name].next_value())
        return first - 1

    def clock(self) -> datetime:
        with self._connected() as connection:
            now: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    def _slot(self, connection: Connection) -> int:
        """The first that no other connection has; it has it until it is closed."""
        known = connection.info.get("flow_slot")
        if known is None:
            slots = sa.func.generate_series(0, _SLOTS - 1).column_valued("slot")
            free = sa.func.pg_try_advisory_lock(_SLOT, slots)
            known = connection.scalar(sa.select(slots).where(free).limit(1))
            # Where all are taken it waits now and then for the one whose last slot it shares.
            known = connection.info["flow_slot"] = _SLOTS - 1 if known is None else known
        return int(known)

    def _alone_with(self, connection: Connection, name: str) -> None:
        lock = sa.func.pg_advisory_xact_lock(_LIST, sa.func.hashtext(name))
        connection.execute(sa.select(lock))


def connect(url: str, base: Path, *, make: bool = True) -> PostgresqlStore:
    """The store in a database; `make` its tables where there are none.

    Raises StoreError; StoreAway where the server is not there.
    """
    parsed = _parsed(url)
    options = {"connect_timeout": "10", "application_name": "flow", "client_encoding": "utf8"}
    engine = sa.create_engine(
        parsed.set(drivername="postgresql+psycopg", query=_VANISHED | options | parsed.query),
        isolation_level="READ COMMITTED",
        execution_options={"preserve_rowcount": True},
        pool_pre_ping=True,
        pool_size=16,
    )
    store = PostgresqlStore(engine, _shown(parsed), JsonRows(), Bell(engine))
    sa.event.listen(engine, "connect", _set_up)
    try:
        return ready(store, partial(_ensure_tables, make=make))
    except StoreError as failure:
        cause = failure.__cause__
        if isinstance(cause, sa.exc.DBAPIError) and is_away(cause.orig):
            raise StoreAway(*failure.args) from cause
        raise


def _shown(parsed: sa.URL) -> str:
    """An address without its password, and without what else the query says: it may hold one."""
    given = parsed.normalized_query
    where = [f"{name}={one}" for name in ("host", "port") for one in given.get(name, ())]
    return "?".join(filter(None, (parsed.set(query={}).render_as_string(), "&".join(where))))


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None or not parsed.database:
        # The address is not shown: it may hold a password.
        raise StoreError(
            tr(
                "this is no address of a PostgreSQL database;"
                " postgresql://user:password@host:5432/database is one"
            )
        )
    return parsed


def _set_up(connection: psycopg.Connection, record: object) -> None:
    # In the session, for not every address leads to the server itself, which takes options.
    settings = {f"tcp_{name}": value for name, value in _VANISHED.items()}
    settings["idle_in_transaction_session_timeout"] = f"{LEASE}s"
    parts = (f"set_config('{name}', '{value}', false)" for name, value in settings.items())
    connection.execute(f"select {', '.join(parts)}".encode())
    # As text, each quote in each element would be escaped by itself, which takes ten times as long.
    connection.adapters.register_dumper(list, ListBinaryDumper)
    connection.commit()


def _ensure_tables(store: PostgresqlStore, *, make: bool) -> None:
    """Make the tables of an empty database, bring older ones up to date; refuse what is something
    else, and leave it as it is.
    """
    with store._connected() as connection:
        encoding = connection.exec_driver_sql("show server_encoding").scalar()
        if encoding != "UTF8":
            raise StoreError(
                tr(
                    "{place}: its encoding is {encoding}, which does not know every character;"
                    " make it with `create database … encoding 'UTF8' template template0`",
                    place=store.shown, encoding=encoding,
                )
            )  # fmt: skip
        if _is_current(connection, store.shown):
            return
    with store.transaction(), store._connected() as connection:
        if _is_current(connection, store.shown):  # another program was faster
            return
        if tables.version(connection) is None:
            if not make:
                raise StoreError(no_store(store.shown))
            tables.make(connection)
            store.made = True
        else:
            tables.bring_up_to_date(connection)


def _is_current(connection: Connection, shown: str) -> bool:
    found = tables.version(connection)
    if found is None:
        tables.refuse_other(connection, shown)
        return False
    return tables.is_current(found, shown)
