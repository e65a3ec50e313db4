"""`sqlite:///state.db`: one file, for one machine.

Three slashes and a path that begins at the workspace; four for one that begins at the root.
`sqlite:///:memory:` is gone when the program ends.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

from flowlang.stores import tables
from flowlang.stores.bulk import RowByRow
from flowlang.stores.sql import ready
from flowlang.stores.store import StoreError
from flowlang.stores.writing import SqlStore

PATIENCE = 15_000
"""Milliseconds to wait for another program that writes."""
_LOOK = 0.05
"""Seconds between two looks at whether somebody has written."""
_PREFIX = "sqlite:///"
_MARK = 0x666C6F77
"""The application id in the file's header: a database that is a store of ours."""
_TOLD = 5
"""Programs older than this version look for the version in the header of the file."""


class SqliteStore(SqlStore):
    """A store in one file; one writer at a time."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        super().__init__(engine, str(path or "the store in memory"), RowByRow(insert))
        self._path = path
        # In memory there is one connection, and threads take turns.
        self._turn = nullcontext() if path else threading.RLock()
        self._watching: list[sqlite3.Connection] = []

    def close(self) -> None:
        for connection in self._watching:
            connection.close()
        super().close()

    @contextmanager
    def _connected(self, *, writes: bool = False) -> Iterator[Connection]:
        with self._turn, super()._connected(writes=writes) as connection:
            yield connection

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._changed() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK))

    def _changed(self) -> bool:
        """Whether anybody has written since this thread asked last."""
        before = getattr(self._thread, "seen", None)
        if self._path is None:
            with self._connected() as connection:
                self._thread.seen = connection.connection.driver_connection.total_changes  # type: ignore[union-attr] # there is one
        else:
            try:
                self._thread.seen = self._watched().execute("pragma data_version").fetchone()
            except sqlite3.Error as failure:
                raise StoreError(f"{self.shown}: {failure}") from failure
        return bool(self._thread.seen != before)

    def _watched(self) -> sqlite3.Connection:
        """A connection of this thread that sees what all others write."""
        found: sqlite3.Connection | None = getattr(self._thread, "watched", None)
        if found is None:
            assert self._path is not None
            found = sqlite3.connect(self._path, check_same_thread=False)
            self._thread.watched = found
            self._watching.append(found)
        return found

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
        store = SqliteStore(engine, None)
    else:
        path = base / name
        _prepare(path)
        engine = sa.create_engine(f"sqlite:///{path}", connect_args=_options())
        store = SqliteStore(engine, path)
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return ready(store, _ensure_tables)


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
    for pragma in ("synchronous = full", f"busy_timeout = {PATIENCE}"):
        connection.execute(f"pragma {pragma}").close()


def _begin(connection: Connection) -> None:
    # A transaction that writes takes the lock at once: one that reads first could not get it later.
    writes = connection.get_execution_options().get("flow_writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _ensure_tables(store: SqliteStore) -> None:
    """Make the tables of a new file, bring older ones up to date; refuse what is something else,
    and leave it as it is.
    """
    with store._connected() as connection:
        found = _version(connection, store.shown)
    if found is not None and tables.is_current(found, store.shown):
        return
    if found is None:
        with store._told(), store.engine.connect() as connection:
            # Readers and a writer at the same time; for this file, for good.
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("pragma journal_mode = wal").close()
    with store.transaction(), store._connected() as connection:
        found = _version(connection, store.shown)
        if found is None:
            tables.make(connection)
            store.made = True
            connection.exec_driver_sql(f"pragma application_id = {_MARK}")
            connection.exec_driver_sql(f"pragma user_version = {_TOLD}")
        elif not tables.is_current(found, store.shown):
            if int(found) < _TOLD:
                tables.mark(connection, int(found))
            tables.bring_up_to_date(connection)


def _version(connection: Connection, shown: str) -> str | None:
    """Of the tables; None in a new file.  Raises StoreError for one of another program."""
    if connection.exec_driver_sql("pragma application_id").scalar() == _MARK:
        header = connection.exec_driver_sql("pragma user_version").scalar()
        return tables.version(connection) or str(header)
    tables.refuse_other(connection, shown)
    return None
