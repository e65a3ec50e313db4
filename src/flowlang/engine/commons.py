"""What contacts share and a store keeps as a whole: processes, caps, tests under way, counts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from flowlang.engine import shared_caps
from flowlang.engine.processes import Identity, Process
from flowlang.engine.shared_caps import CapName, SharedCap
from flowlang.engine.world import Experiment, World
from flowlang.program.program import Program
from flowlang.stores.rows import Changes, ProcessRow, ProgressRow, Shared, TrialRow
from flowlang.stores.store import Store

_TEST = "test"
_APART = "\x1f"
"""Stands between parts of a name; no database takes a null byte in a text."""
_COUNTERS = ("started", "finished", "stopped", "measured")

Key = tuple[str, str]
"""Of a test: its campaign and its step."""


class Commons:
    """Puts what is shared into a world, and tells what has become of it there."""

    def __init__(self, world: World, shared: Shared) -> None:
        self._world = world
        self._before = shared
        self._members: dict[Key, dict[str, int]] = {}
        self._counted: dict[Key, set[str]] = {}
        for row in shared.processes:
            world.processes.add(as_process(row))
        world.recent = shared_caps.read(shared.values.get(shared_caps.NAME), world.program)
        tests = [name for name in shared.values if name.startswith(_TEST + _APART)]
        known = _known_tests(world.program) if tests else ()
        for name in tests:
            _, campaign, step = name.split(_APART)
            if (campaign, step) in known:  # nobody is at one whose step is gone
                world.experiments[campaign, step] = _experiment(shared.values[name])

    def take_branches(self, store: Store, contacts: Collection[str]) -> None:
        """Which branches of the tests under way these contacts got."""
        for trial in store.trials(contacts) if self._world.experiments else ():
            key = (trial.campaign, trial.step)
            found = self._world.experiments.get(key)
            if found is None:
                continue
            member = "\0".join((trial.contact, *trial.member.split(_APART)))
            found.members[member] = self._members.setdefault(key, {})[member] = trial.branch
            if trial.counted:
                found.counted.add(member)
                self._counted.setdefault(key, set()).add(member)

    def give(self, changes: Changes, caps: Mapping[CapName, SharedCap]) -> None:
        """Add what has changed; `caps` are those over all contacts."""
        world, before = self._world, self._before
        known = {row.number: row for row in before.processes}
        for process in world.processes:
            row = as_row(process)
            old = known.get(row.number)
            if old is None or _standing(old) != _standing(row):
                changes.processes.append(row)
            if old is not None:
                changes.progress += _progress(old, row)
        for kind in _COUNTERS:
            for name, amount in getattr(world, kind).items():
                changes.counters[counter(kind, name)] = amount
        for (kind, name), amount in world.reactions.items():
            if amount:
                changes.counters[counter(kind, name)] = amount
        for name, pool in world.pools.items():
            if pool.fallback:
                changes.counters[counter("fallback", name)] = pool.fallback
        values = {}
        if world.recent:
            values[shared_caps.NAME] = shared_caps.write(world.recent, caps)
        for key, experiment in world.experiments.items():
            values[_APART.join((_TEST, *key))] = _text(experiment)
            changes.trials += self._trials(key, experiment)
        changes.values.update(
            {name: text for name, text in values.items() if before.values.get(name) != text}
        )

    def _trials(self, key: Key, experiment: Experiment) -> list[TrialRow]:
        """The members who are new in a test, or newly counted."""
        members, counted = self._members.get(key, {}), self._counted.get(key, set())
        rows = []
        for member, branch in experiment.members.items():
            counts = member in experiment.counted
            if members.get(member) != branch or counts != (member in counted):
                contact, *rest = member.split("\0")
                rows.append(TrialRow(contact, *key, _APART.join(rest), branch, counts))
        return rows


def _known_tests(program: Program) -> set[Key]:
    """Those of the program, and of the earlier versions that some runs have stayed on."""
    every = (*program.by_name.values(), *program.earlier.values())
    return {(one.name, test.where.id) for one in every for test in one.experiments}


def _standing(row: ProcessRow) -> ProcessRow:
    """A process without its progress."""
    return replace(row, done=0, failed=0, skipped={})


def _progress(old: ProcessRow, new: ProcessRow) -> list[ProgressRow]:
    """By how much a process has got on: it adds up, whoever of several workers adds."""
    grown = new.progress
    grown.subtract(old.progress)
    return [ProgressRow(new.number, what, by) for what, by in sorted(grown.items()) if by]


def counter(what: str, name: str) -> str:
    """What the store calls the number of times that something happened to what has a name."""
    return f"{what}{_APART}{name}"


def by_kind(counters: dict[str, int]) -> dict[str, Counter[str]]:
    """The counters of a store: by what happened, how often to what has which name.

    To a campaign: `started`, `finished`, `stopped`; to a measure: `measured`; to a message:
    `opened`, `clicked`, `bounced`, `complained`, `unsubscribed`; to a coupon list: `fallback`.
    """
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for key, amount in counters.items():
        what, _, name = key.partition(_APART)
        found[what][name] = amount
    return found


def as_process(row: ProcessRow) -> Process:
    """As the store keeps it, for the engine."""
    return Process(
        Identity(row.type, row.name, row.by, row.key),  # type: ignore[arg-type] # one of ours
        row.number, row.status,  # type: ignore[arg-type] # as above
        row.audience, row.done, row.failed, Counter(row.skipped), row.because, row.who,
        row.since, row.started, row.ended,
    )  # fmt: skip


def as_row(process: Process) -> ProcessRow:
    """As the store keeps it."""
    return ProcessRow(
        *process.identity, process.number, process.status, process.audience, process.done,
        process.failed, dict(process.skipped), process.because, process.who, process.since,
        process.started, process.ended,
    )  # fmt: skip


def _experiment(text: str) -> Experiment:
    data = json.loads(text)
    return replace(
        Experiment(datetime.fromisoformat(data["ends"]), data["assigned"], data["won"]),
        winner=data["winner"],
    )


def _text(experiment: Experiment) -> str:
    names = ("assigned", "won", "winner")
    data = {name: getattr(experiment, name) for name in names}
    return json.dumps({"ends": experiment.ends.isoformat(), **data})
