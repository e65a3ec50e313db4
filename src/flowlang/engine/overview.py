"""The processes of a store as people look at them: status, progress, who waits, and why."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flowlang.engine.admission import from_text
from flowlang.engine.commons import as_process, by_kind
from flowlang.engine.controls import VERBS, Control, Verb
from flowlang.engine.processes import Process, ProcessStatus
from flowlang.stores.store import Store

_ASKED = 1_000
"""So many things asked for are looked at."""
_UNKNOWN = 10_000
"""So many letters of unknown fate are looked at."""


@dataclass(frozen=True, slots=True)
class View:
    """One process as it stands."""

    process: Process
    waiting: int
    """How many have come to it and are not through: of a send those who stand at it, of a campaign
    its runs under way."""
    held: int = 0
    """Those of them whom a pause holds."""
    halted: int = 0
    """Those of them who wait until it is resumed, most often for a code."""
    unknown: int = 0
    """Of those done: messages of which nobody can tell whether they went out."""
    version: int = 0
    """Of a campaign that it has: the number of the version that runs."""
    asked: Verb | Literal[""] = ""
    """What a person has asked for last that the engine has not done yet; most often nothing."""

    @property
    def of(self) -> int:
        """How many there are to do, as far as that is known."""
        known = self.process.past + self.waiting
        return known if self.process.audience is None else max(known, self.process.audience)

    @property
    def is_to_come(self) -> bool:
        """Nobody has come to it yet: it is in the program, and has no number."""
        return self.process.number == 0

    @property
    def status(self) -> ProcessStatus:
        """Of the process; what is to come waits."""
        return "waiting" if self.is_to_come else self.process.status

    def data(self) -> dict[str, Any]:
        """As JSON for other programs."""
        process = self.process
        found: dict[str, Any] = {
            "number": process.number or None, "type": process.identity.type, "name": process.name,
            "by": process.identity.by, "status": self.status, "done": process.done,
            "skipped": sum(process.skipped.values()), "failed": process.failed,
            "unknown": self.unknown, "of": self.of, "waiting": self.waiting, "held": self.held,
            "halted": self.halted,
            "reasons": dict(sorted(process.skipped.items())), "because": process.because,
            "who": process.who,
        }  # fmt: skip
        for name in ("since", "started", "ended"):
            at: datetime | None = getattr(process, name)
            found[name] = None if at is None else at.isoformat().replace("+00:00", "Z")
        if self.asked:
            found["asked for"] = self.asked
        if self.version:
            found["version"] = self.version
        return found


UNDER_WAY = ("waiting", "halted")
RUN_STATUSES = ("finished", *UNDER_WAY, "waiting for restart", "stopped")


def runs(
    standing: list[tuple[str, str, str, int]], counters: dict[str, int]
) -> dict[str, Counter[str]]:
    """The runs of each campaign, of each send to a group, and of each automation, by its name: how
    many have `started`, and how many are in which of RUN_STATUSES.

    Both are read from a store, `standing` first: what ends in between is counted.

    What is over counts all there ever were, also those of contacts who have gone through again,
    were merged, or were deleted: a run that is gone with its contact has stopped.
    """
    counted = by_kind(counters)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for status in ("started", "finished", "stopped"):
        for name, count in counted[status].items():
            found[name][status] = count
    stand = (*UNDER_WAY, "waiting for restart")
    for name, status, _, count in standing:
        if status in stand:
            found[name][status] += count
    for counts in found.values():
        if counts["started"]:  # of sends to groups and automations nobody counts it
            there = counts["finished"] + sum(counts[status] for status in stand)
            counts["stopped"] = max(counts["started"] - there, 0)
    return found


def overview(store: Store) -> list[View]:
    """All processes, by number."""
    with store.transaction():
        return views(store)


def views(store: Store) -> list[View]:
    """The same, for who has begun a transaction already, or does not want to wait for one."""
    rows, at_sends = store.processes(), store.at_sends()
    standing = store.standing()
    of_campaigns, text = runs(standing, store.shared().counters), store.program()
    program: dict[str, Any] = json.loads(text) if text else {"number": 0, "campaigns": {}}
    groups = {row[0] for row in at_sends} - program["campaigns"].keys()
    sends = _Standing(at_sends, store.at_group_sends(groups) if groups else [])
    found = []
    for process in map(as_process, rows):
        if process.identity.type == "campaign":
            counts = of_campaigns.get(process.name, Counter())
            under_way = sum(counts[status] for status in UNDER_WAY)
            process.done = max(counts["started"] - under_way, 0)
            held = sends.held[process.name]
            version = program["number"] if process.name in program["campaigns"] else 0
            found.append(View(process, under_way, held, version=version))
        elif process.identity.type == "message send":
            found.append(_send(process, sends.of_campaign(process)))
        elif process.identity.type == "group send":
            view = _send(process, sends.of_group(process))
            found.append(replace(view, waiting=_left(process), held=0))
        else:
            found.append(View(process, _left(process)))
    unknown = Counter(row.letter.process for row in store.letters(["unknown"], _UNKNOWN))
    found = [
        replace(view, unknown=count) if (count := unknown[view.process.identity]) else view
        for view in found
    ]
    controls = asked_for(store)
    asked = [last_asked(view.process, controls) for view in found]
    return [
        replace(view, asked=one.verb) if one is not None else view
        for view, one in zip(found, asked, strict=True)
    ]


def asked_for(store: Store) -> list[Control]:
    """What people have asked for and the engine has not done yet, in order."""
    rows = store.arrivals("pending", _ASKED, types=VERBS)
    return [Control.of(row.type, from_text(row.data)) for row in rows]


def last_asked(process: Process, controls: list[Control]) -> Control | None:
    """The last thing that was asked for of a process."""
    halted = process.status == "halted"
    return next(
        (
            one
            for one in reversed(controls)
            if one.process == process.identity
            or (one.process is None and halted and one.message == process.name)
        ),
        None,
    )


_Counts = tuple[int, int, int]
"""Those who wait, those who are held, those who are halted."""


class _Standing:
    """Who stands at sends, and who is held, counted."""

    def __init__(
        self, rows: list[tuple[str, str, str, int]], groups: list[tuple[str, str, str, int]]
    ) -> None:
        self._at = {row[:3]: row[3] for row in rows}
        """By campaign, message and status."""
        self._groups = {row[:3]: row[3] for row in groups}
        """Of group sends, by message, key and status."""
        self.held: Counter[str] = Counter()
        """By campaign."""
        for campaign, _, status, count in rows:
            if status == "held":
                self.held[campaign] += count

    def of_campaign(self, process: Process) -> _Counts:
        """Who stands at the sends of a message by a campaign."""
        return _counts(self._at, process.identity.by, process.name)

    def of_group(self, process: Process) -> _Counts:
        """Who stands at one group send; its key tells it from the others of the message."""
        return _counts(self._groups, process.name, process.identity.key)


def _counts(among: dict[tuple[str, str, str], int], one: str, other: str) -> _Counts:
    waiting, held, halted = (
        among.get((one, other, status), 0) for status in ("waiting", "held", "halted")
    )
    return waiting, held, halted


def _left(process: Process) -> int:
    """With how many a process whose audience is fixed is not through."""
    return max((process.audience or 0) - process.past, 0) if process.ended is None else 0


def _send(process: Process, counts: _Counts) -> View:
    waiting, held, halted = counts
    if halted == 0 and process.status == "halted":
        process.go_on()  # a send is halted only while someone waits for it
    return View(process, waiting + held + halted, held, halted)
