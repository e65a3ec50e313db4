"""What the engine has to tell a person: notices, and arrivals that were refused."""

from __future__ import annotations

import json
from typing import NamedTuple

from flowlang.engine.arrivals import REACTIONS
from flowlang.stores.rows import ArrivalRow, NoticeRow
from flowlang.stores.store import Store

NAME = "inbox"
"""Under which name the store keeps what was cleared away."""
_REFUSED = 100_000
"""Arrivals that were refused: as many are looked at."""


class Seen(NamedTuple):
    """Up to where someone has read: the last notice, the last arrival."""

    notices: int = 0
    arrivals: int = 0


class Inbox(NamedTuple):
    """The latest ones of each kind, in the order in which they came."""

    notices: list[NoticeRow]
    refused: list[ArrivalRow]


def look(store: Store, seen: Seen, limit: int) -> Inbox:
    """What has come since, at most so many of each kind.  Raises StoreError."""
    refused = [
        one
        for one in store.arrivals("refused", _REFUSED)
        if one.seq > seen.arrivals and one.type not in REACTIONS  # a notice counts these
    ]
    refused.sort(key=lambda one: one.seq)
    return Inbox(store.notices(limit, seen.notices), refused[-limit:])


def cleared(store: Store) -> Seen:
    """Up to where it was cleared away.  Raises StoreError."""
    text = store.value(NAME)
    return Seen(**json.loads(text)) if text else Seen()
