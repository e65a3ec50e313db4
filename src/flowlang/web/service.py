"""What all parts of the server share: the program, the store, the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flowlang.engine.state import States
from flowlang.program.program import Program
from flowlang.stores.store import Store


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
    states: States = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", States(self.program))
