"""Tests and simulations on the server's side; nothing leaves the machine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flowlang.engine.files import FileFailure
from flowlang.engine.play import Play
from flowlang.engine.simulate import Simulation
from flowlang.engine.testing import Result, Script
from flowlang.figures.files import InputFiles
from flowlang.intake import schemas
from flowlang.intake.events import Arrival, read_events
from flowlang.program.program import Program
from flowlang.workspace import Workspace

CONTACTS = ("contacts.csv", "contacts.jsonl")
"""The files of a workspace that a simulation takes its contacts from."""
EVENTS = "events.jsonl"
"""The file that says what happens to them, if it is there."""


def contacts_file(workspace: Workspace) -> Path | None:
    """The file whose contacts a simulation would take, None where there is none."""
    return next((p for name in CONTACTS if (p := workspace.root / name).is_file()), None)


def simulated(
    workspace: Workspace, program: Program, contacts: Path, today: datetime
) -> tuple[dict[str, Any], int]:
    """What comes of the contacts and events beside a campaign: the counts of `flow simulate`, and
    how many rows and events could not be taken.

    It begins at the first event, or at `today`.  Raises FileFailure, OSError.
    """
    files, zone = InputFiles(workspace.root, program), program.config.timezone
    rows = files.contacts(contacts)
    wrong = sum(problem.severity == "error" for problem in rows.problems)
    arrivals: tuple[Arrival, ...] = ()
    events_file = workspace.root / EVENTS
    if events_file.is_file():
        known = schemas.event_schema(program)
        events = read_events(events_file.read_bytes(), known, zone, name=EVENTS)
        arrivals = events.arrivals
        wrong += sum(problem.severity == "error" for problem in events.problems)
    start = min((one.at for one in arrivals), default=today)
    simulation = Simulation(program, start, files=files)
    simulation.run(rows.rows, codes_of(workspace, program), arrivals)
    return simulation.counts(), wrong + len(simulation.refused)


def codes_of(workspace: Workspace, program: Program) -> dict[str, tuple[str, ...]]:
    """The codes that coupon lists hold by their files; none for a file that cannot be read."""
    files = InputFiles(workspace.root, program)
    found: dict[str, tuple[str, ...]] = {}
    for name, coupons in program.names.coupons.items():
        if coupons.path is not None:
            try:
                found[name] = files.codes(coupons.path).codes
            except FileFailure:
                continue
    return found


def played(workspace: Workspace, program: Program, script: Script) -> tuple[Result, Play]:
    """How a test went, and the play in which it did."""
    plays: list[Play] = []

    def stage(program: Program, codes: dict[str, tuple[str, ...]]) -> Play:
        plays.append(Play.of(program, codes))
        return plays[-1]

    result = script.run(program, codes_of(workspace, program), stage)
    return result, plays[0]
