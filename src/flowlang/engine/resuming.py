"""Halted sends go on: when there are codes for all who wait."""

from __future__ import annotations

from flowlang.contact import Contact, Run
from flowlang.engine.arrivals import Moot, Refused
from flowlang.engine.processes import Identity, Process, named, of_send
from flowlang.engine.releasing import Release
from flowlang.engine.sending import Sending
from flowlang.engine.world import World
from flowlang.intake.report import counted


def resume_halted(
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
        if identity is None or of_send(message, world.program.campaign_of(run), run.key) == identity
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
