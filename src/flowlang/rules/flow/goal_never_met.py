"""A goal that no one can meet.

A `stop when` ends the run before the goal is looked at: a stop beats goals. Where the goal asks for
what the stop asks for too, everyone who could meet it has gone. Decide for one of them: the goal
goes on with the steps below it, the stop ends the run.
"""

from flowlang.program.program import Campaign
from flowlang.rules.knowing import Knowledge
from flowlang.rules.rule import Hit, Hits, Look, Rule
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
    stops: Knowledge = paths.always
    for at, _ in campaign.goals:
        node = campaign.nodes[at]
        if not isinstance(node, Goal) or paths.reasoning.never(node.condition):
            continue
        if paths.reasoning.never(node.condition, stops.items()):
            first = next(
                one for one, so in stops.items()
                if paths.reasoning.never(node.condition, [(one, so)]) or one is [*stops][-1]
            )  # fmt: skip
            yield Hit(
                node.span, {"name": node.name.value},
                also=((first.span, "this ends the run before"),),
            )  # fmt: skip
