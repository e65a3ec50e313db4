"""Calls of `flow` in processes of their own that do not start from nothing.

A process imports everything once and then forks for each call.  What is called has its own streams,
folder, environment and exit code, as a program that is started; only Python and the imports are
there already, which takes most of the time of a small call.  The process ends with the tests.
"""

from __future__ import annotations

import gc
import io
import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.cli.asking import ask, received


class Forks:
    """The process that forks, seen from the tests."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="flow-forks-"))
        self.address = str(self.folder / "calls")
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, self.address],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,  # it ends when this does
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tests
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def call(
        self, args: Sequence[str], cwd: Path, given: bytes, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """One call; stdin, stdout and stderr are no terminals."""
        read, write = os.pipe()
        feeding = threading.Thread(target=_feed, args=(write, given))
        feeding.start()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                streams = [read, out.fileno(), err.fileno()]
                code = ask(self.address, streams, args, str(cwd), environment)
            finally:
                os.close(read)
                feeding.join()
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(["flow", *args], code, out.read(), err.read())

    def program(self) -> Path:
        """A folder for the PATH: its program `flow` asks this process."""
        flow = self.folder / "bin" / "flow"
        if not flow.exists():
            flow.parent.mkdir()
            asking = Path(__file__).with_name("asking.py")
            # Isolated and without site-packages, Python starts in a tenth of the time.
            flow.write_text(
                f'#!/bin/sh\nexec "{sys.executable}" -IS "{asking}" "{self.address}" "$@"\n'
            )
            flow.chmod(0o755)
        return flow.parent


def _feed(file: int, given: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(file, "wb") as stream:  # who is called need not read
        stream.write(given)


@cache
def forks() -> Forks:
    """The one of this test process."""
    return Forks()


# ---------------------------------------------------------------------------- the process


def serve(address: str) -> None:
    """Fork for each call until standard input ends."""
    _import_all()
    gc.collect()
    gc.freeze()  # a collection in a fork is not to copy what is there
    forked: set[int] = set()
    with socket.socket(socket.AF_UNIX) as listening, selectors.DefaultSelector() as asked:
        listening.bind(address)
        listening.listen()
        asked.register(listening, selectors.EVENT_READ)
        asked.register(0, selectors.EVENT_READ)
        print("ready", flush=True)  # noqa: T201 - to the tests that wait for it
        while all(key.fileobj is listening for key, _ in asked.select()):
            connection, _ = listening.accept()
            fork = os.fork()
            if fork == 0:
                try:
                    _answer(connection)
                finally:  # whatever happens, a fork never comes back here
                    os._exit(1)
            connection.close()
            forked.add(fork)
            forked -= {one for one in forked if os.waitpid(one, os.WNOHANG)[0]}


def _answer(connection: socket.socket) -> None:
    """Do a call and end."""
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    call: dict[str, Any] = json.loads(received(connection))
    for number, file in enumerate(streams):
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
    connection.sendall(str(code).encode())
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


_ELSEWHERE = ("flowlang.__main__", "flowlang.pytest_plugin", "flowlang.stores.migrations.")
"""What is no part of a call, or runs where it is imported."""


if __name__ == "__main__":
    try:
        serve(sys.argv[1])
    finally:
        shutil.rmtree(Path(sys.argv[1]).parent)
