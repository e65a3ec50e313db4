"""What one pass of the engine over a store did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields

from flowlang.stores.rows import ArrivalRow


@dataclass(slots=True)
class Report:
    """What a pass of the engine did."""

    applied: int = 0
    """Arrivals."""
    refused: list[tuple[ArrivalRow, str]] = field(default_factory=list)
    moot: list[tuple[ArrivalRow, str]] = field(default_factory=list)
    """Those that found nothing to do any more: no error."""
    reactions: int = 0
    """Openings and clicks that were refused: of messages that the contact never got."""
    sent: Counter[str] = field(default_factory=Counter)
    """By message."""
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By message and reason."""
    entries: int = 0
    """Decisions in histories."""
    contacts: int = 0
    """How often a contact was written."""
    notices: int = 0
    passed_over: int = 0
    """Firings of schedules that were missed and skipped."""
    stretches: Counter[str] = field(default_factory=Counter)
    """Transactions by how they were done: `alone`, `beside` other workers, or `again` alone."""

    def absorb(self, more: Report) -> None:
        """Add what happened after it."""
        for one in fields(self):
            mine, other = getattr(self, one.name), getattr(more, one.name)
            if isinstance(mine, Counter):
                mine.update(other)
            else:
                setattr(self, one.name, mine + other)

    @property
    def idle(self) -> bool:
        """Nothing happened at all."""
        told = self.applied or self.refused or self.moot or self.reactions
        return not (told or self.entries or self.contacts)
