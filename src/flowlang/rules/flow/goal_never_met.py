"""A goal that no one can meet.

A `stop when` ends the run before the goal is looked at: a stop beats goals. Where the goal asks
for what the stop asks for too, everyone who could meet it has gone. Decide for one of them: the
goal goes on with the steps below it, the stop ends the run.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.goal import Goal

RULE = Rule(__name__, "FL608", "warning", 'the goal "{name}" is never met')

BAD = """\
campaign "Offer"
  start when tagged "interested"
  stop when tagged "customer"
  wait 3 days
  tag "asked"
  goal "Bought" when tagged "customer"
  tag "thanked"
"""
GOOD = """\
campaign "Offer"
  start when tagged "interested"
  stop when tagged "gone"
  wait 3 days
  tag "asked"
  goal "Bought" when tagged "customer"
  tag "thanked"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Goals that cannot hold while the campaign's stops do not."""
    if not campaign.goals or not campaign.endings:
        return
    paths = look.paths(campaign)
    for at, _ in campaign.goals:
        node = campaign.nodes[at]
        if not isinstance(node, Goal):
            continue
        decided = paths.settled(node.condition, paths.always, holds=False)
        if decided and not paths.reasoning.never(node.condition):
            stops = [fact.condition for fact in paths.always]
            one = next(
                (stop for stop in stops if paths.reasoning.never(node.condition, [(stop, False)])),
                stops[0],
            )
            also = ((one.span, tr("this ends the run before")),)
            yield Hit(node.span, {"name": node.name.value}, also=also)
