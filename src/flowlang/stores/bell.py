"""How PostgreSQL wakes those who wait: NOTIFY, and a connection that listens.

All who commit a NOTIFY pass through one lock of the server, so a worker who saves over and over
rings once in a while; what it kept to itself it rings before it waits or ends.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

_CHANNEL = "flow_something_to_do"
_PAUSE = 0.5
"""Seconds between two rings of a store."""


class Bell:
    """Of one store: it rings for all who wait on the same database, in this program or another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._thread = threading.local()
        self._listening: list[Connection] = []
        self._rung = 0.0
        self._owed = False

    def ring(self, connection: Connection, *, at_once: bool = False) -> None:
        """Wake those who wait, as soon as this connection's transaction is done."""
        if not at_once and time.monotonic() - self._rung < _PAUSE:
            self._owed = True
            return
        connection.exec_driver_sql(f"notify {_CHANNEL}")
        self._rung = time.monotonic()
        self._owed = False

    def wait(self, seconds: float) -> None:
        """Until somebody rings, or has since the last time; at most so many seconds."""
        connection = self._own()
        driver = connection.connection.driver_connection
        assert driver is not None
        self._pay(connection)
        own = driver.info.backend_pid
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) >= 0:
                # What this very connection rang before it waited is no news.
                if any(one.pid != own for one in driver.notifies(timeout=left, stop_after=1)):
                    break
            for _ in driver.notifies(timeout=0):
                pass
        except self._engine.dialect.loaded_dbapi.OperationalError:
            self._forget(connection)
            raise

    def close(self) -> None:
        if self._owed:
            with suppress(sa.exc.DBAPIError), self._engine.connect() as connection:
                self._pay(connection)
        for connection in self._listening:
            with suppress(sa.exc.DBAPIError):
                connection.invalidate()  # it must not listen on in the pool
                connection.close()
        self._listening.clear()

    def _own(self) -> Connection:
        """This thread's connection, which listens for as long as it is there."""
        found: Connection | None = getattr(self._thread, "connection", None)
        if found is None or found.closed:
            found = self._engine.connect()
            found.exec_driver_sql(f"listen {_CHANNEL}")
            self._thread.connection = found
            self._listening.append(found)
        return found

    def _pay(self, connection: Connection) -> None:
        if self._owed:
            self.ring(connection, at_once=True)
