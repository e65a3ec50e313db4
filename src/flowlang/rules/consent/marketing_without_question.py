"""Marketing that goes to no one without consent, in silence.

The send is skipped for each contact that has not consented, and the campaign goes on as if nothing
had been. Where the steps behind it speak of the message (a reminder, a score, a tag), ask first:
`if can receive "Offer"`, or let a segment choose who comes in.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.send import NOT_SENT, Send
from flowlang.syntax import facts, past
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL704", "off", 'nothing asks whether the contact may get "{message}"')

BAD = """\
message "Offer"
  kind marketing
  channel email
  subject "An offer"
  body "Have a look. No more of it: {{ unsubscribe_link }}"

campaign "Offer"
  start when tagged "interested"
  send "Offer"
  tag "has the offer"
"""
GOOD = """\
message "Offer"
  kind marketing
  channel email
  subject "An offer"
  body "Have a look. No more of it: {{ unsubscribe_link }}"

campaign "Offer"
  start when tagged "interested" and may get marketing by email
  send "Offer"
  tag "has the offer"
"""

_ASKS = (
    facts.MayGet,
    facts.MayNotGet,
    facts.CanReceive,
    facts.InSegment,
    facts.WasSent,
    past.Received,
)


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Campaigns that send marketing and ask about it nowhere."""
    item = campaign.item
    if item is None or any(isinstance(node, _ASKS) for node in walk(item)):
        return
    for number, node in enumerate(campaign.nodes):
        if not isinstance(node, Send):
            continue
        message = look.names.messages.get(str(node.message.value))
        if message is not None and message.kind == "marketing":
            hint = tr('`if can receive "{message}"`', message=message.name)
            found = Walk(campaign.name, number, NOT_SENT)
            yield Hit(node.span, {"message": message.name}, hint, walk=found)
            return
