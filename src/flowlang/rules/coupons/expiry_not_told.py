"""A code that ends, and the message does not say when.

The list says `valid for 14 days`, and the text shows the code alone: who keeps it for later finds
that it is over. `{{ coupon_expires('present') | date }}` tells the day.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts_of
from flowlang.speech import tr

RULE = Rule(__name__, "FL727", "off", '"{message}" does not say when its code from "{list}" ends')

BAD = """\
coupons "present"
  when empty show "GIFT"
  valid for 14 days

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}"
"""
GOOD = """\
coupons "present"
  when empty show "GIFT"
  valid for 14 days

message "Present"
  kind service
  channel email
  subject "A present"
  body "Your code: {{ coupon('present') }}, until {{ coupon_expires('present') | date }}"
"""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Messages with a code that ends."""
    for message in look.names.messages.values():
        if not look.is_own(message.span):
            continue
        for name in sorted(message.lists):
            coupons = look.names.coupons.get(name)
            if coupons is None or coupons.valid_for is None:
                continue
            if not any("coupon_expires" in text.part.text for text in texts_of(message)):
                hint = tr("`{{{{ coupon_expires('{name}') | date }}}}` tells it", name=name)
                yield Hit(message.span, {"message": message.name, "list": name}, hint)
