"""One connection of a client, which has so much time to say what it wants."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol


class Connection(H11Protocol):
    """HTTP as uvicorn speaks it; it waits for the head of a request as long as for a body, so that
    a client that sends nothing, or a byte now and then, does not keep its place for ever.
    """

    patience: ClassVar[float]
    """Seconds for the head of a request, from its first byte on, or from the connection on."""
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr] # it begins as None
            self._await_head()
        else:
            self._await_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        self._await_no_more()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.patience, self.transport.close)

    def _await_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def connection(patience: float) -> type[Connection]:
    """Connections that wait so many seconds."""
    return type("PatientConnection", (Connection,), {"patience": patience})
