"""`sqlite:///state.db`: one file, for one machine.

Three slashes and a path that begins at the workspace; four for one that begins at the root.
`sqlite:///:memory:` is gone when the program ends.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.pool import StaticPool

from flowlang.stores import schema
from flowlang.stores.bulk import RowByRow
from flowlang.stores.store import StoreError
from flowlang.stores.writing import SqlStore

PATIENCE = 15_000
"""Milliseconds to wait for another program that writes."""
_LOOK = 0.05
"""Seconds between two looks at whether the file has changed."""
_PREFIX = "sqlite:///"
_MARK = 0x666C6F77
"""The application id in the file's header: a database that is a store of ours."""


_UNCOUNTED = 3
"""A store of this version lacks nothing but the counters of codes."""
_COUNT_CODES = f"""
    insert into counters (name, slot, amount)
    select '{schema.IMPORTED}' || list, 0, count(*) from codes group by list
    union all
    select '{schema.USED}' || list, 0, count(contact) from codes group by list
"""  # noqa: S608 - names of ours


class SqliteStore(SqlStore):
    """A store in one file; one writer at a time."""

    def __init__(self, engine: sa.Engine, shown: str) -> None:
        super().__init__(engine, shown, RowByRow(insert))
        self._watched = threading.local()

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._changed() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))

    def _changed(self) -> bool:
        """Whether anybody has written since this thread asked last."""
        before = getattr(self._watched, "version", None)
        with self._told():
            connection = getattr(self._watched, "connection", None)
            if connection is None:
                connection = self._watched.connection = self.engine.raw_connection()
            cursor = connection.driver_connection.execute("pragma data_version")
            self._watched.version = cursor.fetchone()
            cursor.close()
        return self._watched.version != before

    def in_words(self, failure: sa.exc.DBAPIError) -> str:
        text = str(failure.orig)
        if "locked" in text or "busy" in text:
            seconds = PATIENCE // 1000
            return f"another program has been writing to it for {seconds} seconds; try again later"
        if "not a database" in text:
            return "this file is no database"
        if "readonly" in text:
            return "it cannot be written to"
        if "unable to open" in text:
            return "it cannot be opened; may this user write in the folder?"
        if "disk is full" in text:
            return "the disk is full; nothing of the last step was saved"
        return text


def connect(url: str, base: Path) -> SqliteStore:
    """The store in a file, made where there is none.  Raises StoreError."""
    if not url.startswith(_PREFIX) or not url.removeprefix(_PREFIX):
        raise StoreError(f'"{url}": write sqlite:///state.db, or sqlite:////var/lib/flow/state.db')
    name = url.removeprefix(_PREFIX)
    if name == ":memory:":
        engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args=_options())
        store = SqliteStore(engine, "the store in memory")
    else:
        path = base / name
        _prepare(path)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args=_options())
        store = SqliteStore(engine, str(path))
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    _make_tables(store)
    return store


def _options() -> dict[str, Any]:
    return {"timeout": PATIENCE / 1000, "check_same_thread": False}


def _prepare(path: Path) -> None:
    if path.is_dir():
        raise StoreError(f"{path}: this is a folder, not a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise StoreError(f"{path}: its folder cannot be made: {failure.strerror}") from None


def _set_up(connection: sqlite3.Connection, record: object) -> None:
    # SQLAlchemy says BEGIN itself (`_begin`): the driver begins too late for a reader that writes.
    connection.isolation_level = None
    for pragma in ("journal_mode = wal", "synchronous = full", f"busy_timeout = {PATIENCE}"):
        connection.execute(f"pragma {pragma}").close()


def _begin(connection: sa.Connection) -> None:
    # A transaction that writes takes the lock at once: one that reads first could not get it later.
    writes = connection.get_execution_options().get("flow_writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _make_tables(store: SqliteStore) -> None:
    """Make the tables of a new file; refuse a file that is something else."""
    with store.transaction(), store._connected() as connection:
        mark = connection.exec_driver_sql("pragma application_id").scalar()
        version = connection.exec_driver_sql("pragma user_version").scalar()
        if mark != _MARK:
            if sa.inspect(connection).get_table_names():
                raise StoreError(f"{store.shown}: this database belongs to another program")
            schema.metadata.create_all(connection)
            connection.exec_driver_sql(f"pragma application_id = {_MARK}")
            connection.exec_driver_sql(f"pragma user_version = {schema.VERSION}")
        elif version == _UNCOUNTED:
            connection.exec_driver_sql(_COUNT_CODES)
            connection.exec_driver_sql(f"pragma user_version = {schema.VERSION}")
        elif version != schema.VERSION:
            raise StoreError(
                f"{store.shown}: made by another version of flow"
                f" (tables {version}, here {schema.VERSION})"
            )
