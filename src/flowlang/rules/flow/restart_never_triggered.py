"""A restart after which nothing can begin the next round.

`restart` puts the contact back before the start, where it waits for a trigger. A campaign that
runs once per event, or that starts on an event made once and never again, never gets one: the
contact waits for ever. Leave the restart out, or let something start the campaign again.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.happen import Happen
from flowlang.steps.restart import Restart
from flowlang.syntax import campaigns as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Node

RULE = Rule(__name__, "FL607", "warning", "nothing can begin another round: {why}")

BAD = """\
event purchase
  total  number

campaign "Thanks"
  start on purchase
  runs once per event
  tag "customer"
  restart
"""
GOOD = """\
event purchase
  total  number

campaign "Thanks"
  start on purchase
  tag "customer"
  restart
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Restarts of a campaign whose starts come once."""
    restarts = [node for node in campaign.nodes if isinstance(node, Restart)]
    if not restarts or campaign.name in look.beside.started:
        return
    lines = campaign.item.lines or () if campaign.item else ()
    why = _why(lines, look)
    for node in restarts if why else ():
        yield Hit(
            node.span, {"why": why}, tr("`runs again` lets each event start a run of its own")
        )


def _why(lines: tuple[Node, ...], look: Look) -> str:
    for line in lines:
        keyed = isinstance(line, tree.Runs) and isinstance(line.key, ex.FieldValue)
        if keyed:
            return tr("each event has a run of its own, and never comes again")
    starts = [line for line in lines if isinstance(line, _STARTS)]
    if starts and all(isinstance(line, tree.StartOn) and _once(line, look) for line in starts):
        return tr("the event that starts it is made once")
    return ""


_STARTS = (tree.StartWhen, tree.StartAsSoonAs, tree.StartOn, tree.StartOnChange)


def _once(line: tree.StartOn, look: Look) -> bool:
    name = str(line.event.event.value)
    event = look.names.events.get(name)
    if event is None or not event.schedules:
        return False
    if any(schedule.kind != "once" for schedule, _ in event.schedules):
        return False
    made = (node for campaign in look.program.campaigns for node in campaign.nodes)
    return not any(isinstance(node, Happen) and node.event.value == name for node in made)
