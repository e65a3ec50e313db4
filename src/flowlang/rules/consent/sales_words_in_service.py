"""Sales words in a service message.

A service message goes out in spite of an objection to marketing, so it may not sell: where the
text speaks of a discount or a sale, it is marketing, whatever its `kind` says, and sending it by
mail or text without consent is against the law in most of Europe. Make it marketing, or take the
sale out.
"""

import re

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts
from flowlang.speech import tr

RULE = Rule(__name__, "FL702", "warning", '"{word}" sells, and "{message}" is a service message')

BAD = """\
message "Order"
  kind service
  channel email
  subject "Your order is on its way"
  body "And there is a special offer for you: look into the shop."
"""
GOOD = """\
message "Order"
  kind service
  channel email
  subject "Your order is on its way"
  body "It will be with you tomorrow."
"""

_WORDS = re.compile(
    r"\b(?:special offers?|buy now|shop now|order now|on sale|summer sale|winter sale|black friday"
    r"|\d+ ?% (?:off|discount|rabatt|sparen)|(?:save|spare) (?:up to |bis zu )?\d+|free gift"
    r"|sonderangebote?|jetzt (?:kaufen|bestellen|zugreifen|sichern)|rabatt(?:aktion|code)?"
    r"|schnäppchen|nur für kurze zeit|limited time)\b",
    re.IGNORECASE,
)


@RULE.workspace()
def check(look: Look) -> Hits:
    """The first such word of each text of a service message."""
    for text in texts(look):
        if text.message.kind != "service" or text.message.channel not in ("email", "sms"):
            continue
        found = _WORDS.search(text.part.text)
        if found is not None:
            words = {"word": found[0], "message": text.message.name}
            hint = tr("`kind marketing` sends it to those who have consented")
            yield Hit(text.place(*found.span()), words, hint, home=text.message.span)
