"""Halted sends go on: when there are codes for all who wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flowlang.check.names import Message
from flowlang.check.templates import Template
from flowlang.contact import Contact, Run
from flowlang.engine.arrivals import Moot, Refused
from flowlang.engine.processes import Identity, Process, named, of_send
from flowlang.engine.recipients import template_for, value_of
from flowlang.engine.releasing import Release
from flowlang.engine.sending import Sending
from flowlang.engine.world import World
from flowlang.program.program import Campaign
from flowlang.speech import joined, tr, tr_n
from flowlang.steps.send import Sending as Sends


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
    found = waiting(message, world, sending, identity)
    if not found.count:
        what = named(identity) if identity is not None else f'"{message}"'
        raise Moot(tr("{what} is not halted: nobody waits for it", what=what))
    if found.missing:
        raise Lacking(found.missing)
    return found.count


@dataclass(frozen=True, slots=True)
class Waiting:
    """Those who still wait for a halted message."""

    count: int
    missing: dict[str, int]
    """How many codes are missing, by list, for those of them who may still get it."""


def waiting(
    message: str, world: World, sending: Sending, identity: Identity | None = None
) -> Waiting:
    """Who waits in one process, or in all: they are counted, however many they are."""
    needed: Counter[str] = Counter()
    count = 0
    for contact, run in world.each_waiting(message):
        campaign = world.program.campaign_of(run)
        if identity is None or of_send(message, campaign, run.key) == identity:
            needed.update(_needed(campaign, world.program.messages[message], sending, contact, run))
            count += 1
    left = {name: world.pool(name).left for name in needed}
    missing = {name: by - left[name] for name, by in sorted(needed.items()) if by > left[name]}
    return Waiting(count, missing)


def _needed(
    campaign: Campaign, message: Message, sending: Sending, contact: Contact, run: Run
) -> list[str]:
    """The lists that a halted send would take a new code from, if it went on."""
    language = run.wait.get("language") or sending.recipients.own_language(contact)
    template = template_for(message, language)
    if not _may_still_get(contact, run, message, template, sending):
        return []
    # As the step says now: it may have changed since.
    step = campaign.instructions[run.pc] if run.pc < len(campaign.instructions) else None
    when_empty = step.terms.when_empty if isinstance(step, Sends) else None
    return [
        name
        for name in template.lists
        if sending.filling.policy_of(name, when_empty) == "halt"
        and (name in template.fresh or name not in contact.codes)
    ]


def _may_still_get(
    contact: Contact, run: Run, message: Message, template: Template, sending: Sending
) -> bool:
    """Whether one who waits would get the message now, were there codes."""
    if run.wait.get("elsewhere"):
        return not contact.blocked
    if sending.recipients.barred(contact, message) is not None:
        return False
    if message.when_missing == "show":
        return True
    event = run.event or {}
    return all(
        value_of(contact, run, event, head, name) is not None for head, name in template.needs or ()
    )


def in_words(missing: dict[str, int]) -> str:
    """How many codes are missing, for a person."""
    return joined(
        tr_n(
            'missing {count:,} code in "{name}"',
            'missing {count:,} codes in "{name}"',
            count,
            name=name,
        )
        for name, count in missing.items()
    )
