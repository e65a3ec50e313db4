"""What the sends of campaigns came to, told to a person (S3.8).

All that one campaign sends of one message at one instant is one result: the mails of a birthday
morning are told in one line, with their numbers.  It is told when the clock moves on; where someone
looks before, what is told then grows with what follows at the same instant.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from flowlang.engine.processes import Identity, Process
from flowlang.engine.telling import reason, say
from flowlang.engine.world import Notice, World
from flowlang.program.program import Campaign, Program

NAME = "results"
"""Under which name the store keeps them."""

Told = tuple[int, int, dict[str, int]]
"""How many sends of a process were done, failed, and skipped by reason, when it was last told."""


@dataclass(slots=True)
class Results:
    """The results of those campaigns that report."""

    world: World
    report_to: dict[str, str]
    """By campaign: an address, or `inbox`."""
    at: datetime | None = None
    """When something last happened."""
    told: dict[Identity, Told] = field(default_factory=dict)
    _growing: dict[Identity, tuple[Told, Notice]] = field(default_factory=dict)
    """What was told at this instant, with how it stood before."""

    @classmethod
    def of(cls, program: Program, world: World) -> Results | None:
        """None where no campaign reports."""
        found = {one.name: to for one in program.campaigns if (to := _report_to(one, program))}
        return cls(world, found) if found else None

    def move(self, at: datetime) -> None:
        """The clock moves: what the instant before came to is told."""
        if self.at is not None and at > self.at:
            self.tell()
            self._growing.clear()
        if self.at is None or at > self.at:
            self.at = at

    def tell(self) -> None:
        """Tell what has not been told."""
        for process in self._reported():
            if self.at is not None and self.told.get(process.identity) != _now(process):
                self._tell(process, self.at)
            self.told[process.identity] = _now(process)

    def _tell(self, process: Process, at: datetime) -> None:
        before, notice = self.told.get(process.identity, (0, 0, {})), None
        if process.identity in self._growing:
            before, notice = self._growing[process.identity]
        done, failed, skipped = before
        more = Counter(process.skipped)
        more.subtract(skipped)
        language = self.world.program.language
        result = in_words(language, process.done - done, more, process.failed - failed)
        if not result:
            return
        campaign = process.identity.by
        text = say(
            language, "result-of-campaign", message=process.name, campaign=campaign, result=result
        )
        if notice is None:
            to = self.report_to[campaign]
            self._growing[process.identity] = before, report(self.world, to, text, at)
        else:
            notice.text = text

    @property
    def pending(self) -> bool:
        """There is something to tell."""
        return any(
            self.told.get(process.identity, (0, 0, {})) != _now(process)
            for process in self._reported()
        )

    def _reported(self) -> list[Process]:
        return [
            one
            for one in self.world.processes
            if one.identity.type == "message send" and one.identity.by in self.report_to
        ]

    # ------------------------------------------------------------------ as text

    def write(self) -> str:
        """As JSON text."""
        for process in self._reported():
            self.told.setdefault(process.identity, (0, 0, {}))
        told = [[list(identity), *numbers] for identity, numbers in self.told.items()]
        at = None if self.at is None else self.at.isoformat()
        return json.dumps({"at": at, "told": told}, ensure_ascii=False)

    def read(self, text: str | None) -> None:
        """Take what `write` gave; what was sent before anyone asked for results is not told."""
        data = json.loads(text) if text else {"at": None, "told": []}
        self.at = None if data["at"] is None else datetime.fromisoformat(data["at"])
        self.told = {
            Identity(*identity): (done, failed, skipped)
            for identity, done, failed, skipped in data["told"]
        }
        for process in self._reported():
            self.told.setdefault(process.identity, _now(process))


def _now(process: Process) -> Told:
    return process.done, process.failed, dict(process.skipped)


def _report_to(campaign: Campaign, program: Program) -> str:
    """Who is told what a campaign's sends came to; empty for nobody.

    Without `report to` the inbox is told where an event that concerns many sets the sends off: of
    what each single contact does it would be flooded.
    """
    if campaign.report_to:
        return campaign.report_to
    events = program.names.events
    for start in campaign.starts:
        event = events.get(start.event.event) if start.event is not None else None
        if event is not None and event.audience is not None:
            return "inbox"
    return ""


def in_words(language: str, done: int, skipped: Counter[str], failed: int) -> str:
    """What became of sends, in words; empty where nothing did."""
    parts = [say(language, "sent", count=done)] if done > 0 else []
    parts += [
        say(language, "skipped", count=count, reason=reason(language, because))
        for because, count in sorted(skipped.items())
        if count > 0
    ]
    parts += [say(language, "failed", count=failed)] if failed > 0 else []
    return ", ".join(parts)


def report(world: World, to: str, text: str, at: datetime) -> Notice:
    """Tell a result: by mail where an address is given, else in the inbox."""
    notice = Notice(at, to or "inbox", text)
    world.reported.append(notice)
    world.notices.append(notice)
    return notice
