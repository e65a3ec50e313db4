"""Workers in processes of their own, killed with SIGKILL at random moments."""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flowlang.stores import Store, open_store


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


@dataclass(frozen=True, slots=True)
class Trial:
    """Something that workers do and are killed at, and how it is judged afterwards."""

    prepare: Callable[[Store, int], None]
    """Puts so many contacts into a store."""
    work: Callable[[Store], None]
    """What each worker does, to the end."""
    audit: Callable[[Store, int], Iterator[str]]
    """What is wrong with the store of so many contacts."""
    contacts: int
    kills: int
    workers: int
    pause: float = 0.15

    def by_hand(self, about: str | None) -> int:
        """Do what the command line asks for; gives the exit code: 1 where anything is wrong."""
        parser = argparse.ArgumentParser(
            description=about, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument("--store", default="sqlite", help="sqlite, postgresql, or an address")
        parser.add_argument("--contacts", type=int, default=self.contacts)
        parser.add_argument("--kills", type=int, default=self.kills)
        parser.add_argument("--workers", type=int, default=self.workers, help="at the same time")
        parser.add_argument("--seed", type=int, default=1)
        asked = parser.parse_args()
        with address(asked.store) as (url, base):
            with closing(open_store(url, base)) as store:
                self.prepare(store, asked.contacts)
            done = kill_workers(
                lambda: self.work(open_store(url, base)),
                kills=asked.kills, at_once=asked.workers, seed=asked.seed, pause=self.pause,
            )  # fmt: skip
            with closing(open_store(url, base)) as store:
                wrong = list(self.audit(store, asked.contacts))
        took = f"{done.seconds:.0f} s"
        print(f"{asked.store}: {done.kills} of {done.workers} workers killed in {took}")  # noqa: T201 - for a person
        for one in wrong[:20]:
            print(f"wrong: {one}")  # noqa: T201 - as above
        print("something is wrong" if wrong else "all is as if nothing had happened")  # noqa: T201 - as above
        return bool(wrong)
