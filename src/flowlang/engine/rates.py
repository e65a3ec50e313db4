"""So many letters to one domain in a time: a bucket of tokens for each, on the clock handed in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flowlang.delivery.settings import Rate
from flowlang.stores.rows import Changes
from flowlang.stores.store import Store

NAME = "rate"
"""Under which name the store keeps the rate that letters wait by."""
_AT_ONCE = 1_000
"""Letters that are released in one transaction."""

_BURST = 6
"""A full bucket holds a sixth of what may go in the whole time."""
_KEPT = 10_000
"""Domains that are remembered; past it, those whose buckets are full are forgotten."""
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = timedelta(days=1)
"""Who would have to wait longer asks again then; so all who wait go on in their order."""


@dataclass(slots=True)
class _Bucket:
    full: datetime
    """When it will be full again, if nothing goes until then."""
    line_ends: datetime
    """When the last of those who wait may expect a token."""
    seen: datetime
    """When it was last asked."""


def only_so_many(domain: str) -> str:
    """Why a letter has to wait for others to its domain."""
    return f"it waits for its turn: only so many go to {domain} at once"


def deal_anew(store: Store, rate: Rate | None, now: datetime) -> None:
    """Where the rate is another one than before, letters that wait for their turn may go at once:
    they would wait for one that was reckoned by the old rate.

    So many at a time, each a transaction: who is killed between them does the rest the next time.
    Raises StoreError.
    """
    known = store.value(NAME) or ""
    said = json.dumps([rate.count, rate.per.total_seconds()]) if rate is not None else ""
    if said != known:
        while store.release_letters("email", now, _AT_ONCE):
            pass
        store.save(Changes(values={NAME: said}))


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
        # But no further than anybody can reckon: how fast it goes may be another by then.
        bucket.line_ends = min(max(free, bucket.line_ends + self._each), now + _LONGEST)
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
