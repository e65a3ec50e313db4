"""A send that can halt in front of a deadline.

When the list is empty the contact stands at the send until a person resumes it. Behind it the
campaign waits until a moment: who stands too long is past it, and what comes then comes too late.
Let the send go on with a text instead, or `when empty skip`.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.send import HALTED, Send, SendMessage
from flowlang.steps.until import UntilMoment

RULE = Rule(__name__, "FL723", "warning", '"{message}" may halt past the moment below')

BAD = """\
contact
  birthday_party  datetime

coupons "present"
  when empty halt
  warn below 100

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}"

campaign "Party"
  start when birthday_party is set
  send "Present"
  wait until 1 day before birthday_party
  tag "party tomorrow"
"""
GOOD = """\
contact
  birthday_party  datetime

coupons "present"
  when empty halt
  warn below 100

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}"

campaign "Party"
  start when birthday_party is set
  send "Present" when empty show "PARTY"
  wait until 1 day before birthday_party
  tag "party tomorrow"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Sends that can halt, with a wait until a moment further on."""
    waits = [at for at, one in enumerate(campaign.instructions) if isinstance(one, UntilMoment)]
    if not waits:
        return
    for number, instruction in enumerate(campaign.instructions):
        if not isinstance(instruction, SendMessage) or number > waits[-1]:
            continue
        node = campaign.nodes[number]
        outcomes = {label for _, label in instruction.outcomes(number, look.names)}
        if isinstance(node, Send) and HALTED in outcomes and instruction.message.lists:
            wait = next(at for at in waits if at > number)
            yield Hit(
                node.span, {"message": instruction.message.name},
                tr('add `when empty show "…"` or `when empty skip`'),
                also=((header(campaign.nodes[wait]), tr("the moment")),),
                walk=Walk(campaign.name, number, HALTED),
            )  # fmt: skip
