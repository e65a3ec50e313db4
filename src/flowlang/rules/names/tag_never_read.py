"""A tag that is given, and that nothing here asks for.

It may be there for people and reports. Where it is to start something, or to decide a branch, that
is missing.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.tags import Use, lonely

RULE = Rule(__name__, "FL673", "off", 'nothing here asks for the tag "{tag}"')

BAD = """\
contact
  score  number

campaign "Points"
  start when score is set
  tag "member"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when score is set
  tag "member"

campaign "Offer"
  start when tagged "member"
  set score to 1
"""


@RULE.workspace(*Use.nodes)
def check(look: Look) -> Hits:
    """Tags that are given, each once."""
    for use, _ in lonely(look, "given"):
        yield Hit(use.span, {"tag": use.tag})
