"""`postgresql://user@host/database`: one database, for many workers on many machines.

Workers share nothing else.  Who writes contacts holds one of two locks of the database until the
transaction ends: shared by all who are beside each other, or alone.  Beside others, a worker claims
contacts: a row that is locked is somebody's, and for one that is not there yet the hash of its id
is locked instead.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Engine

from flowlang.stores import schema as t
from flowlang.stores.arrays import Arrays
from flowlang.stores.bell import Bell
from flowlang.stores.bulk import Bulk
from flowlang.stores.store import StoreError
from flowlang.stores.writing import SqlStore

_AT_WORK, _TABLES = 0x666C6F77, 0x666C6F78
"""Locks of the database: who writes contacts; who makes the tables."""
_NEW_CONTACT, _LIST, _SLOT = 0x666C01, 0x666C02, 0x666C03
"""Classes of locks: one for each new contact, coupon list, and slot of counters."""
_SLOTS = 64
LEASE = 300
"""Seconds after which the server gives up a transaction in which nothing happens."""
_VANISHED = {"tcp_keepalives_idle": 30, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
"""After a minute without a sign of life the other machine is taken for gone."""


class PostgresqlStore(SqlStore):
    """A store in a database that has many writers at a time."""

    many = True
    chunk = 10_000

    def _among(self, column: sa.ColumnElement[Any], values: list[str]) -> sa.ColumnElement[bool]:
        # One text of a statement for any number of values, so that it is prepared once.
        return column == sa.any_(sa.literal(values, ARRAY(sa.Text)))

    def __init__(self, engine: Engine, shown: str, bulk: Bulk, bell: Bell) -> None:
        super().__init__(engine, shown, bulk)
        self._bell = bell

    def close(self) -> None:
        self._bell.close()
        super().close()

    # ------------------------------------------------------------------ waiting for each other

    def wait(self, seconds: float) -> None:
        with self._told():
            try:
                self._bell.wait(seconds)
            except psycopg.Error as failure:
                raise StoreError(f"{self.shown}: {failure}") from failure

    def _wake(self, connection: Connection, *, at_once: bool = False) -> None:
        self._bell.ring(connection, at_once=at_once)

    # ------------------------------------------------------------------ beside each other

    def _join(self, connection: Connection, *, beside: bool) -> None:
        lock = sa.func.pg_advisory_xact_lock_shared if beside else sa.func.pg_advisory_xact_lock
        connection.execute(sa.select(lock(_AT_WORK)))

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

    def _slot(self, connection: Connection) -> int:
        """The first that no other connection has; it has it until it is closed."""
        known = connection.info.get("flow_slot")
        if known is None:
            slots = sa.func.generate_series(0, _SLOTS - 1).column_valued("slot")
            free = sa.func.pg_try_advisory_lock(_SLOT, slots)
            known = connection.scalar(sa.select(slots).where(free).limit(1))
            if known is None:
                known = connection.scalar(sa.select(sa.func.pg_backend_pid())) % _SLOTS
            connection.info["flow_slot"] = known
        return int(known)

    def _alone_with(self, connection: Connection, name: str) -> None:
        lock = sa.func.pg_advisory_xact_lock(_LIST, sa.func.hashtext(name))
        connection.execute(sa.select(lock))


def connect(url: str, base: Path) -> PostgresqlStore:
    """The store in a database, its tables made where there are none.  Raises StoreError."""
    parsed = sa.make_url(url)
    engine = sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        execution_options={"preserve_rowcount": True},
        pool_pre_ping=True,
        pool_size=16,
    )
    store = PostgresqlStore(engine, str(parsed), Arrays(), Bell(engine))
    with store._connected(writes=True) as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TABLES)))
        if not sa.inspect(connection).has_table("flow_version"):
            t.metadata.create_all(connection)
            t.version_of.create(connection)
    return store
