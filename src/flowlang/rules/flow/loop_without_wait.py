"""A loop that sends the same message several times at one moment.

`repeat` goes round at once. Without a wait in it the contact gets all the messages of the loop in the
same minute. Put a wait into the loop, or take the send out of it.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.steps.call import Call
from flowlang.steps.race import Race
from flowlang.steps.repeat import Leave, Repeat
from flowlang.steps.send import Send
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


@RULE.nodes(Repeat)
def check(node: Repeat, look: Look) -> Hits:
    """A loop with a send and nothing that takes time."""
    inside = list(walk(node))
    sends = [one for one in inside if isinstance(one, Send)]
    if sends and not any(isinstance(one, _PAUSES) for one in inside):
        words = {"message": sends[0].message.value, "times": node.times.value}
        yield Hit(header(node), words, "a `wait` in the loop lets time pass between them")
