"""What all parts of the server share: the program, the store, the time, the bounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flowlang.engine.state import States
from flowlang.program.program import Program
from flowlang.stores.store import Store
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
    patience: float = 30.0
    """Seconds in which a body must have arrived."""
    per_second: float = 50.0
    """Requests that a token may make, in the long run."""
    burst: int = 200
    """Requests that it may make at once."""
    scan: int = 5_000
    """Contacts that a condition is asked about in one request."""


@dataclass(frozen=True, slots=True)
class Service:
    """Handed to every part of the server; requests are answered by several threads."""

    program: Program
    """Its `config.link_key` is the one that signed the letters of this store."""
    store: Store
    now: Callable[[], datetime]
    """The time, in UTC."""
    tell: Callable[[str], None]
    """Takes a line for the person who runs the server."""
    reload: Callable[[MakeExpressions], Workspace] | None = None
    """Loads the workspace once more, to ask of it why; None where nobody can ask."""
    limits: Limits = Limits()
    clock: Callable[[], float] = time.monotonic
    """Seconds that never go back, for what must not hang on the time of day."""
    open_metrics: bool = False
    """Metrics need no token."""
    states: States = field(init=False)
    rate: Rate = field(init=False)
    doorkeeper: Doorkeeper = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", States(self.program))
        object.__setattr__(self, "doorkeeper", Doorkeeper(self.store, self.clock))
        limits = self.limits
        object.__setattr__(self, "rate", Rate(limits.per_second, limits.burst, self.clock))
