"""What an expression sees when it is evaluated: one contact, one moment, one run.

An expression is checked once and becomes one function of a view; the interpreter makes the views.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from flowlang.calendar import local_date

if TYPE_CHECKING:
    from flowlang.check.names import Message
    from flowlang.contact import Contact, Run


class Surroundings(Protocol):
    """What an expression may ask about the world beyond its contact."""

    def codes_left(self, name: str) -> int: ...

    def barred(self, contact: Contact, message: Message) -> str | None: ...

    def receivable(self, view: View, message: Message) -> bool: ...


_NOTHING: dict[str, Any] = {}


class View:
    """The contact, the moment, and what the run brought along.

    `row` is the event, record or list row that a `where` filters, None outside of one.
    """

    __slots__ = ("_today", "contact", "event", "now", "row", "run", "world", "zone")

    def __init__(
        self,
        contact: Contact,
        now: datetime,
        zone: ZoneInfo,
        world: Surroundings,
        run: Run | None = None,
        event: dict[str, Any] | None = None,
    ) -> None:
        self.contact = contact
        self.now = now
        self.zone = zone
        self.world = world
        self.run = run
        self.event: dict[str, Any] = (
            event if event is not None else (run.event if run and run.event else _NOTHING)
        )
        self.row: dict[str, Any] | None = None
        self._today: date | None = None

    @property
    def last_run(self) -> datetime | None:
        """Of an automation: when it ran before."""
        return self.run.last_run if self.run is not None else None

    @property
    def today(self) -> date:
        if self._today is None:
            self._today = self.day_of(self.now)
        return self._today

    def day_of(self, moment: datetime) -> date:
        """The date of a moment in the zone; at the very ends of the calendar, in UTC."""
        try:
            return local_date(moment, self.zone)
        except OverflowError:
            return moment.date()
