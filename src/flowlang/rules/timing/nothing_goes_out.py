"""A policy under which nothing ever goes out.

`send at most 0 messages` lets no message through: each is skipped, or waits for ever. Where a
campaign is to be silent for a while, pause it.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import policies as tree

RULE = Rule(__name__, "FL649", "warning", "under this policy nothing ever goes out")

BAD = """\
policy "Careful"
  send at most 0 marketing messages per 7 days, otherwise skip
"""
GOOD = """\
policy "Careful"
  send at most 1 marketing message per 7 days, otherwise skip
"""


@RULE.nodes(tree.CapLine)
def check(node: tree.CapLine, look: Look) -> Hits:
    """A cap of none."""
    if node.amount.value == 0:
        yield Hit(node.span, {}, tr("say how many"))
