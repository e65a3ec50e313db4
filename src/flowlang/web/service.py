"""What all parts of the server share: the version that runs, the store, the time, the bounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from flowlang.engine.absence import Absence
from flowlang.engine.state import States
from flowlang.program.program import Program
from flowlang.speech import Text, tr, why
from flowlang.stores.store import Store, StoreError
from flowlang.web.rate import Rate
from flowlang.web.tokens import Doorkeeper

if TYPE_CHECKING:
    from flowlang.workspace import MakeExpressions, Workspace


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request, and one token, may ask of the server."""

    body: int = 16 * 1024 * 1024
    """Bytes."""
    batch: int = 10_000
    """Events in one request."""
    rows: int = 200_000
    """Contacts or codes in one request: lines, or entries of an array."""
    patience: float = 30.0
    """Seconds in which a body must have arrived."""
    per_second: float = 50.0
    """Requests that a token may make, in the long run."""
    burst: int = 200
    """Requests that it may make at once."""
    scan: int = 5_000
    """Contacts that a condition is asked about in one request."""


class Unreadable(Exception):
    """The version that runs cannot be loaded; the message says why, for who runs the server."""


Load = Callable[["MakeExpressions | None"], "tuple[Workspace, Program]"]
"""Loads the version that runs, with expressions that can be asked why or without.  Raises
Unreadable.
"""
FOLLOWS = 1.0
"""Seconds after which is looked again whether another version was applied."""
_TOLD = "told to the person who runs the server"


@dataclass(slots=True)
class Service:
    """Handed to every part of the server; requests are answered by several threads."""

    program: Program
    """That of the version that runs.  Its `config.link_key` is the one that signed the letters of
    this store.
    """
    store: Store
    now: Callable[[], datetime]
    """The time, in UTC."""
    tell: Callable[[str], None]
    """Takes a line for the person who runs the server."""
    load: Load | None = None
    """None where the program stays as it is, and nobody asks why."""
    limits: Limits = Limits()
    clock: Callable[[], float] = time.monotonic
    """Seconds that never go back, for what must not hang on the time of day."""
    open_metrics: bool = False
    """Metrics need no token."""
    states: States = field(init=False)
    rate: Rate = field(init=False)
    absence: Absence = field(init=False)
    """Of the store, as it is told."""
    doorkeeper: Doorkeeper = field(init=False)
    _applied: str | None = field(init=False, default=None, repr=False)
    """The version that runs, as the store has it."""
    _looked: float = field(init=False, repr=False)
    _lock: Lock = field(init=False, default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        self.states = States(self.program)
        self.absence = Absence(self.tell, self.clock, _away)
        self.doorkeeper = Doorkeeper(self.store, self.clock)
        self.rate = Rate(self.limits.per_second, self.limits.burst, self.clock)
        self._applied, self._looked = self.store.program(), self.clock()

    def tell_fault(self, failure: Exception) -> None:
        """One line for a fault of ours, by whoever sees it first; it may be raised on."""
        if _TOLD not in getattr(failure, "__notes__", ()):
            failure.add_note(_TOLD)
            what = f"{type(failure).__name__}: {failure}"
            self.tell(f"internal error: {what[:300]}; please report this")

    def follow(self) -> None:
        """Take the version that was applied meanwhile, if one was.  Raises StoreError."""
        with self._lock:
            if self.load is None or self.clock() - self._looked < FOLLOWS:
                return
            self._looked = self.clock()
            applied = self.store.program()
            self.absence.over()
            if applied == self._applied:
                return
            try:
                _, program = self.load(None)
            except Unreadable as failure:
                self.tell(f"the version that was applied cannot be served: {failure}")
            else:
                key = self.program.config.link_key
                program.config = replace(program.config, link_key=key)
                self.program, self.states = program, States(program)
            self._applied = applied


def _away(failure: StoreError) -> Text:
    return tr("{failure}; requests are answered with 503 meanwhile", failure=why(failure))
