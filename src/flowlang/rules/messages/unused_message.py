"""A message that nothing sends.

It is written, checked and translated, and no one gets it: a send was forgotten, or it is left
over. Send it, or take it out.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.steps.jobs import SendAll
from flowlang.steps.send import Send, SendTo

RULE = Rule(__name__, "FL741", "off", 'nothing sends "{message}"')

BAD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."

message "Hello again"
  kind service
  channel email
  subject "Hello again!"
  body "Good to see you."

campaign "Hello"
  start when tagged "new"
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
"""


@RULE.workspace(Send, SendTo, SendAll)
def check(look: Look) -> Hits:
    """Messages that no send names."""
    sent = {str(node.message.value) for node in look.every(Send, SendTo, SendAll)}  # type: ignore[attr-defined] # all three have one
    for message in look.names.messages.values():
        if message.name not in sent and look.is_own(message.span):
            yield Hit(message.span, {"message": message.name})
