"""Why something was decided about a contact, for the API: by a program of its own, one at a time.

A program that is asked why keeps what it is asked while it answers, so it is not the one that all
threads share.  It is loaded when someone asks for the first time of a version.
"""

from __future__ import annotations

from typing import NamedTuple

import anyio

from flowlang.engine.tracing import Asks
from flowlang.program.program import Program
from flowlang.repl.asked import Nobody, in_words, why
from flowlang.repl.script import Wrong
from flowlang.repl.stage import Loaded
from flowlang.web.service import Service, Unreadable


class CannotSay(Exception):
    """There is no answer; the message says why, for a person."""


class Answer(NamedTuple):
    """What is said of it, line by line."""

    lines: list[str]
    waiting: bool
    """More has arrived for the contact, which the engine has yet to apply."""


class Why:
    """Answers over the version that runs."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._loaded: Loaded | None = None
        self._of: Program | None = None
        """The program of which it is loaded once more."""
        self._turn: anyio.CapacityLimiter | None = None

    async def answer(self, contact: str, about: str) -> Answer:
        """Why a message or campaign came to a contact, or why not; without a name, why the last
        decision was made.  Raises CannotSay and StoreError.
        """
        if self._turn is None:  # made where it is used: it belongs to the loop that runs
            self._turn = anyio.CapacityLimiter(1)
        # Who waits for the turn keeps no thread from others.
        return await anyio.to_thread.run_sync(self._answer, contact, about, limiter=self._turn)

    def _answer(self, contact: str, about: str) -> Answer:
        loaded = self._program()
        try:
            found = why(self._service.store, loaded, contact, about)
        except Nobody as none:
            raise CannotSay(str(none)) from None
        except Wrong as wrong:
            raise CannotSay(in_words(wrong)) from None
        return Answer([one.text.rstrip() for one in found.told], found.waiting)

    def _program(self) -> Loaded:
        running = self._service.program
        if self._loaded is None or self._of is not running:
            if self._service.load is None:
                raise CannotSay("nobody can be asked why here")
            asks = Asks()
            try:
                workspace, program = self._service.load(asks.expressions)
            except Unreadable as failure:
                self._service.tell(f"why cannot be asked: {failure}")
                raise CannotSay("the workspace of the server cannot be read") from None
            self._loaded, self._of = Loaded.of(workspace, program, asks, {}), running
        return self._loaded
