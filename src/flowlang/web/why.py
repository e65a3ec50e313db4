"""Why something was decided about a contact, for the API: by a program of its own, one at a time.

A program that is asked why keeps what it is asked while it answers, so it is not the one that all
threads share.  It is loaded when someone asks for the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import anyio

from flowlang.config import ConfigError
from flowlang.engine.tracing import Asks
from flowlang.repl.asked import Nobody, in_words, why
from flowlang.repl.script import Wrong
from flowlang.repl.stage import Loaded
from flowlang.stores.store import Store
from flowlang.workspace import MakeExpressions, Workspace


class CannotSay(Exception):
    """There is no answer; the message says why, for a person."""


class Answer(NamedTuple):
    """What is said of it, line by line."""

    lines: list[str]
    waiting: bool
    """More has arrived for the contact, which the engine has yet to apply."""


class Why:
    """Answers over one workspace; `load` loads it once more."""

    def __init__(self, load: Callable[[MakeExpressions], Workspace] | None) -> None:
        self._load = load
        self._loaded: Loaded | None = None
        self._turn: anyio.CapacityLimiter | None = None

    async def answer(self, store: Store, contact: str, about: str) -> Answer:
        """Why a message or campaign came to a contact, or why not; without a name, why the last
        decision was made.  Raises CannotSay and StoreError.
        """
        if self._turn is None:  # made where it is used: it belongs to the loop that runs
            self._turn = anyio.CapacityLimiter(1)
        # Who waits for the turn keeps no thread from others.
        return await anyio.to_thread.run_sync(
            self._answer, store, contact, about, limiter=self._turn
        )

    def _answer(self, store: Store, contact: str, about: str) -> Answer:
        loaded = self._program()
        try:
            found = why(store, loaded, contact, about)
        except Nobody as none:
            raise CannotSay(str(none)) from None
        except Wrong as wrong:
            raise CannotSay(in_words(wrong)) from None
        return Answer([one.text.rstrip() for one in found.told], found.waiting)

    def _program(self) -> Loaded:
        if self._loaded is None:
            asks = Asks()
            try:
                workspace = self._load(asks.expressions) if self._load else None
            except (ConfigError, OSError):
                workspace = None
            program = workspace.runnable if workspace else None
            if workspace is None or program is None:
                raise CannotSay("the workspace on the server cannot be read; `flow check` says why")
            self._loaded = Loaded.of(workspace, program, asks, {})
        return self._loaded
