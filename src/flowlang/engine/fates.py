"""What is noted of a letter that was handed over: that it is through, or when it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from flowlang.delivery.delivery import Outcome
from flowlang.stores.rows import LetterFate, LetterRow

BACK_OFF = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
"""Seconds until the next try; the last one holds for all that follow."""
GIVE_UP = timedelta(days=2)
"""After so long a letter that is tried again and again has failed, where nothing else is said."""


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries and one more."""
    return timedelta(seconds=BACK_OFF[min(tries, len(BACK_OFF) - 1)])


def fate(
    row: LetterRow,
    outcome: Outcome,
    now: datetime,
    *,
    again: bool,
    give_up_after: timedelta,
    down: bool = False,
) -> LetterFate:
    """The fate of a letter, as it was claimed; `again`: an unknown outcome may be repeated.

    Its tries alone say how old they are, by the pauses between them: so time in which it was not
    its turn, or its way was known to be `down`, is not counted against it.
    """
    identity, reason = row.letter.id, outcome.reason
    match outcome.status:
        case "delivered":
            return LetterFate(identity, "handed over", now)
        case "failed" | "bounced":
            return LetterFate(identity, "failed", now, reason)
        case "unknown" if not again:
            return LetterFate(
                identity, "unknown", now, reason or "nobody can tell whether it arrived"
            )
    if outcome.status == "down" and not row.tries:
        return LetterFate(identity, "queued", row.since, reason)  # in its place
    if outcome.status == "down" and down:
        # It may be why: another one tries next.
        return LetterFate(identity, "queued", now + pause_after(1), reason, row.tries)
    waited = sum((pause_after(number) for number in range(row.tries)), timedelta(0))
    pause = pause_after(row.tries)
    if waited + pause > give_up_after:
        given_up = f"given up after {row.tries + 1} tries"
        return LetterFate(identity, "failed", now, f"{given_up}: {reason}".rstrip(": "))
    return LetterFate(identity, "queued", now + max(pause, outcome.pause), reason)
