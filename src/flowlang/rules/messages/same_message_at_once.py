"""The same message twice at one moment.

Nothing lies between the two sends: no wait, and no answer of the contact. So one and the same
person gets it twice. Let time pass, or take one of them out.
"""

from flowlang.program.program import Campaign
from flowlang.rules.blocks import is_same
from flowlang.rules.refusals import is_refused
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.send import SENT, Send

RULE = Rule(__name__, "FL750", "warning", '"{message}" goes out twice at one moment')

BAD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  tag "greeted"
  send "Hello"
"""
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."

campaign "Hello"
  start when tagged "new"
  send "Hello"
  tag "greeted"
  wait 7 days
  send "Hello"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Two sends of one message, one at once behind the other."""
    sends = {at: node for at, node in enumerate(campaign.nodes) if isinstance(node, Send)}
    if len(sends) < 2:
        return
    paths = look.paths(campaign)
    for number, node in sends.items():
        for at in sorted(paths.at_once(number)):
            other = sends.get(at)
            if at <= number or other is None or not is_same(other, node):
                continue
            message = look.names.messages.get(str(node.message.value))
            if message is None or not is_refused(paths, at, other, message):
                yield Hit(
                    other.span,
                    {"message": node.message.value},
                    also=((node.span, tr("sent here as well")),),
                    walk=Walk(campaign.name, at, SENT, before=number, outcome_before=SENT),
                )
                break
