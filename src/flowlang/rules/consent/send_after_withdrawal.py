"""Marketing to someone who has just said no.

The campaign starts when the contact unsubscribes, or takes the consent away, or blocks the
contact, and then sends marketing. Nothing goes out: the send is skipped each time, and what was
meant is against the law. A confirmation that the wish was heard is a service message.
"""

from flowlang.program.program import Campaign
from flowlang.rules.paths import Paths
from flowlang.rules.refusals import is_refused
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.source import Walk
from flowlang.steps.blocking import Block
from flowlang.steps.consent import Withdraw
from flowlang.steps.send import NOT_SENT, Send
from flowlang.syntax import campaigns as tree

RULE = Rule(
    __name__, "FL701", "warning", '"{message}" goes to no one: marketing was refused', legal=True
)

BAD = """\
message "Offer"
  kind marketing
  channel email
  subject "Stay with us"
  body "Here is an offer. No more of it: {{ unsubscribe_link }}"

campaign "Goodbye"
  start on unsubscribed
  send "Offer"
"""
GOOD = """\
message "Goodbye"
  kind service
  channel email
  subject "You get no more mails"
  body "We have noted it."

campaign "Goodbye"
  start on unsubscribed
  send "Goodbye"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Marketing sends of which it is known that the contact refuses them."""
    sends = [
        (number, node, message)
        for number, node in enumerate(campaign.nodes)
        if isinstance(node, Send)
        and (message := look.names.messages.get(str(node.message.value))) is not None
        and message.kind == "marketing"
    ]
    if not sends:
        return
    paths = look.paths(campaign)
    refused = _starts_with_a_no(paths)
    if not refused and not any(isinstance(node, (Withdraw, Block)) for node in campaign.nodes):
        return
    at_first = {0, *(paths.at_once(0) if refused and not paths.takes_time(0) else ())}
    for number, node, message in sends:
        after_start = refused and number in at_first and message.channel == "email"
        if after_start or is_refused(paths, number, node, message):
            walk = Walk(campaign.name, number, NOT_SENT, allowed=message.channel)
            yield Hit(node.span, {"message": message.name}, walk=walk)


def _starts_with_a_no(paths: Paths) -> bool:
    """Whether each start is that the contact unsubscribes."""
    starts = [
        line for line in paths.settings
        if isinstance(line, (tree.ConditionSetting, tree.StartOn, tree.StartOnChange))
        and not isinstance(line, (tree.StopWhen, tree.RestartWhen))
    ]  # fmt: skip
    return bool(starts) and all(
        isinstance(line, tree.StartOn) and line.event.event.value == "unsubscribed"
        for line in starts
    )
