"""Workers beside each other: what each may do while others are at work, and what it must not.

What belongs to contacts is theirs alone: a worker claims contacts, and does with them what it does
alone.  What contacts share is counted in a way that adds up, whoever counts first.  All else (a
queue behind a halted message, a schedule that fires, the last code of a list, the last of an
audience) has one order, and so is done by a worker who is alone: what was begun beside others is
forgotten, and done again.
"""

from __future__ import annotations

AT_WORK = 16
"""So many workers may take from one list at the same time and none of them misses its end."""
MARGIN = AT_WORK * 500
"""What they may have taken that a worker does not see yet: 500 codes each."""


class Alone(Exception):
    """What was begun cannot be done beside other workers; nothing of it may be saved."""


def must_be_far(left: int) -> None:
    """Of a number that others lower, too, so many are left.  Raises Alone near the end."""
    if left < MARGIN:
        raise Alone
