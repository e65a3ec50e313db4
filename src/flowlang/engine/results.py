"""What the sends of campaigns came to, told to a person (S3.8).

All that one campaign sends of one message at one instant is one result: the mails of a birthday
morning are told in one line, with their numbers.  It is told when the clock moves on; where someone
looks before, what is told then grows with what follows at the same instant.

Over a store what is to be told is counted by instant, and adds up, whoever of several workers
counts; it is told by one who is alone, once nobody is left to whom that instant has yet to come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flowlang.engine.processes import Identity, Process
from flowlang.engine.telling import reason, say
from flowlang.engine.world import Notice, World
from flowlang.program.program import Campaign, Program
from flowlang.stores.rows import SKIPPED, Changes

Amounts = Counter[str]
"""How many were `done`, `failed`, or, behind SKIPPED, left out for a reason; less than none where
what was done counts otherwise since.
"""
Standing = tuple[int, int, dict[str, int]]
"""How many sends of a process were done, failed, and skipped by reason."""
Of = tuple[datetime, Identity]
"""At which instant, by which process."""

MANY = 1_000
"""So many amounts wait at most to be told before some worker takes the time."""
_RESULT, _APART = "result", "\x1f"
"""How a store calls the amounts that are to be told: this, the instant, message, campaign, what."""


@dataclass(slots=True)
class Results:
    """The results of those campaigns that report."""

    world: World
    report_to: dict[str, str]
    """By campaign: an address, or `inbox`."""
    tells: bool = True
    """It tells them when the clock moves on; else somebody else does."""
    at: datetime | None = None
    """When something last happened."""
    untold: dict[Of, Amounts] = field(default_factory=dict)
    _stood: dict[Identity, Standing] = field(default_factory=dict)
    """How processes stood when they were looked at last."""
    _stored: dict[Of, Amounts] = field(default_factory=dict)
    """What the store has of that which was not told when this began."""
    _growing: dict[Of, tuple[Amounts, Notice]] = field(default_factory=dict)
    """What was told at this instant, with its amounts."""

    @classmethod
    def of(cls, program: Program, world: World) -> Results | None:
        """None where no campaign reports."""
        found = {one.name: to for one in program.campaigns if (to := _report_to(one, program))}
        return cls(world, found) if found else None

    def move(self, at: datetime) -> None:
        """The clock moves: what the instants before came to is told."""
        if self.at is not None and at <= self.at:
            return
        self._look()
        self.at = at
        if self.tells:
            self._tell(before=at)
        self._growing.clear()

    def tell(self) -> None:
        """Tell all that has not been told."""
        self._look()
        self._tell()

    def _look(self) -> None:
        """What the sends of this instant have come to since it was looked at last."""
        if self.at is None:
            return
        for process in self.world.processes:
            identity = process.identity
            if identity.type != "message send" or identity.by not in self.report_to:
                continue
            now, before = _standing(process), self._stood.get(identity, _NOTHING)
            if now != before:
                amounts = self.untold.setdefault((self.at, identity), Counter())
                amounts.update(_counted(now))
                amounts.subtract(_counted(before))
                self._stood[identity] = now

    def _tell(self, before: datetime | None = None) -> None:
        found = [one for one in self.untold if before is None or one[0] < before]
        if not found:
            return
        order = {one.identity: place for place, one in enumerate(self.world.processes)}
        for at, identity in sorted(found, key=lambda one: (one[0], order.get(one[1], len(order)))):
            amounts = self.untold.pop((at, identity))
            if identity.by in self.report_to:  # it may do so no more
                self._say(at, identity, amounts)

    def _say(self, at: datetime, identity: Identity, amounts: Amounts) -> None:
        told, notice = self._growing.get((at, identity), (Counter(), None))
        amounts.update(told)
        language, campaign = self.world.program.language, identity.by
        result = in_words(language, amounts["done"], _skipped(amounts), amounts["failed"])
        if not result:
            return
        text = say(
            language, "result-of-campaign", message=identity.name, campaign=campaign, result=result
        )
        if notice is None:
            notice = report(self.world, self.report_to[campaign], text, at)
        else:
            notice.text = text
        self._growing[at, identity] = amounts, notice

    # ------------------------------------------------------------------ over a store

    def begin(self, counters: Mapping[str, int], *, tells: bool) -> None:
        """Take from a store's counters what is to be told; what was sent before anyone asked for
        results is not told.
        """
        self.tells = tells
        self._stood = {one.identity: _standing(one) for one in self.world.processes}
        for name in untold(counters) if tells else ():
            of, what = _read(name)
            self._stored.setdefault(of, Counter())[what] = counters[name]
        self.untold = {of: Counter(amounts) for of, amounts in self._stored.items()}

    def give(self, changes: Changes) -> None:
        """Add to what a stretch has changed what is to be told later, and take away what it has
        told.
        """
        self._look()
        for of, stored in self._stored.items():
            if of not in self.untold:
                changes.counters_gone += [name_of(*of, what) for what in stored]
        for of, amounts in self.untold.items():
            amounts.subtract(self._stored.get(of, ()))
            changes.counters |= {name_of(*of, what): by for what, by in amounts.items() if by}


def untold(counters: Mapping[str, int]) -> list[str]:
    """Of a store's counters, those of what is still to be told."""
    return [name for name in counters if name.startswith(_RESULT + _APART)]


def name_of(at: datetime, identity: Identity, what: str) -> str:
    """What a store calls an amount that is to be told."""
    return _APART.join((_RESULT, at.isoformat(), identity.name, identity.by, what))


def growth(process: Identity, amounts: Mapping[str, int], at: datetime) -> dict[str, int]:
    """What grows in a store's counters where letters that were sent count otherwise since."""
    if process.type != "message send":
        return {}
    return {name_of(at, process, what): by for what, by in amounts.items()}


def _read(name: str) -> tuple[Of, str]:
    _, at, message, campaign, what = name.split(_APART)
    return (datetime.fromisoformat(at), Identity("message send", message, campaign)), what


_NOTHING: Standing = (0, 0, {})


def _standing(process: Process) -> Standing:
    return process.done, process.failed, dict(process.skipped)


def _counted(standing: Standing) -> Amounts:
    done, failed, skipped = standing
    return Counter(
        {"done": done, "failed": failed} | {SKIPPED + why: count for why, count in skipped.items()}
    )


def _skipped(amounts: Amounts) -> Counter[str]:
    """By reason."""
    found = {what: count for what, count in amounts.items() if what.startswith(SKIPPED)}
    return Counter({what.removeprefix(SKIPPED): count for what, count in found.items()})


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
