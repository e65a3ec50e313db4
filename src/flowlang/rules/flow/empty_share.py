"""A branch of a split that no one, or everyone, takes.

`0%` is for nobody, `100%` for all: then the split decides nothing. Give the branch a share, or
take it out.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.speech import tr
from flowlang.steps.split import Share

RULE = Rule(__name__, "FL613", "warning", "{who} takes this branch")

BAD = """\
campaign "Test"
  start when tagged "new"
  split
    70% "A"
      tag "a"
    30% "B"
      tag "b"
    0% "C"
      tag "c"
"""
GOOD = """\
campaign "Test"
  start when tagged "new"
  split
    70% "A"
      tag "a"
    20% "B"
      tag "b"
    10% "C"
      tag "c"
"""


@RULE.nodes(Share)
def check(node: Share, look: Look) -> Hits:
    """A share of nothing, or of all."""
    if node.percent.value == 0:
        yield Hit(header(node), {"who": tr("no one")})
    elif node.percent.value == 100:
        yield Hit(header(node), {"who": tr("everyone")})
