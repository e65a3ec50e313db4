"""Data of a contact that is taken for markup.

In an HTML body what a contact has typed is shown as text. `| safe` takes it as markup instead: a
name with a `<` in it can break the page, or worse. Leave it out.
"""

import re
from itertools import islice

from flowlang.rules.fixing import replaced
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts

RULE = Rule(__name__, "FL747", "warning", "`{placeholder}` takes data for markup")

BAD = """\
contact
  first_name  text

message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us, {{ first_name | safe }}."
  when missing skip
"""
GOOD = """\
contact
  first_name  text

message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us, {{ first_name }}."
  when missing skip
"""

_SAFE = re.compile(r"\{\{[^{}]*?\|\s*safe\b[^{}]*\}\}")
MOST = 20
"""Findings in one text."""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Placeholders with the filter `safe`."""
    for text in texts(look):
        for found in islice(_SAFE.finditer(text.part.text), MOST):
            place = text.place(*found.span())
            fix = replaced(place, re.sub(r"\s*\|\s*safe\b", "", found[0]), safe=False)
            yield Hit(place, {"placeholder": found[0]}, "", fix, home=text.message.span)
