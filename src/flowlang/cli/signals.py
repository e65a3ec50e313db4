"""The signals that end a program which runs for long: the first in good order, the next at once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Self

from flowlang.cli import terminal
from flowlang.speech import tr

_HEEDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SLICE = 0.2
"""Seconds that a signal may have to wait."""


class Signals:
    """Within it, SIGINT, SIGTERM and SIGHUP ask this program to end.

    SIGHUP is what a closed terminal sends.  It asks for the same as the others, for there is
    nothing to read anew: what runs changes by `flow apply`, and settings stand in the environment.
    Under `nohup` it stays ignored.
    """

    def __init__(self) -> None:
        self.asked = False
        self.then: Callable[[], None] = lambda: None
        """Called once, as soon as it is asked to end; it must not raise anything."""
        self._before = {number: signal.getsignal(number) for number in _HEEDED}

    def __enter__(self) -> Self:
        for number, before in self._before.items():
            if number != signal.SIGHUP or before != signal.SIG_IGN:
                signal.signal(number, self._ask)
        return self

    def __exit__(self, *failure: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def wait(self, seconds: float) -> None:
        """Until so many seconds are over, or it is asked to end."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, SLICE))

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:  # as a kill does, which loses nothing
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            os._exit(128 + number)  # the first process of a container is not killed by it
        self.asked = True
        self.then()
        with suppress(OSError, RuntimeError):  # the log may be what it was just writing
            terminal.talk(
                tr("stopping when what is under way is done; a second signal ends it at once")
            )
