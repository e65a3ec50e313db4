"""A subject that is too long to be read.

Most mail programs show some 60 characters of a subject, phones fewer. What matters belongs in
front of that.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts, with_placeholders

RULE = Rule(__name__, "FL743", "warning", "this subject has {length} characters, {most} are shown")

BAD = """\
message "Hello"
  kind service
  channel email
  subject "Hello and welcome to the friends of our little shop at the corner of Market Street"
  body "Good to have you with us."
"""
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Welcome to the friends of our shop"
  body "Good to have you with us."
"""

MOST = 70
_SHOWN = "x" * 8
"""What a placeholder is taken for."""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Subjects in all languages."""
    for text in texts(look):
        if text.what == "subject":
            length = len(with_placeholders(text.part.text, _SHOWN))
            if length > MOST:
                yield Hit(text.part.span, {"length": length, "most": MOST})
