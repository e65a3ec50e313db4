"""So many letters to one domain in a time: a bucket of tokens for each, on the clock handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flowlang.delivery.settings import Rate

_BURST = 6
"""A full bucket holds a sixth of what may go in the whole time."""
_KEPT = 10_000
"""Domains that are remembered; past it, those whose buckets are full are forgotten."""
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class _Bucket:
    full: datetime
    """When it will be full again, if nothing goes until then."""
    line_ends: datetime
    """When the last of those who wait may expect a token."""
    seen: datetime
    """When it was last asked."""


TURN = "it waits for its turn: "
"""Begins what is said of a letter that has to wait for others to its domain."""


class Rates:
    """Who may go now, and when the others may expect to.

    In any time of the rate's length at most as many go as it says: what a full bucket holds, and
    what flows into it meanwhile, are that together.
    """

    def __init__(self, rate: Rate) -> None:
        holds = max(1, rate.count // _BURST)
        flows = rate.count - holds + 1
        self._each = -(-rate.per // (flows * _MICROSECOND)) * _MICROSECOND
        """The time in which one token flows in."""
        self._reserve = self._each * (holds - 1)
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, domain: str, now: datetime) -> datetime | None:
        """None where one letter may go now, which is counted; else when it may ask again."""
        bucket = self._bucket(domain, now)
        free = bucket.full - self._reserve
        if free <= now:
            bucket.full = max(bucket.full, now) + self._each
            return None
        # Those who wait are spread over the time to come: they would all ask again at once.
        bucket.line_ends = max(free, bucket.line_ends + self._each)
        return bucket.line_ends

    def _bucket(self, domain: str, now: datetime) -> _Bucket:
        bucket = self._buckets.get(domain)
        if bucket is None:
            if len(self._buckets) >= _KEPT:
                self._buckets = {
                    name: one
                    for name, one in self._buckets.items()
                    if max(one.full, one.line_ends) > now
                }
            bucket = self._buckets[domain] = _Bucket(now, now, now)
        elif now < bucket.seen:  # the clock was put back
            bucket.full = min(bucket.full, now + self._reserve + self._each)
            bucket.line_ends = now
        bucket.seen = now
        return bucket
