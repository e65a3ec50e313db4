"""Calls of `flow` in processes of their own that do not start from nothing.

A process imports everything once and then forks for each call.  What is called has its own streams,
folder, environment and exit code, as a program that is started; only Python and the imports are
there already, which takes most of the time of a small call.  The process ends with the tests.
"""

from __future__ import annotations

import array
import gc
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

ANSWERED = len(array.array("i", [0]).tobytes())


class Forks:
    """The process that forks, seen from the tests."""

    def __init__(self) -> None:
        self._asking, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._alone = threading.Lock()

    def call(
        self, args: Sequence[str], cwd: Path, given: bytes, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """One call; stdin, stdout and stderr are no terminals."""
        call = {"args": list(args), "cwd": str(cwd), "environment": dict(environment)}
        read, write = os.pipe()
        writer = threading.Thread(target=_feed, args=(write, given))
        writer.start()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = self._code(json.dumps(call).encode(), read, out, err)
            writer.join()
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(["flow", *args], code, out.read(), err.read())

    def _code(self, call: bytes, given: int, out: BinaryIO, err: BinaryIO) -> int:
        """The exit code of a call; its streams are files."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._alone:
                files = [given, out.fileno(), err.fileno(), theirs.fileno()]
                socket.send_fds(self._asking, [b"c"], files)
            os.close(given)
            ours.sendall(call)
            ours.shutdown(socket.SHUT_WR)
            answer = _all(ours)  # until the process is gone, for it has the other end
        assert len(answer) == ANSWERED, f"{call.decode()} ended without an exit code"
        return array.array("i", answer)[0]


def _feed(file: int, given: bytes) -> None:
    with os.fdopen(file, "wb") as stream:
        try:
            stream.write(given)
            stream.flush()
        except BrokenPipeError:
            pass  # who is called need not read


def _all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@cache
def forks() -> Forks:
    """The one of this test process."""
    return Forks()


# ---------------------------------------------------------------------------- the process


def serve(asked: socket.socket) -> None:
    """Fork for each call until nobody can ask any more."""
    _import_all()
    gc.collect()
    gc.freeze()  # a collection in a fork is not to copy what is there
    forked: set[int] = set()
    while True:
        word, files, _, _ = socket.recv_fds(asked, 1, 4)
        if not word:
            return
        fork = os.fork()
        if fork == 0:
            asked.close()
            _answer(*files)
        for file in files:
            os.close(file)
        forked.add(fork)
        forked -= {one for one in forked if os.waitpid(one, os.WNOHANG)[0]}


def _answer(given: int, out: int, err: int, reply: int) -> None:
    """Do a call and end."""
    connection = socket.socket(fileno=reply)
    call: dict[str, Any] = json.loads(_all(connection))
    for number, file in enumerate((given, out, err)):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(call["environment"])
    os.chdir(call["cwd"])
    sys.path[0] = call["cwd"]
    sys.argv = ["flow", *call["args"]]
    sys.stdin = _text(0, "r", sys.stdin)
    sys.stdout = _text(1, "w", sys.stdout)
    sys.stderr = _text(2, "w", sys.stderr)
    code = _called()
    connection.sendall(array.array("i", [code]).tobytes())
    os._exit(code)


def _text(file: int, mode: str, like: Any) -> Any:
    """A stream over a file, as Python makes its own."""
    return io.TextIOWrapper(
        open(file, f"{mode}b", closefd=False), encoding=like.encoding, errors=like.errors,
        line_buffering=like is sys.stderr, write_through=like.write_through,
    )  # fmt: skip


def _called() -> int:
    import traceback

    from flowlang.cli import main

    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as the interpreter does at its end
        traceback.print_exc()
        code = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = 120  # as the interpreter ends where it cannot flush
    return code if isinstance(code, int) else 0 if code is None else 1


def _import_all() -> None:
    """What most verbs need, with what they import when they are called."""
    from importlib import import_module
    from pkgutil import walk_packages

    import flowlang

    for found in walk_packages(flowlang.__path__, "flowlang."):
        if not found.name.startswith(_ELSEWHERE):
            import_module(found.name)
    for name in ("difflib", "jinja2.sandbox", "psycopg", "sqlalchemy.dialects.sqlite"):
        import_module(name)


_ELSEWHERE = tuple(
    f"flowlang.{name}" for name in ("__main__", "lsp", "pytest_plugin", "stores.migrations.", "web")
)
"""What is slow to import and seldom called, or runs where it is imported."""


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
