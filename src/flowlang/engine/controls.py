"""What a person does with a process: pause it, let it go on, cancel it.

It is decided once, from the process and the codes there are (`apply`); then each contact is asked
whether it goes on (`let_go`).  Going on is to fall due, so all go on in the order in which they
came due, one after the other, however many they are.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from flowlang.contact import Contact, Run
from flowlang.engine.arrivals import Moot, Refused
from flowlang.engine.processes import SENDS, Identity, Process, ProcessStatus, of_send
from flowlang.engine.sending import Sending
from flowlang.engine.world import World
from flowlang.intake.report import counted
from flowlang.kinds import decode, encode
from flowlang.program.program import Campaign, Program

Verb = Literal["pause", "resume", "cancel"]
VERBS: tuple[Verb, ...] = ("pause", "resume", "cancel")

_FITS: dict[tuple[Verb, str], frozenset[ProcessStatus]] = {
    ("pause", "campaign"): frozenset({"running"}),
    ("pause", "message send"): frozenset({"running", "halted"}),
    ("pause", "group send"): frozenset({"waiting", "running", "halted"}),
    ("resume", "campaign"): frozenset({"paused"}),
    ("resume", "message send"): frozenset({"halted", "paused", "cancelled"}),
    ("resume", "group send"): frozenset({"halted", "paused"}),
    ("cancel", "message send"): frozenset({"running", "halted", "paused"}),
    ("cancel", "group send"): frozenset({"waiting", "running", "halted", "paused"}),
}
"""In which statuses a process of a type takes a verb; any other is refused."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that a person does, as its arrival says it."""

    verb: Verb
    process: Identity | None = None
    message: str = ""
    """Without a process: the message whose halted sends go on, in all campaigns."""
    who: str = ""
    because: str = ""
    skip_overdue: bool = False
    """Pass over what came due meanwhile."""

    @classmethod
    def of(cls, kind: str, data: dict[str, Any]) -> Control:
        """That of an arrival.  Raises Refused where there is no such process."""
        given = data.get("process")
        if given is not None and not (
            isinstance(given, (list, tuple)) and len(given) == len(Identity._fields)
        ):
            raise Refused("there is no such process")
        return cls(
            kind,  # type: ignore[arg-type] # one of VERBS
            Identity(*given) if given is not None else None,
            data.get("message", ""),
            data.get("who", ""),
            data.get("because", ""),
            bool(data.get("skip_overdue")),
        )

    def data(self) -> dict[str, Any]:
        """As an arrival says it."""
        said = {"who": self.who, "because": self.because, "skip_overdue": self.skip_overdue}
        kept = {name: value for name, value in said.items() if value}
        if self.process is None:
            return {"message": self.message} | kept
        return {"process": list(self.process)} | kept


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
        return json.dumps(encode({one.name: getattr(self, one.name) for one in fields(self)}))

    @classmethod
    def read(cls, text: str) -> Release:
        """From what `write` gave."""
        data = decode(json.loads(text))
        process = data.pop("process")
        return cls(Identity(*process) if process is not None else None, **data)


# ---------------------------------------------------------------------- deciding


def why_not(verb: Verb, process: Process) -> str:
    """Why a process cannot be paused, resumed or cancelled now, in words; empty where it can."""
    kind, status = process.identity.type, process.status
    if status in _FITS.get((verb, kind), ()):
        return ""
    what = named(process.identity)
    if process.ended is not None:
        return f"{what} is {status}: nothing more happens"
    if kind == "campaign" and verb == "cancel":
        return f"{what} cannot be cancelled: pause it, or take it out of the program"
    if not any(kind == known for _, known in _FITS):
        return f"{what} cannot be {PAST[verb]}: it is done in one piece"
    if status == "cancelled" and verb == "pause" and kind == "message send":
        return f"{what} is cancelled: resume it first"
    if status == PAST[verb]:
        return f"{what} is {status} already"
    return f"{what} is {status}"


def is_moot(verb: Verb, process: Process) -> bool:
    """Whether a process that cannot take a verb has come where it leads, or is over."""
    if process.ended is not None or process.status == PAST[verb]:
        return True
    return verb == "resume" and process.status in ("waiting", "running")


PAST: dict[Verb, str] = {"pause": "paused", "resume": "resumed", "cancel": "cancelled"}


def named(identity: Identity) -> str:
    """A process in words: `the message send "Offer" of "Webinar"`."""
    by = f' of "{identity.by}"' if identity.by else ""
    return f'the {identity.type} "{identity.name}"{by}'


