"""`sqlite:///state.db`: one file, for one machine.

Three slashes and a path that begins at the workspace; four for one that begins at the root.
`sqlite:///:memory:` is gone when the program ends.

A file that may not be written to is read as it is.  Where nobody has it open, nothing can be made
beside it either: SQLite is told that it does not change (`immutable`), and we look whether that is
so.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from flowlang.speech import tr
from flowlang.stores import tables
from flowlang.stores.bulk import RowByRow
from flowlang.stores.sql import ready
from flowlang.stores.store import StoreError, no_store
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
_READS = "flow_reads"
"""A connection has something under this name where its file may not be written to: how that stood,
if it was taken for one that does not change.
"""
_BUSY = tr(
    "another program has been writing to it for {seconds} seconds; try again later",
    seconds=PATIENCE // 1000,
)
_SAID = {
    "locked": _BUSY,
    "busy": _BUSY,
    "not a database": tr("this file is no database"),
    "malformed": tr("the file is damaged or not whole; a backup helps"),
    "readonly": tr("it cannot be written to; the file and its folder have to be writable"),
    "unable to open": tr("it cannot be opened; may this user read it, and write in its folder?"),
    "disk is full": tr("the disk is full; nothing of the last step was saved"),
}
"""What a failure means, by what SQLite says."""


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
            try:
                yield connection
            finally:
                self._check_still(connection)

    def _check_still(self, connection: Connection) -> None:
        """Raises StoreError where a file that was taken for one without change has changed."""
        before = None if connection.invalidated else connection.info.get(_READS)
        if before and self._path is not None and before != _state(self._path):
            connection.invalidate()
            raise StoreError(self._about_it(tr("another program has written to it; try again")))

    def set_up(self, connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        """What is the same for each new connection."""
        # SQLAlchemy says BEGIN itself (`_begin`): the driver begins too late for a reader that
        # writes.
        connection.isolation_level = None
        for pragma in ("synchronous = full", f"busy_timeout = {PATIENCE}"):
            connection.execute(f"pragma {pragma}").close()
        if self._path is not None and not _may_write(self._path):
            record.info[_READS] = _state(self._path) if _is_still(self._path) else None

    @contextmanager
    def calling(self) -> Iterator[bool]:
        if self._path is None:
            yield True
            return
        with ExitStack() as held:
            yield self._lock(f"{self._path.resolve()}-calls", held)

    def _lock(self, name: str, held: ExitStack) -> bool:
        """Lock a file of its own, for nobody may hold the store's so long; False where somebody
        has.  A lock of SQLite ends with its process.
        """
        try:
            lock = sqlite3.connect(name, timeout=0, isolation_level=None)
            held.enter_context(closing(lock))
            lock.execute("begin exclusive").close()
        except sqlite3.OperationalError as failure:
            if failure.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return False
            raise StoreError(self._about_it(failure)) from failure
        return True

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
                raise StoreError(self._about_it(failure)) from failure
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
        if "unable to open" in text and self._path is not None and _log_size(self._path):
            return tr(
                "the last of what was written is in {log}, which cannot be read where nothing may"
                " be written: copy both files to where it may",
                log=f"{self._path.name}-wal",
            )
        return next((said for part, said in _SAID.items() if part in text), text)


def connect(url: str, base: Path, *, make: bool = True) -> SqliteStore:
    """The store in a file; `make` one where there is none.  Raises StoreError."""
    if not url.startswith(_PREFIX) or not url.removeprefix(_PREFIX):
        raise StoreError(
            tr('"{url}": write sqlite:///state.db, or sqlite:////var/lib/flow/state.db', url=url)
        )
    name = url.removeprefix(_PREFIX)
    if name == ":memory:":
        engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args=_options())
        store = SqliteStore(engine, None)
    else:
        path = base / name
        if not make and _is_missing(path):
            raise StoreError(no_store(path))
        _prepare(path)
        engine = sa.create_engine(
            "sqlite://",
            poolclass=QueuePool,
            creator=lambda: sqlite3.connect(_address(path), uri=True, **_options()),
        )
        store = SqliteStore(engine, path)
    sa.event.listen(engine, "connect", store.set_up)
    sa.event.listen(engine, "begin", _begin)
    return ready(store, _ensure_tables)


def _is_missing(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False  # it is told when it is opened
    return False


def _options() -> dict[str, Any]:
    return {"timeout": PATIENCE / 1000, "check_same_thread": False}


def _prepare(path: Path) -> None:
    """Make the folder of a file that is not there yet.

    Raises StoreError where there can be no store; what is there is left as it is.
    """
    found = _status(path)
    if found is None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            why = failure.strerror
            raise StoreError(
                tr("{path}: its folder cannot be made: {why}", path=path, why=why)
            ) from None
    elif stat.S_ISDIR(found.st_mode):
        raise StoreError(tr("{path}: this is a folder, not a file", path=path))
    elif not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
        raise StoreError(tr("{path}: this is no file that could hold a store", path=path))


def _status(path: Path) -> os.stat_result | None:
    """Of the file; None where there is none yet.  Raises StoreError."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        if not path.is_symlink():
            return None
        # The disk that it leads to may be away: a new store in its place would be another one.
        raise StoreError(
            tr("{path}: it leads to {where}, where nothing is", path=path, where=path.readlink())
        ) from None
    except OSError as failure:
        raise StoreError(tr("{path}: {why}", path=path, why=failure.strerror)) from None
    except ValueError as failure:
        raise StoreError(tr("{path}: {why}", path=repr(str(path)), why=failure)) from None


def _address(path: Path) -> str:
    """How SQLite is to open a file."""
    mode = "ro&immutable=1" if _is_still(path) else "rwc" if _may_write(path) else "ro"
    return f"file://{quote(str(path.absolute()))}?mode={mode}"  # a path may begin with //


def _is_still(path: Path) -> bool:
    """Whether a file is one that nobody has open and this user cannot change."""
    return not _may_write(path) and not _log_size(path)


def _may_write(path: Path) -> bool:
    """Whether this user may write to a file and beside it, where SQLite has two more."""
    path = path.resolve()
    return all(
        os.access(one if one.exists() else path.parent, os.W_OK)
        for one in (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm")))
    )


def _log_size(path: Path) -> int:
    """Bytes in the log of what was written last, until it is brought into the file."""
    try:
        return Path(f"{path.resolve()}-wal").stat().st_size
    except OSError:
        return 0


def _state(path: Path) -> tuple[int, int, int]:
    """What is another one as soon as somebody has written."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, _log_size(path)


def _begin(connection: Connection) -> None:
    # A transaction that writes takes the lock at once: one that reads first could not get it later.
    # Where nothing can be written, it still can read.
    writes = connection.get_execution_options().get("flow_writes") and _READS not in connection.info
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _ensure_tables(store: SqliteStore) -> None:
    """Make the tables of a new file, bring older ones up to date; refuse what is something else,
    and leave it as it is.
    """
    with store._connected() as connection:
        found = _version(connection, store.shown)
        reads = _READS in connection.info
    if found is not None and tables.is_current(found, store.shown):
        return
    if reads:
        why = tr("it is empty") if found is None else tr("its tables are to be brought up to date")
        raise StoreError(
            tr("{place}: {why}, and it cannot be written to", place=store.shown, why=why)
        )
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
    mark = connection.exec_driver_sql("pragma application_id").scalar()
    if mark == _MARK:
        header = connection.exec_driver_sql("pragma user_version").scalar()
        return tables.version(connection) or str(header)
    tables.refuse_other(connection, shown, marked=bool(mark))
    return None
