"""A message that draws from two lists which do different things when they are empty.

A message takes its codes all or none. Where one list halts and the other shows a text, the halt
decides for both, and the text of the other is never seen by who waits. Let both lists do the same,
or say it at the send: `send "M" when empty skip`.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import joined, tr

RULE = Rule(__name__, "FL724", "off", '"{message}" draws from {lists}, which disagree')

BAD = """\
coupons "present"
  when empty halt
  warn below 100

coupons "shipping"
  when empty show "FREE"

message "Codes"
  kind service
  channel email
  subject "Your codes"
  body "{{ coupon('present') }} and {{ coupon('shipping') }}"
"""
GOOD = """\
coupons "present"
  when empty show "GIFT"

coupons "shipping"
  when empty show "FREE"

message "Codes"
  kind service
  channel email
  subject "Your codes"
  body "{{ coupon('present') }} and {{ coupon('shipping') }}"
"""


_DOES = {
    "halt": tr("when empty halt"),
    "skip": tr("when empty skip"),
    "show": tr("when empty show"),
}


@RULE.workspace()
def check(look: Look) -> Hits:
    """Messages with several lists."""
    coupons = look.names.coupons
    for message in look.names.messages.values():
        known = sorted(name for name in message.lists if name in coupons)
        if len({coupons[name].when_empty for name in known}) > 1 and look.is_own(message.span):
            told = [
                tr('"{name}" (`{does}`)', name=name, does=_DOES[coupons[name].when_empty])
                for name in known
            ]
            also = tuple((coupons[name].span, tr("declared here")) for name in known)
            words = {"message": message.name, "lists": joined(told, tr(" and "))}
            yield Hit(message.span, words, also=also)
