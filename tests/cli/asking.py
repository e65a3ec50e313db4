"""Ask the process of `tests.cli.forking` for a call, with what this process has: also as a program.

It imports little, so that it starts at once.
"""

import json
import os
import socket
import sys
from collections.abc import Mapping, Sequence


def ask(
    address: str, streams: Sequence[int], args: Sequence[str], cwd: str, around: Mapping[str, str]
) -> int:
    """The exit code of a call of `flow` with these streams, in this folder and environment."""
    call = json.dumps({"args": list(args), "cwd": cwd, "environment": dict(around)}).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [b"c"], list(streams))
        connection.sendall(call)
        connection.shutdown(socket.SHUT_WR)
        answer = received(connection)  # until the process is gone, for it has the other end
    assert answer, f"{call.decode()} ended without an exit code"
    return int(answer)


def received(connection: socket.socket) -> bytes:
    """All that comes until the other end is closed."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], [0, 1, 2], sys.argv[2:], os.getcwd(), os.environ))  # noqa: PTH109 - pathlib is slow to import
