"""A question about a reaction, before anyone had time to react.

Right behind `send "Offer"` stands `if opened "Offer"`: no one has opened it at that moment, so all
go the same way. Wait first, best with a longest time: `wait until opened "Offer" at most 2 days`.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.branch import ElseIf, If
from flowlang.steps.send import Send
from flowlang.syntax import past
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL651", "warning", "no one had time to react when `{text}` is asked")

BAD = """\
message "Offer"
  kind service
  channel email
  subject "An offer"
  body "Have a look."

campaign "Offer"
  start when tagged "new"
  send "Offer"
  if opened "Offer"
    tag "interested"
"""
GOOD = """\
message "Offer"
  kind service
  channel email
  subject "An offer"
  body "Have a look."

campaign "Offer"
  start when tagged "new"
  send "Offer"
  wait until opened "Offer" at most 2 days
  if opened "Offer"
    tag "interested"
"""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Branches that come at once behind the only send of what they ask about."""
    sends = [at for at, node in enumerate(campaign.nodes) if isinstance(node, Send)]
    paths = look.paths(campaign)
    if not any(
        isinstance(node, (If, ElseIf)) and ("sends", "") in paths.topics(node.condition)
        for node in campaign.nodes
    ):
        return
    for number in sends:
        message = campaign.nodes[number].message.value  # type: ignore[attr-defined] # a send
        if sum(campaign.nodes[at].message.value == message for at in sends) > 1:  # type: ignore[attr-defined] # as above
            continue
        for at in sorted(paths.at_once(number)):
            node = campaign.nodes[at]
            if not isinstance(node, (If, ElseIf)) or at < number:
                continue
            asked = next((one for one in walk(node.condition) if _asks(one, message)), None)
            if asked is not None:
                hint = tr("`wait until {text} at most 2 days`", text=shown(asked))
                walked = Walk(campaign.name, at, "no")
                yield Hit(asked.span, {"text": shown(asked)}, hint, walk=walked)


def _asks(node: object, message: object) -> bool:
    """Whether a condition asks for a reaction to a message, in this round."""
    if not isinstance(node, past.Reacted) or node.message.value != message:
        return False
    return not isinstance(node.reach, past.Ever)
