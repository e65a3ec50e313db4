"""A tag that is given, and that nothing here asks for.

It may be there for people and reports. Where it is to start something, or to decide a branch, that
is missing.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.tags import Use, uses

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
    all_uses = list(uses(look))
    asked = {use.tag for use in all_uses if use.what == "asked"}
    seen: set[str] = set()
    for use in all_uses:
        if use.what == "given" and use.tag not in asked and use.tag not in seen:
            seen.add(use.tag)
            yield Hit(use.span, {"tag": use.tag})
