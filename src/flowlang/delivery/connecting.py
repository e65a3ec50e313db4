"""A connection to a host, within one time for all of its addresses."""

from __future__ import annotations

import socket
import time


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """Connect to the first address of a host that answers, in so many seconds as a whole.

    An address that swallows everything leaves the others their share of the time.  How long the
    name takes to be found is not bounded.  Raises OSError.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    until = time.monotonic() + timeout
    failure: OSError = TimeoutError("timed out")
    for number, (*_, address) in enumerate(found):
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            name = str(address[0]), port
            return socket.create_connection(name, left / (len(found) - number))
        except OSError as refused:
            failure = refused
    raise failure
