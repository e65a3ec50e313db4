"""A tag that is asked for, and that nothing here gives.

It may come from outside: an import, the API, a person. Where all tags are given in this workspace,
it is a slip, and the condition never holds.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.tags import Use, lonely
from flowlang.source import did_you_mean

RULE = Rule(__name__, "FL672", "off", 'nothing here gives the tag "{tag}"')

BAD = """\
contact
  score  number

campaign "Points"
  start when score is set
  tag "member"

campaign "Offer"
  start when tagged "members only"
  set score to 1
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
    """Tags that are asked for, each once."""
    for use, given in lonely(look, "asked"):
        hint = did_you_mean(use.tag, given) if given else ""
        yield Hit(use.span, {"tag": use.tag}, hint if hint.startswith("did") else "")
