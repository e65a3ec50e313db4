"""A change to a contact: what every campaign is checked against."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

_NO_DATA: dict[str, Any] = {}
_NO_FIELDS: dict[str, tuple[Any, Any]] = {}
NONE: frozenset[Any] = frozenset()


class Change(NamedTuple):
    """One trigger."""

    text: str
    """In words, for the history: `tag "webinar"`."""
    at: datetime
    seq: int
    """Its place in the order of what happened to the contact."""
    event: str = ""
    """The name of the event, where it is one."""
    data: dict[str, Any] = _NO_DATA
    fields: dict[str, tuple[Any, Any]] = _NO_FIELDS
    """Fields that it changed: from what, to what."""
    ancestry: frozenset[str] = NONE
    """The campaigns that led to it in this instant: it starts none of them."""
    held: frozenset[tuple[str, int]] = NONE
    """Starts `as soon as` whose condition held before it."""
    starts: str = ""
    """Not a change at all: a step that starts this campaign."""
