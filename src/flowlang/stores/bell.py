"""How PostgreSQL wakes those who wait: NOTIFY, and connections that listen.

All who commit a NOTIFY pass through one lock of the server, so a worker who saves over and over
rings once in a while; what it has kept to itself it rings before it waits or ends.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

if TYPE_CHECKING:
    import psycopg

_CHANNEL = "flow_something_to_do"
_PAUSE = 0.5
"""Seconds between two rings of those who save over and over."""


class Bell:
    """Of one store: it rings for all who wait on the same database, in this program or another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = threading.local()
        self._listening: list[psycopg.Connection] = []
        self._rung = 0.0
        self._owed = False

    def ring(self, connection: Connection, *, at_once: bool) -> None:
        """Wake those who wait, as soon as this connection's transaction is done."""
        if at_once or time.monotonic() - self._rung > _PAUSE:
            connection.exec_driver_sql(f"notify {_CHANNEL}")
            self._rung = time.monotonic()
        else:
            self._thread.owed = self._owed = True

    def wait(self, seconds: float) -> None:
        """Until somebody rings, or has since the last time; at most so many seconds."""
        known: psycopg.Connection | None = getattr(self._thread, "connection", None)
        if known is None or known.closed:
            self._thread.connection = known = self._listen()
            seconds = 0  # nobody knows what was before
        if getattr(self._thread, "owed", False):
            known.execute(f"notify {_CHANNEL}")
            self._thread.owed = False
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            # What this very connection has rung is no news.
            heard = list(known.notifies(timeout=left, stop_after=1))
            if any(one.pid != known.info.backend_pid for one in heard):
                break
        for _ in known.notifies(timeout=0):
            pass

    def close(self) -> None:
        if self._owed:
            with suppress(sa.exc.DBAPIError), self._engine.begin() as connection:
                self.ring(connection, at_once=True)
        for listening in self._listening:
            listening.close()
        self._listening.clear()

    def _listen(self) -> psycopg.Connection:
        """A connection of this thread's own."""
        raw = self._engine.raw_connection()
        found = cast("psycopg.Connection", raw.driver_connection)
        raw.detach()
        found.autocommit = True
        found.execute(f"listen {_CHANNEL}")
        self._listening = [one for one in self._listening if not one.closed] + [found]
        return found
