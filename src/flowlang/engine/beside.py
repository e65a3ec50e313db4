"""Workers beside each other: what each may do while others are at work, and what it must not.

What belongs to contacts is theirs alone: a worker claims contacts, and does with them what it does
alone.  What contacts share is counted in a way that adds up, whoever counts first.  All else (a
queue behind a halted message, a schedule that fires, the last code of a list, the last of an
audience) has one order, and so is done by a worker who is alone: what was begun beside others is
forgotten, and done again.
"""

from __future__ import annotations

from collections.abc import Hashable

SHARE = 1_000
"""By so much a stretch beside others may lower a number that they lower, too."""


class Alone(Exception):
    """What was begun cannot be done beside other workers; nothing of it may be saved."""


class Peers:
    """The workers who are beside each other in a stretch, this one included.

    They are counted before anything shared is read.  So of all who are at work at a moment, the one
    who came last has counted every other; and where it finds more than a share left for each of
    them, none can bring a number to its end unseen.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._found: dict[Hashable, int] = {}

    def lower(self, what: Hashable, left: int) -> None:
        """Of a number so many are left; it is going to be lowered by at most a share, or has just
        been by one.  Raises Alone near its end, and where a share has been taken from it.
        """
        found = self._found.setdefault(what, left)
        if found <= self.workers * SHARE or found - left >= SHARE:
            raise Alone
