"""A wait that may never end.

`wait until tagged "paid"` holds the contact until the tag comes. Where it never comes, the contact
stands there for good, gets nothing more, and cannot begin again. Say how long at most, and what is
to be done then: `wait until tagged "paid" at most 14 days`.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header, headline
from flowlang.speech import tr
from flowlang.steps.until import UntilCondition
from flowlang.steps.wait_for import AwaitEvent

RULE = Rule(__name__, "FL645", "info", "`{wait}` may never end")

BAD = """\
campaign "Order"
  start when tagged "ordered"
  wait until tagged "paid"
  tag "to be sent"
"""
GOOD = """\
campaign "Order"
  start when tagged "ordered"
  wait until tagged "paid" at most 14 days
  if timed out
    tag "to be reminded"
  else
    tag "to be sent"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Waits for something, without a longest time, that no stop and no goal below can end."""
    if campaign.endings:
        return
    last_goal = max((at for at, _ in campaign.goals), default=-1)
    for at, instruction in enumerate(campaign.instructions):
        if not isinstance(instruction, (UntilCondition, AwaitEvent)) or at < last_goal:
            continue
        if instruction.at_most is None:
            node = campaign.nodes[at]
            hint = tr("`{wait} at most 14 days`, then `if timed out`", wait=headline(node))
            yield Hit(header(node), {"wait": headline(node)}, hint)
