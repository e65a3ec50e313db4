"""What was so, for a person whose test expected something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowlang.speech import Text, joined, tr, tr_n
from flowlang.syntax import scripts

if TYPE_CHECKING:
    from flowlang.engine.play import Play


def as_told(play: Play, what: scripts.Expectation, whom: str | None) -> str:
    """What was so although it was not to be."""
    if isinstance(what, scripts.ExpectSent):
        return copies(play, what.message.value)
    if isinstance(what, scripts.ExpectIn) and whom is not None:
        return standing(play, play.runs(whom, what.campaign.value))
    return tr("it is so")


def copies(play: Play, message: str) -> str:
    """How often a message was sent, and to whom."""
    sent = [one for one in play.world.sent if one.message == message]
    if not sent:
        return tr('"{message}" was not sent', message=message)
    when = joined(
        tr("{moment} to {address}", moment=play.clock(one.at), address=one.address)
        for one in sent[:8]
    )
    return tr_n(
        '"{message}" was sent once: {when}', '"{message}" was sent {count} times: {when}{more}',
        len(sent), message=message, when=when, more=tr(" and so on") if len(sent) > 8 else "",
    )  # fmt: skip


def standing(play: Play, runs: list[Any]) -> str:
    """Where runs stand."""
    if not runs:
        return tr("it never started there")
    from flowlang.engine import retelling  # for a test that fails

    found: list[str] = []
    for run in runs:
        campaign = play.program.by_name[run.campaign]
        at = ""
        if run.under_way and run.pc < len(campaign.instructions):
            at = tr(" at `{step}`", step=campaign.instructions[run.pc].where.text)
        until = tr(" until {moment}", moment=play.clock(run.due)) if run.due else ""
        found.append(
            tr(
                "{status}{at}{until} (round {round})",
                status=retelling.status(run.status),
                at=at,
                until=until,
                round=run.round,
            )
        )
    return tr("it is {runs}", runs=joined(found))


def listed(values: list[tuple[str, Any]]) -> str:
    """The values of what a condition speaks of."""
    if not values:
        return tr("it is not so")
    return joined(
        tr("its {what} are {value}", what=text, value=value)
        if isinstance(text, Text)
        else tr("{what} is {value}", what=text, value=tr("not set") if value is None else value)
        for text, value in values
    )


def told(play: Play, whom: str | None) -> str:
    """The timeline, of one contact where one is meant."""
    if whom:
        return tr('the timeline of "{name}":\n{story}', name=whom, story=play.story(whom))
    return tr("the timeline:\n{story}", story=play.story(whom))
