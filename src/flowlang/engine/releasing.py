"""Who goes on after a person has let a process go on, or has cancelled it.

To go on is to fall due: each contact is asked whether it does, and all go on in the order in which
they came due, one after the other, however many they are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from flowlang.contact import Contact, Run
from flowlang.engine.admission import as_text, from_text
from flowlang.engine.processes import Identity, of_send
from flowlang.program.program import Campaign, Program


@dataclass(frozen=True, slots=True)
class Release:
    """Which runs fall due after what a person has done."""

    process: Identity | None = None
    message: str = ""
    """Those who are halted at this message go on: in the process, else in any campaign."""
    halted: bool = False
    """Of the process, only those."""
    everyone: bool = False
    """Also those who wait for a window, or for their turn in a group send: it is cancelled."""
    overdue: bool = False
    paused_at: datetime | None = None
    """Of a group send that goes on: its turns are as much later as it was paused."""

    def write(self) -> str:
        """As JSON text."""
        return as_text({one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def read(cls, text: str) -> Release:
        """From what `write` gave."""
        data = from_text(text)
        process = data.pop("process")
        return cls(Identity(*process) if process is not None else None, **data)


def campaigns_of(program: Program, release: Release) -> Collection[str]:
    """The campaigns whose runs may go on."""
    identity, every = release.process, (*program.by_name.values(), *program.earlier.values())
    if identity is None:
        return {one.name for one in every if _sends(one, release.message)}
    if identity.type == "campaign":
        return [identity.name]
    if identity.type == "message send":
        return [identity.by]
    return {
        one.name for one in every if one.group_send == identity.by and _sends(one, identity.name)
    }


def _sends(campaign: Campaign, message: str) -> bool:
    return any(
        getattr(getattr(one, "message", None), "name", "") == message
        for one in campaign.instructions
    )


def let_go(contact: Contact, release: Release, program: Program, now: datetime) -> bool:
    """Let the runs of a contact that go on fall due; gives whether there were any."""
    found = False
    for run in contact.runs.values():
        if run.under_way and _concerns(program, run, release):
            found |= _fall_due(run, release, now)
    return found


def _concerns(program: Program, run: Run, release: Release) -> bool:
    identity = release.process
    if release.halted and run.status != "halted":
        return False
    if identity is None:
        return run.status == "halted" and run.wait.get("message") == release.message
    if identity.type == "campaign":
        return run.campaign == identity.name
    campaign = program.campaign_of(run)
    if identity.type == "group send":
        return of_send(identity.name, campaign, run.key) == identity and _sends(
            campaign, identity.name
        )
    return at_send(program, run) == identity.name and run.campaign == identity.by


def at_send(program: Program, run: Run) -> str:
    """The message at whose send a run stands, empty where it stands elsewhere."""
    instructions = program.campaign_of(run).instructions
    if not run.under_way or run.pc >= len(instructions):
        return ""
    return getattr(getattr(instructions[run.pc], "message", None), "name", "")


def _fall_due(run: Run, release: Release, now: datetime) -> bool:
    if run.status == "halted":
        if not release.message or run.wait.get("message") != release.message:
            return False
        run.due = now
    elif run.held:
        if release.overdue:
            run.wait["overdue"] = True
        run.due = now
        if release.paused_at is not None and run.wait["held"] == "before":
            run.due = max(now, now + (run.since - release.paused_at))
    elif release.everyone:
        run.due = now
    elif release.paused_at is not None and run.due is not None and not run.wait.get("queued"):
        run.due += now - release.paused_at
    else:
        return False
    return True
