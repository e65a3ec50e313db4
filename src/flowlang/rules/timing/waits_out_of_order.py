"""Waits on one date in the wrong order.

Behind `wait until 1 hour before webinar_date` comes `wait until 1 day before webinar_date`: that
moment is over, and the run goes on at once, so two reminders go out together. Put the earlier
moment first.
"""

from flowlang.program.program import Campaign
from flowlang.rules.lengths import seconds, stops_if_past
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header, headline
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.clear import Clear
from flowlang.steps.set import Set
from flowlang.steps.until import MISSED, PAST
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import expressions as ex
from flowlang.syntax import moments
from flowlang.syntax.tree import Node

RULE = Rule(__name__, "FL644", "warning", "`{wait}` is over by then")

BAD = """\
contact
  webinar_date  datetime

campaign "Webinar"
  start when webinar_date is set
  wait until 1 hour before webinar_date
  tag "soon"
  wait until 1 day before webinar_date
  tag "tomorrow"
"""
GOOD = """\
contact
  webinar_date  datetime

campaign "Webinar"
  start when webinar_date is set
  wait until 1 day before webinar_date
  tag "tomorrow"
  wait until 1 hour before webinar_date
  tag "soon"
"""

_DAY = 86_400


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """The waits on the top level of a campaign, each against those above it."""
    above: list[tuple[WaitUntil, ex.Expression, float]] = []
    for line in (campaign.item.lines or ()) if campaign.item else ():
        if isinstance(line, (Set, Clear)):
            above.clear()
        if not isinstance(line, WaitUntil) or line.at_most is not None:
            continue
        moment, offset = _taken_apart(line.until)
        if not isinstance(moment, (ex.FieldValue, ex.Ref)):
            continue
        for other, same, before in above:
            if same == moment and _is_over(line, offset, other, before):
                number = next(at for at, node in enumerate(campaign.nodes) if node is line)
                yield Hit(
                    header(line),
                    {"wait": headline(line)},
                    tr("put the earlier moment first"),
                    also=((header(other), tr("this is later")),),
                    walk=Walk(campaign.name, number, PAST if stops_if_past(line) else MISSED),
                )
                break
        above.append((line, moment, offset))


def _taken_apart(until: ex.Expression) -> tuple[Node, float]:
    """The moment that a wait hangs on, and how many seconds lie behind it."""
    if isinstance(until, moments.Before):
        return until.moment, -seconds(until.duration)
    if isinstance(until, moments.After):
        return until.moment, seconds(until.duration)
    return until, 0


def _is_over(wait: WaitUntil, offset: float, other: WaitUntil, before: float) -> bool:
    """Whether a wait ends surely before another one; a time of day moves either by up to a day."""
    if wait.at is None and other.at is None:
        return offset < before
    if wait.at is not None and other.at is not None:
        if offset == before:
            return str(wait.at.value).zfill(5) < str(other.at.value).zfill(5)
        return offset <= before - _DAY
    return offset < before - 2 * _DAY
