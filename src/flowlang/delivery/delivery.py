"""What every delivery does: hand letters over, and say of each what became of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flowlang.contact import Letter

Status = Literal["delivered", "retry", "down", "failed", "bounced", "unknown"]

LEASE = timedelta(minutes=2)
"""After this time a letter that was claimed and not reported on is taken for abandoned; so handing
over takes less, whatever the other side does.
"""
LONGEST_PAUSE = timedelta(days=1)
"""As long as this the other side may ask to be left alone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter.

    `delivered`: the other side has it.  `retry`: it has it not, and may take it later.  `down`: the
    same, and it takes no other letter now.  `failed`: it will never take it.  `bounced`: nor any
    other to this address, for nobody is there.  `unknown`: nobody can tell whether it has it.
    """

    id: str
    """The letter's."""
    status: Status
    reason: str = ""
    """Why it was not delivered, for a person; empty where it was."""
    after: timedelta = timedelta(0)
    """For how long the other side asks not to be tried again."""

    @property
    def pause(self) -> timedelta:
        """The same within bounds, whatever it asks for."""
        return min(max(self.after, timedelta(0)), LONGEST_PAUSE)


class Delivery(ABC):
    """A way out.  It keeps nothing and decides nothing: retries are the caller's."""

    place: str = ""
    """Where it delivers to, for a person.  It holds no secret."""
    at_once: int = 1
    """How many letters it takes at once.  Those are of unknown fate together where the program is
    killed: more than one is for places where handing over takes no time.
    """
    repeatable: bool = False
    """Whether a letter that is handed over twice arrives once, so that one of unknown fate may
    simply be handed over again.
    """

    @property
    def key(self) -> str:
        """Tells it from all other ways, also from one to the same place; it holds no secret."""
        return self.place

    @abstractmethod
    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        """One outcome for each letter, in their order.

        Nothing that a letter holds or the other side does is raised.  A letter that is handed over
        again is recognizably the same: it bears the same identity (Message-ID, file name, key).
        """

    def way(self, channel: str) -> Delivery:
        """The delivery that the letters of a channel go by, each time the same one; another one
        where this one only shows the way.
        """
        return self

    def carries(self, channel: str) -> bool:
        """Whether it has a way for the letters of a channel."""
        return True

    def rest(self) -> None:  # noqa: B027 - most hold nothing open
        """Nothing waits now: what is held open may be let go."""
