"""Words of a draft that were left in a message.

`lorem ipsum`, `TODO` or `XXX` was to be replaced before anyone sees it.
"""

import re

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts

RULE = Rule(__name__, "FL746", "warning", '"{word}" is left of a draft')

BAD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "TODO: say something nice."
"""
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."
"""

_DRAFT = re.compile(r"\b(?:lorem ipsum|TODO|FIXME|XXX|TBD)\b|\[(?:insert|hier)\b[^\]\n]*\]")


@RULE.workspace()
def check(look: Look) -> Hits:
    """The first such word of each text."""
    for text in texts(look):
        found = _DRAFT.search(text.part.text)
        if found is not None:
            place = text.place(*found.span())
            yield Hit(place, {"word": found[0]}, home=text.message.span)
