"""What a delivery of the queue came to, for who has started it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Delivered:
    """What a delivery of the queue came to."""

    delivered: Counter[str] = field(default_factory=Counter)
    """By message."""
    places: Counter[str] = field(default_factory=Counter)
    """The same, by place."""
    retried: Counter[str] = field(default_factory=Counter)
    """By reason."""
    rated: set[str] = field(default_factory=set)
    """The ids of those that wait for their turn: enough go to their domain already."""
    down: dict[str, str] = field(default_factory=dict)
    """By place, why it takes nothing now."""
    failed: list[str] = field(default_factory=list)
    """In words, one each."""
    bounced: int = 0
    unknown: int = 0
    notices: int = 0
    """What a person is told by the inbox."""
    left: bool = False
    """Whether it was stopped before the queue was empty."""

    @property
    def idle(self) -> bool:
        """Nothing was handed over, nor tried."""
        return not (self.delivered or self.retried or self.failed or self.bounced or self.unknown)

    def absorb(self, more: Delivered) -> None:
        """Add what happened after it."""
        self.delivered += more.delivered
        self.places += more.places
        self.retried += more.retried
        self.rated = more.rated
        self.down = more.down
        self.failed += more.failed
        self.bounced += more.bounced
        self.unknown += more.unknown
        self.notices += more.notices
        self.left = more.left
