"""The processes of a store as people look at them: status, progress, who waits, and why."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flowlang.engine.commons import as_process
from flowlang.engine.processes import Process
from flowlang.stores.store import Store


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
    version: str = ""
    """Of a campaign: the version that runs."""

    @property
    def of(self) -> int:
        """How many there are to do, as far as that is known."""
        known = self.process.past + self.waiting
        return known if self.process.audience is None else max(known, self.process.audience)

    def data(self) -> dict[str, Any]:
        """As JSON for other programs."""
        process = self.process
        found: dict[str, Any] = {
            "number": process.number, "type": process.identity.type, "name": process.name,
            "by": process.identity.by, "status": process.status, "done": process.done,
            "skipped": sum(process.skipped.values()), "failed": process.failed, "of": self.of,
            "waiting": self.waiting, "held": self.held, "halted": self.halted,
            "reasons": dict(sorted(process.skipped.items())), "because": process.because,
            "who": process.who,
        }  # fmt: skip
        for name in ("since", "started", "ended"):
            at: datetime | None = getattr(process, name)
            found[name] = None if at is None else at.isoformat().replace("+00:00", "Z")
        if self.version:
            found["version"] = self.version
        return found


def overview(store: Store) -> list[View]:
    """All processes, by number."""
    with store.transaction():
        return views(store)


def views(store: Store) -> list[View]:
    """The same, for who has begun a transaction already, or does not want to wait for one."""
    rows, at_sends = store.processes(), store.at_sends()
    standing, program = store.standing(), store.program()
    sends = _Standing(at_sends)
    campaigns = _campaigns(standing)
    versions = json.loads(program)["campaigns"] if program else {}
    found = []
    for process in map(as_process, rows):
        if process.identity.type == "campaign":
            ended, under_way = campaigns.get(process.name, (0, 0))
            process.done = ended
            held = sends.held[process.name]
            found.append(View(process, under_way, held, version=versions.get(process.name, "")))
        elif process.identity.type == "message send":
            found.append(_send(process, [process.identity.by], sends))
        elif process.identity.type == "group send":
            others = [name for name in sends.campaigns if name not in versions]
            view = _send(process, others, sends)
            found.append(replace(view, waiting=_left(process), held=0))
        else:
            found.append(View(process, _left(process)))
    return found


class _Standing:
    """Who stands at sends, and who is held, counted."""

    def __init__(self, rows: list[tuple[str, str, str, int]]) -> None:
        self.at: Counter[tuple[str, str, str]] = Counter()
        """By campaign, message and status."""
        self.held: Counter[str] = Counter()
        """By campaign."""
        self.campaigns = {row[0] for row in rows}
        for campaign, message, status, count in rows:
            self.at[campaign, message, status] += count
            if status == "held":
                self.held[campaign] += count


def _left(process: Process) -> int:
    """With how many a process whose audience is fixed is not through."""
    return max((process.audience or 0) - process.past, 0) if process.ended is None else 0


def _send(process: Process, campaigns: list[str], standing: _Standing) -> View:
    waiting, held, halted = (
        sum(standing.at[campaign, process.name, status] for campaign in campaigns)
        for status in ("waiting", "held", "halted")
    )
    if halted == 0 and process.status == "halted":
        process.go_on()  # a send is halted only while someone waits for it
    return View(process, waiting + held + halted, held, halted)


def _campaigns(standing: list[tuple[str, str, str, int]]) -> dict[str, tuple[int, int]]:
    """How many runs of each campaign have ended, and how many are under way."""
    found: dict[str, tuple[int, int]] = {}
    for campaign, status, _, count in standing:
        ended, under_way = found.get(campaign, (0, 0))
        if status in ("waiting", "halted", "running"):
            under_way += count
        else:
            ended += count
        found[campaign] = ended, under_way
    return found
