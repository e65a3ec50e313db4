"""A subject that shouts.

`BUY NOW!!!` looks like spam to people and to filters. Say it in plain letters, with one sign at
most.
"""

import re

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts, with_placeholders

RULE = Rule(__name__, "FL806", "info", "this subject shouts")

BAD = """\
message "Hello"
  kind service
  channel email
  subject "WELCOME TO OUR SHOP"
  body "Good to have you with us."
"""
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Welcome to our shop"
  body "Good to have you with us."
"""

_SIGNS = re.compile(r"[!?]{2,}|!.*!")
_FEWEST = 8
"""Letters, below which capitals may be a name."""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Subjects in capitals, or with many signs."""
    for text in texts(look):
        if text.what != "subject":
            continue
        plain = with_placeholders(text.part.text, "")
        letters = [one for one in plain if one.isalpha()]
        loud = len(letters) >= _FEWEST and all(one.isupper() for one in letters)
        if loud or _SIGNS.search(plain):
            yield Hit(text.part.span)
