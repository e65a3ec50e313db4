"""What a person does with a process: pause it, let it go on, cancel it.

It is decided once, from the process and the codes there are; then each contact is asked whether it
goes on (`releasing`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flowlang.engine import retelling
from flowlang.engine.arrivals import Moot, Refused
from flowlang.engine.processes import SENDS, TYPES, Identity, Process, ProcessStatus, named
from flowlang.engine.releasing import Release
from flowlang.engine.resuming import in_words, resume_halted, waiting
from flowlang.engine.sending import Sending
from flowlang.engine.world import World
from flowlang.program.program import Program
from flowlang.speech import tr

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
        if given is not None and not _is_identity(given):
            raise Refused(tr("there is no such process"))
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


def _is_identity(given: object) -> bool:
    """Whether this may be the identity of a process, as JSON gives it."""
    return (
        isinstance(given, (list, tuple))
        and len(given) == len(Identity._fields)
        and all(isinstance(one, str) for one in given)
        and given[0] in TYPES
    )


def why_not(verb: Verb, process: Process) -> str:
    """Why a process cannot be paused, resumed or cancelled now, in words; empty where it can."""
    kind, status = process.identity.type, process.status
    if status in _FITS.get((verb, kind), ()):
        return ""
    what = named(process.identity)
    if process.ended is not None:
        return tr(
            "{what} is {status}: nothing more happens", what=what, status=retelling.kind(status)
        )
    if kind == "campaign" and verb == "cancel":
        return tr("{what} cannot be cancelled: pause it, or take it out of the program", what=what)
    if not any(kind == known for _, known in _FITS):
        return tr("{what} cannot be {done}: it is done in one piece", what=what, done=PAST[verb])
    if status == "cancelled" and verb == "pause" and kind == "message send":
        return tr("{what} is cancelled: resume it first", what=what)
    if status == PAST[verb]:
        return tr("{what} is {status} already", what=what, status=retelling.kind(status))
    return tr("{what} is {status}", what=what, status=retelling.kind(status))


def is_moot(verb: Verb, process: Process) -> bool:
    """Whether a process that cannot take a verb has come where it leads, or is over."""
    if process.ended is not None or process.status == PAST[verb]:
        return True
    return verb == "resume" and process.status in ("waiting", "running")


PAST: dict[Verb, str] = {
    "pause": tr("paused"),
    "resume": tr("resumed"),
    "cancel": tr("cancelled"),
}


_LEADS_TO: dict[Verb, ProcessStatus] = {
    "pause": "paused",
    "resume": "running",
    "cancel": "cancelled",
}


def foreseen(verb: Verb, process: Process) -> Process:
    """A process as it will be once a verb is done that was asked for."""
    return replace(process, status=_LEADS_TO[verb])


def known(world: World, identity: Identity) -> Process:
    """A process; one that nobody has come to yet may be paused beforehand.  Raises Refused."""
    found = world.processes.find(identity)
    if found is not None:
        return found
    fresh = Process(identity)
    if not possible(world.program, identity):
        raise Moot(tr("{what} is over, or there is none", what=named(identity)))
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
        return resume_halted(control.message, world, sending)
    process = known(world, control.process)
    refusal = why_not(control.verb, process)
    if refusal and _says_why_now(control, process):
        process.who, process.because = control.who, control.because
        return None
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
        return resume_halted(process.name, world, sending, process)
    return _go_on(control, process, world, sending, now)


def _says_why_now(control: Control, process: Process) -> bool:
    """Whether it is asked for once more to give another reason."""
    over = process.ended is not None and process.status != "cancelled"
    again = not over and process.status == _LEADS_TO[control.verb] != "running"
    return again and control.because not in ("", process.because)


def _go_on(
    control: Control, process: Process, world: World, sending: Sending, now: datetime
) -> Release:
    """What was paused or cancelled goes on; where codes are missing it is halted then."""
    paused_at = process.since if process.identity.type == "group send" else None
    world.processes.release(process)
    message = ""
    if process.identity.type in SENDS:
        missing = waiting(process.name, world, sending, process.identity).missing
        if missing:
            process.halt(now, in_words(missing))
        else:
            message = process.name
    if control.skip_overdue:
        return Release(process.identity, message, overdue=True)
    return Release(process.identity, message, paused_at=paused_at)
