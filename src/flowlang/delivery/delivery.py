"""What every delivery does: hand letters over, and say of each what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from flowlang.contact import Letter

Status = Literal["delivered", "retry", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one letter.

    `delivered`: the other side has it.  `retry`: it has it not, and may take it later.  `failed`:
    it will never take it.  `unknown`: nobody can tell whether it has it.
    """

    id: str
    """The letter's."""
    status: Status
    reason: str = ""
    """Why it was not delivered, for a person; empty where it was."""


class Delivery(Protocol):
    """A way out.  It keeps nothing and decides nothing: retries are the caller's."""

    def hand_over(self, letters: Sequence[Letter]) -> list[Outcome]:
        """One outcome for each letter, in their order.

        Nothing that a letter holds or the other side does is raised.  A letter that is handed over
        again is recognizably the same: it bears the same identity (Message-ID, file name, key).
        """
        ...
