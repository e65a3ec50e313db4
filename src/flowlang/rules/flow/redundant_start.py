"""A start that another one has already.

Several starts are joined by "or". Where one of them holds whenever another does, the narrower one
changes nothing, and whoever reads it thinks that it does. Take it out, or make the wider one
narrower.
"""

from flowlang.rules.fixing import without
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import campaigns as tree

RULE = Rule(__name__, "FL610", "warning", "another start has this one already")

BAD = """\
campaign "Offer"
  start when tagged "interested"
  start when tagged "interested" and tagged "vip"
  tag "asked"
"""
GOOD = """\
campaign "Offer"
  start when tagged "interested"
  start when tagged "vip"
  tag "asked"
"""
FIXED = """\
campaign "Offer"
  start when tagged "interested"
  tag "asked"
"""


@RULE.nodes(tree.Campaign)
def check(node: tree.Campaign, look: Look) -> Hits:
    """Pairs of `start when`."""
    starts = [line for line in node.lines or () if isinstance(line, tree.StartWhen)]
    if len(starts) < 2:
        return
    for line in starts:
        if look.reasoning.never(line.where):
            continue
        for other in starts:
            if other is line or not look.reasoning.always(other.where, [(line.where, True)]):
                continue
            # Of two that say the same the second one is too much.
            same = look.reasoning.always(line.where, [(other.where, True)])
            if same and starts.index(line) < starts.index(other):
                continue
            also = ((other.span, tr("it holds whenever the other does")),)
            # Where both hold the first one counts, and the history says which it was.
            safe = starts.index(line) > starts.index(other)
            yield Hit(line.span, fix=without(line, node, safe=safe), also=also)
            break
