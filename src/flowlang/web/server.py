"""The server itself: where it listens, and how it speaks HTTP."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

from uvicorn import Config, Server

from flowlang.speech import tr
from flowlang.web.api.application import BASE
from flowlang.web.app import build
from flowlang.web.connection import connection
from flowlang.web.service import Service

TAKEN = f"{BASE}/"
"""Paths that begin so are the API's."""
BACKLOG = 2048
"""Connections that may wait to be taken."""
GRACE = 10
"""Seconds that requests under way have when the server ends."""
_SELDOM = 60.0
"""Seconds between two lines about the same."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that can listen and does not yet; port 0 takes a free one.  Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # Inherited by each connection.  Without it the body of an answer waits, up to 40 ms, until
        # its headers are acknowledged; asyncio sees to that only for sockets that it makes itself.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def address(listening: socket.socket) -> str:
    """Where a socket listens, as the beginning of a URL."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine reaches a socket."""
    return ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


class _Server(Server):
    """Signals are for whoever runs it; what goes wrong outside of requests is told in a line."""

    def __init__(self, config: Config, service: Service) -> None:
        super().__init__(config)
        self._service = service
        self._crowded = -_SELDOM

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(self._tell)
        await super().startup(sockets)

    def _tell(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        failure = context.get("exception")
        if isinstance(failure, OSError) and failure.errno in (errno.EMFILE, errno.ENFILE):
            # It comes for each connection that waits, once a second.
            now = self._service.clock()
            if now - self._crowded >= _SELDOM:
                self._crowded = now
                self._service.tell(
                    tr("no room for more connections: {why}; they wait", why=failure.strerror)
                )
        elif isinstance(failure, Exception):
            self._service.tell_fault(failure)
        else:
            loop.default_exception_handler(context)


def server(service: Service) -> Server:
    """What answers over HTTP once it is run over a socket, until its `should_exit` is set."""
    config = Config(
        build(service),
        lifespan="on",
        http=connection(service.limits.patience),
        ws="none",
        # A log of requests would hold links that anyone who reads it could follow.
        access_log=False,
        # Warnings are of clients that speak no HTTP: as many as they like.
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    return _Server(config, service)
