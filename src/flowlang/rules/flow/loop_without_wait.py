"""A loop that sends the same message several times at one moment.

`repeat` goes round at once. Without a wait in it the contact gets all the messages of the loop in
the same minute. Put a wait into the loop, or take the send out of it.
"""

from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.source import Walk
from flowlang.speech import tr
from flowlang.steps.call import Call
from flowlang.steps.race import Race
from flowlang.steps.repeat import Leave, Repeat
from flowlang.steps.send import SENT, Send
from flowlang.steps.wait import Wait, WaitDays
from flowlang.steps.wait_for import WaitFor
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL612", "warning", '"{message}" goes out {times} times at one moment')

BAD = """\
message "Reminder"
  kind service
  channel email
  subject "Your appointment"
  body "It is still open."

campaign "Remind"
  start when tagged "open"
  repeat up to 3 times
    send "Reminder"
"""
GOOD = """\
message "Reminder"
  kind service
  channel email
  subject "Your appointment"
  body "It is still open."

campaign "Remind"
  start when tagged "open"
  repeat up to 3 times
    send "Reminder"
    wait 2 days
"""

_PAUSES = (Wait, WaitDays, WaitUntil, WaitFor, Race, Call, Leave)


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Loops with a send and nothing that takes time."""
    for node in dict.fromkeys(one for one in campaign.nodes if isinstance(one, Repeat)):
        yield from _loop(node, campaign)


def _loop(node: Repeat, campaign: Campaign) -> Hits:
    inside = list(walk(node))
    sends = [one for one in inside if isinstance(one, Send)]
    if sends and not any(isinstance(one, _PAUSES) for one in inside):
        words = {"message": sends[0].message.value, "times": node.times.value}
        at = next(number for number, one in enumerate(campaign.nodes) if one is sends[0])
        hint = tr("a `wait` in the loop lets time pass between them")
        yield Hit(header(node), words, hint, walk=Walk(campaign.name, at, SENT))
