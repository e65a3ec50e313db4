"""Workers in processes of their own, killed with SIGKILL at random moments."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Killing:
    """How the workers fared."""

    kills: int = 0
    seconds: float = 0
    workers: int = 0


def kill_workers(
    work: Callable[[], None], *, kills: int, at_once: int, seed: int, pause: float = 0.15
) -> Killing:
    """Keep some workers at work, killing one after the other at random moments, at most `pause`
    seconds apart; then let one finish.
    """
    chance, began, done = random.Random(seed), time.monotonic(), Killing()  # noqa: S311 - no secret
    alive: list[int] = []
    while done.kills < kills:
        while len(alive) < at_once:
            alive.append(_fork(work))
            done.workers += 1
        time.sleep(chance.uniform(0.0, pause))
        victim = alive.pop(chance.randrange(len(alive)))
        os.kill(victim, signal.SIGKILL)
        _, status = os.waitpid(victim, 0)
        if os.WIFSIGNALED(status):
            done.kills += 1
        elif os.WEXITSTATUS(status):
            raise SystemExit(f"a worker failed with {os.WEXITSTATUS(status)}")
        elif all(os.waitpid(one, os.WNOHANG)[0] for one in alive):
            break  # there is nothing left to do
    for one in alive:
        os.kill(one, signal.SIGKILL)
        os.waitpid(one, 0)
    _, status = os.waitpid(_fork(work), 0)
    if status:
        raise SystemExit("the last worker failed")
    done.seconds = time.monotonic() - began
    return done


def _fork(work: Callable[[], None]) -> int:
    """A worker that works until nothing is left to do, in a process of its own."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


@contextmanager
def address(given: str) -> Iterator[tuple[str, Path]]:
    """Where to put the store: a file for `sqlite`, a server of its own for `postgresql`."""
    if given == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield "sqlite:///state.db", Path(folder)
    elif given == "postgresql":
        from tests.postgresql import OwnServer

        server = OwnServer()
        try:
            yield server.url(server.database()), Path()
        finally:
            server.close()
    else:
        yield given, Path()
