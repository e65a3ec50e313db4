"""A new code each time round.

`coupon('present')` gives a new code whenever the message goes out. In a loop, or in a campaign
that restarts, the same contact draws one after the other, and the list is empty sooner than
thought. `coupon('present', again=true)` shows the code again that the contact has; where a new one
each time is meant, say so with an allowance.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.repeat import Repeat
from flowlang.steps.send import Send
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL725", "info", '"{message}" draws a new code each time round')

BAD = """\
coupons "present"
  when empty show "GIFT"

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}"

campaign "Remind"
  start when tagged "open"
  repeat up to 3 times
    send "Present"
    wait 2 days
"""
GOOD = """\
coupons "present"
  when empty show "GIFT"

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present', again=true) }}"

campaign "Remind"
  start when tagged "open"
  repeat up to 3 times
    send "Present"
    wait 2 days
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Sends within a loop of messages that draw new codes."""
    loops = dict.fromkeys(node for node in campaign.nodes if isinstance(node, Repeat))
    for loop in loops:
        for node in walk(loop):
            if not isinstance(node, Send):
                continue
            message = look.names.messages.get(str(node.message.value))
            if message is not None and any(one.fresh for one in message.ready.values()):
                hint = tr("`again=true` shows the code that the contact has")
                yield Hit(node.span, {"message": message.name}, hint)