def known(world: World, identity: Identity) -> Process:
    """A process; one that nobody has come to yet may be paused beforehand.  Raises Refused."""
    found = world.processes.find(identity)
    if found is not None:
        return found
    fresh = Process(identity)
    if not possible(world.program, identity):
        raise Moot(f"{named(identity)} is over, or there is none")
    return fresh


def possible(program: Program, identity: Identity) -> bool:
    """Whether the program has the campaign, or the send, that a process would be of."""
    campaign = program.by_name.get(identity.name if identity.type == "campaign" else identity.by)
    if campaign is None or campaign not in program.campaigns:
        return False
    return identity.type == "campaign" or (
        identity.type == "message send" and identity.name in campaign.sends
    )


def apply(control: Control, world: World, sending: Sending, now: datetime) -> Release | None:
    """Take what a person does for done; gives who goes on then.  Raises Refused."""
    if control.process is None:
        return _resume_halted(control.message, world, sending)
    process = known(world, control.process)
    refusal = why_not(control.verb, process)
    if refusal and is_moot(control.verb, process):
        raise Moot(refusal)
    if refusal:
        raise Refused(refusal)
    process.started = process.started or now
    processes, because = world.processes, control.because
    processes.add(process)
    if control.verb == "pause":
        processes.interrupt(process, "paused", now, who=control.who, because=because)
        return None
    if control.verb == "cancel":
        processes.interrupt(process, "cancelled", now, who=control.who, because=because)
        return Release(process.identity, process.name, everyone=True)
    if process.status == "halted":
        return _resume_halted(process.name, world, sending, process)
    return _go_on(control, process, world, sending, now)


def _go_on(
    control: Control, process: Process, world: World, sending: Sending, now: datetime
) -> Release:
    """What was paused or cancelled goes on; where codes are missing it is halted then."""
    paused_at = process.since if process.identity.type == "group send" else None
    world.processes.release(process)
    message = ""
    if process.identity.type in SENDS:
        missing = lacking(
            process.name, world, sending, waiting(world, process.name, process.identity)
        )
        if missing:
            process.halt(now, in_words(missing))
        else:
            message = process.name
    if control.skip_overdue:
        return Release(process.identity, message, overdue=True)
    return Release(process.identity, message, paused_at=paused_at)


def _resume_halted(
    message: str, world: World, sending: Sending, process: Process | None = None
) -> Release:
    """What is halted goes on, if there are codes for all who wait for it: one process, or all
    those of a message.  Raises Refused.
    """
    try:
        may_resume(message, world, sending, process.identity if process else None)
    except Moot:
        if process is not None:
            process.go_on()  # a send is halted only while someone waits for it
        raise
    if process is None:
        world.go_on(message)
        return Release(message=message)
    process.go_on()
    return Release(process.identity, message, halted=True)


class Lacking(Refused):
    """A halted message cannot go on: codes are missing."""

    def __init__(self, missing: dict[str, int]) -> None:
        super().__init__(in_words(missing))
        self.missing = missing
        """How many, by list."""


def may_resume(
    message: str, world: World, sending: Sending, identity: Identity | None = None
) -> int:
    """How many go on if what is halted is resumed, in one process or in all.  Raises Refused."""
    found = waiting(world, message, identity)
    if not found:
        what = named(identity) if identity is not None else f'"{message}"'
        raise Moot(f"{what} is not halted: nobody waits for it")
    missing = lacking(message, world, sending, found)
    if missing:
        raise Lacking(missing)
    return len(found)


def waiting(
    world: World, message: str, identity: Identity | None = None
) -> list[tuple[Contact, Run]]:
    """Who still waits for a halted message, in order: in one process, or in all."""
    return [
        (contact, run)
        for contact, run in world.waiting(message)
        if identity is None
        or of_send(message, world.program.campaign_of(run), run.key) == identity
    ]


def lacking(
    message: str, world: World, sending: Sending, among: list[tuple[Contact, Run]]
) -> dict[str, int]:
    """How many codes are missing, by list, for those who wait for a halted message."""
    return sending.missing_codes(world.program.messages[message], among) if among else {}


def in_words(missing: dict[str, int]) -> str:
    """How many codes are missing, for a person."""
    return ", ".join(
        f'missing {counted(count, "code", "codes")} in "{name}"' for name, count in missing.items()
    )


# ---------------------------------------------------------------------- going on


def campaigns_of(program: Program, release: Release) -> Collection[str]:
    """The campaigns whose runs may go on."""
    identity = release.process
    if identity is None:
        return [one.name for one in program.by_name.values() if _sends(one, release.message)]
    if identity.type == "campaign":
        return [identity.name]
    if identity.type == "message send":
        return [identity.by]
    return [
        one.name
        for one in program.by_name.values()
        if one.group_send == identity.by and _sends(one, identity.name)
    ]


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
