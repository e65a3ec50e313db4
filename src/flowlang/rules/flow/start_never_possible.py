"""A campaign whose start its own stop forbids.

While a `stop when` holds nothing starts. Where the start asks for what the stop asks for too, no
run ever begins. Change one of the two.
"""

from flowlang.program.program import Campaign
from flowlang.rules.knowing import topics
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import campaigns as tree

RULE = Rule(__name__, "FL609", "warning", "nothing can start here: what starts it also stops it")

BAD = """\
campaign "Offer"
  start when tagged "interested" and tagged "customer"
  stop when tagged "customer"
  tag "asked"
"""
GOOD = """\
campaign "Offer"
  start when tagged "interested" and not tagged "customer"
  stop when tagged "customer"
  tag "asked"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Starts that cannot hold while the stops do not."""
    if not campaign.endings:
        return
    paths = look.paths(campaign)
    for line in paths.settings:
        if not isinstance(line, (tree.StartWhen, tree.StartAsSoonAs)):
            continue
        asked = topics(line.where)
        for stop in paths.settings:
            if not isinstance(stop, (tree.StopWhen, tree.RestartWhen)):
                continue
            if not asked & topics(stop.where) or paths.reasoning.never(line.where):
                continue
            if paths.reasoning.never(line.where, [(stop.where, False)]):
                yield Hit(line.span, also=((stop.span, tr("this stops it at once")),))
                break
