"""What was so, for a person whose test expected something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowlang.syntax import scripts

if TYPE_CHECKING:
    from flowlang.engine.play import Play


def as_told(play: Play, what: scripts.Expectation, whom: str | None) -> str:
    """What was so although it was not to be."""
    if isinstance(what, scripts.ExpectSent):
        return copies(play, what.message.value)
    if isinstance(what, scripts.ExpectIn) and whom is not None:
        return standing(play, play.runs(whom, what.campaign.value))
    return "it is so"


def copies(play: Play, message: str) -> str:
    """How often a message was sent, and to whom."""
    sent = [one for one in play.world.sent if one.message == message]
    if not sent:
        return f'"{message}" was not sent'
    when = ", ".join(f"{play.clock(one.at)} to {one.address}" for one in sent[:8])
    more = " and so on" if len(sent) > 8 else ""
    times = "once" if len(sent) == 1 else f"{len(sent)} times"
    return f'"{message}" was sent {times}: {when}{more}'


def standing(play: Play, runs: list[Any]) -> str:
    """Where runs stand."""
    if not runs:
        return "it never started there"
    found = []
    for run in runs:
        campaign = play.program.by_name[run.campaign]
        at = ""
        if run.under_way and run.pc < len(campaign.instructions):
            at = f" at `{campaign.instructions[run.pc].where.text}`"
        until = f" until {play.clock(run.due)}" if run.due else ""
        found.append(f"{run.status}{at}{until} (round {run.round})")
    return "it is " + ", ".join(found)


def listed(values: list[tuple[str, Any]]) -> str:
    """The values of what a condition speaks of."""
    if not values:
        return "it is not so"
    return ", ".join(
        f"{text} {'are' if text.startswith('its ') else 'is'} "
        f"{'not set' if value is None else value}"
        for text, value in values
    )


def told(play: Play, whom: str | None) -> str:
    """The timeline, of one contact where one is meant."""
    who = f' of "{whom}"' if whom else ""
    return f"the timeline{who}:\n{play.story(whom)}"
