"""A branch that no one takes, because of what is known before it.

The condition is fine by itself, and yet never holds where it stands: a branch above has taken
everyone it could hold for, the campaign has just changed what it asks about, or it asks whether a
wait `timed out` that has no longest time. What stands below it is never done. Ask for the narrower
case first, or ask about something else.
"""

from flowlang.program.program import Campaign
from flowlang.rules.decided import decided
from flowlang.rules.rule import Hits, Look, Rule

RULE = Rule(__name__, "FL603", "warning", "`{text}` never holds here")

BAD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score > 10
    tag "some"
  else if score > 100
    tag "many"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score > 100
    tag "many"
  else if score > 10
    tag "some"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """A condition that cannot hold on any path that leads to it."""
    return decided(campaign, look, holds=False)
