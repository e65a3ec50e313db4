"""How a group send comes to its end: when all of its audience are through, whatever became of
them.
"""

from __future__ import annotations

from datetime import datetime

from flowlang.contact import Run
from flowlang.engine.processes import Process, of_send
from flowlang.engine.results import in_words, report
from flowlang.engine.telling import say
from flowlang.engine.world import World
from flowlang.program.program import Campaign


def message_of(campaign: Campaign) -> str:
    """The message that the campaign of a group send sends."""
    return str(campaign.instructions[-1].message.name)  # type: ignore[attr-defined] # a send


def through(world: World, run: Run, now: datetime, because: str = "") -> None:
    """A run of a group send is over; `because` says why without its send, where that is so."""
    campaign = world.program.campaign_of(run)
    process = world.processes.find(of_send(message_of(campaign), campaign, run.key))
    if process is None:
        return
    if because:
        process.skipped[because] += 1
    end_if_through(world, process, now)


def end_if_through(world: World, process: Process, now: datetime) -> None:
    """The last of the audience finishes a group send."""
    if process.audience is None or process.ended is not None:
        return
    world.nears(process.identity, process.audience - process.past)
    if process.past < process.audience:
        return
    if process.status == "cancelled":
        process.ended = now
    else:
        process.end("finished", now)
    name, by = process.name, process.identity.by
    language = world.program.language
    result = in_words(language, process.done, process.skipped, process.failed)
    text = say(language, "result", message=name, result=result or say(language, "sent", count=0))
    to = next((one.report_to for one in world.program.automations if one.name == by), "")
    report(world, to, text, now)
    data = {
        "message": name, "sent": process.done, "skipped": sum(process.skipped.values()),
        "failed": process.failed,
    }  # fmt: skip
    world.happened("send finished", data, by)
