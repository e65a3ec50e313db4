"""A send to many from a list that may not have enough codes.

A group send whose list is smaller than its audience says so when it starts, and then halts in the
midst of it, if nothing else is said. `, otherwise stop` refuses it before anyone gets a message,
and `when empty show "…"` sends all of them.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.jobs import SendAll

RULE = Rule(__name__, "FL726", "off", 'some may have "{message}" and others wait for codes')

BAD = """\
coupons "present"
  when empty halt
  warn below 100

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}"

automation "Presents"
  send "Present" to everyone
"""
GOOD = """\
coupons "present"
  when empty halt
  warn below 100

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}"

automation "Presents"
  send "Present" to everyone, otherwise stop
"""


@RULE.nodes(SendAll)
def check(node: SendAll, look: Look) -> Hits:
    """Group sends with a list that halts."""
    message = look.names.messages.get(str(node.message.value))
    if message is None or node.otherwise is not None or node.when_empty is not None:
        return
    lists = [look.names.coupons[name] for name in message.lists if name in look.names.coupons]
    if any(one.when_empty == "halt" for one in lists):
        yield Hit(node.span, {"message": message.name}, tr("`, otherwise stop` refuses it then"))
