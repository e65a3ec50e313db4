"""A tag that is asked for, and that nothing here gives.

It may come from outside: an import, the API, a person. Where all tags are given in this workspace,
it is a slip, and the condition never holds.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.tags import Use, uses
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
    all_uses = list(uses(look))
    given = {use.tag for use in all_uses if use.what == "given"}
    seen: set[str] = set()
    for use in all_uses:
        if use.what == "asked" and use.tag not in given and use.tag not in seen:
            seen.add(use.tag)
            hint = did_you_mean(use.tag, sorted(given)) if given else ""
            yield Hit(use.span, {"tag": use.tag}, hint if hint.startswith("did") else "")
