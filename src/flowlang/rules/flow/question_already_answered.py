"""A question that was answered before.

On every path that leads here the condition holds: it was asked a few lines above, or the campaign
has just seen to it. So it decides nothing, and its `else` is never done. Take the question out, or
ask what was meant.
"""

from flowlang.program.program import Campaign
from flowlang.rules.decided import decided
from flowlang.rules.rule import Hits, Look, Rule

RULE = Rule(__name__, "FL604", "warning", "`{text}` always holds here")

BAD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score > 100
    tag "many"
    if score > 10
      tag "some"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score > 10
    tag "some"
    if score > 100
      tag "many"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """A condition that holds on every path that leads to it."""
    return decided(campaign, look, holds=True)
