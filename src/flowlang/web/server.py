"""The server itself: where it listens, and how it speaks HTTP."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from uvicorn import Config, Server

from flowlang.web.api.application import BASE
from flowlang.web.app import build
from flowlang.web.connection import connection
from flowlang.web.service import Service

TAKEN = f"{BASE}/"
"""Paths that begin so are the API's."""
GRACE = 10
"""Seconds that requests under way have when the server ends."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.  Raises OSError where it cannot."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = found[0]
    listening = socket.create_server(address, family=family, backlog=2048)
    # Inherited by each connection.  Without it the body of an answer waits, up to 40 ms, until its
    # headers are acknowledged; asyncio sees to that only for sockets that it makes itself.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def address(listening: socket.socket) -> str:
    """Where a socket listens, as the beginning of a URL."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine reaches a socket."""
    return ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def server(service: Service) -> Server:
    """What answers over HTTP once it is run over a socket, until it gets a signal."""
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
    return Server(config)
