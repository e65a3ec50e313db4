"""Consent that no one gave.

`grant marketing` notes that the contact has consented. In a campaign that no event starts and that
waits for nothing the contact does, there is nothing that shows it: no form, no click, no answer.
Grant it when the contact confirms, as the module `consent` does, and keep the proof.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.steps.consent import Grant
from flowlang.steps.race import ForBranch
from flowlang.steps.wait_for import WaitFor
from flowlang.syntax import campaigns as tree
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL705", "off", "nothing the contact did shows this consent")

BAD = """\
campaign "Newsletter"
  start when tagged "newsletter"
  grant marketing by email
"""
GOOD = """\
event confirmed

campaign "Newsletter"
  start on confirmed
  grant marketing by email
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Grants in campaigns without an event."""
    grants = [node for node in campaign.nodes if isinstance(node, Grant)]
    if not grants or campaign.item is None:
        return
    if any(isinstance(node, (tree.StartOn, WaitFor, ForBranch)) for node in walk(campaign.item)):
        return
    yield Hit(grants[0].span)
