"""A link without encryption.

A link with `http:` can be read and changed on its way, browsers warn of it, and spam filters count
it. Nearly every site answers under `https:` as well.
"""

import re
from itertools import islice

from flowlang.rules.fixing import replaced
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts
from flowlang.speech import tr

RULE = Rule(__name__, "FL744", "warning", "`{link}` is not encrypted")

BAD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Look at http://shop.example.com for more."
"""
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Look at https://shop.example.com for more."
"""

_LINK = re.compile(r"\bhttp://[^\s\"'<>)]+", re.IGNORECASE)
_NAMES = ("http://www.w3.org/", "http://schemas.")
"""They look like links and are names, in the head of an HTML page."""
MOST = 20
"""Findings in one text."""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Links in the texts of messages."""
    for text in texts(look):
        for found in islice(_LINK.finditer(text.part.text), MOST):
            if not found[0].lower().startswith(_NAMES):
                place = text.place(*found.span())
                fix = replaced(place, "https" + found[0][4:], safe=False)
                link = found[0] if len(found[0]) <= 60 else found[0][:59] + "…"
                yield Hit(place, {"link": link}, tr("write `https:`"), fix, home=text.message.span)
