"""The timeline of one stretch over a store: as far as a horizon, with the contacts at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flowlang.contact import Contact
from flowlang.engine.beside import Alone
from flowlang.engine.files import Files
from flowlang.engine.interpreter import next_due
from flowlang.engine.processes import Identity
from flowlang.engine.timeline import Timeline
from flowlang.engine.world import World
from flowlang.intake.contacts import ContactRows
from flowlang.intake.problem import Problem
from flowlang.program.program import Program

Horizon = tuple[datetime, float]
"""How far to go: a moment, and at that moment the place in the order of those who wait."""


Admit = Callable[[ContactRows, str, Identity, datetime], list[Problem]]
"""Takes the contacts of a file: what was read, the file, the import's process, the moment; gives
why rows were left out after all.
"""


class BatchTimeline(Timeline):
    """A timeline that goes as far as a horizon, without schedules.

    It stops where all contacts have to be asked: they are not all at hand.
    """

    def __init__(
        self,
        program: Program,
        world: World,
        horizon: Horizon,
        files: Files | None,
        admit: Admit,
        *,
        beside: bool,
    ) -> None:
        self.horizon = horizon
        self.beside = beside
        self.admit = admit
        self.touched: set[str] = set()
        """Contacts to whom anything happened, or of whom anything was noted."""
        self.zones: dict[str, tuple[ZoneInfo, datetime]] = {}
        super().__init__(program, world, files)

    def follow(self) -> None:
        self.heed()

    def heed(self) -> None:
        if self.beside and (self.world.system_events or self.sweeps):
            raise Alone  # the system is not at hand
        super().heed()

    def import_rows(self, found: ContactRows, source: str, process: Identity) -> list[Problem]:
        assert self.now is not None
        return self.admit(found, source, process, self.now)

    def _schedule_zone(self, zone: ZoneInfo, since: datetime) -> None:
        self.zones.setdefault(zone.key, (zone, since))

    def settle(self, contact: Contact) -> None:
        if self.now is not None:
            self.touched.add(contact.id)
            contact.clock = contact.not_before(self.now)
        found = next_due(contact)
        if found is None or (found[0], found[1]) <= self.horizon:
            super().settle(contact)
            return
        self._drop_what_is_over()
        if self.program.scheduled:
            self._watch_zone(contact)
