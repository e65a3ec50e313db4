"""A condition that nothing can meet.

`score > 100 and score < 50` holds for no one, whatever the score: what stands below it is never
done, and a campaign that starts with it never starts. Mostly an `and` was to be an `or`, or two
limits were swapped. Put the condition right, or take it out with what stands below it.
"""

from flowlang.rules.conditions import TESTS, may_be_settled, reasoning_at
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.speech import tr
from flowlang.syntax import expressions as ex

RULE = Rule(__name__, "FL601", "warning", "`{text}` never holds")

BAD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score > 100 and score < 50
    tag "in between"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score > 50 and score < 100
    tag "in between"
"""


@RULE.nodes(ex.And, *TESTS)
def check(node: ex.Expression, look: Look) -> Hits:
    """A condition that contradicts itself; of a larger one, the part that does."""
    if not may_be_settled(node, look.names):
        return
    reasoning = reasoning_at(look)
    if not reasoning.never(node):
        return
    if isinstance(node, ex.And) and any(reasoning.never(part) for part in node.parts):
        return
    hint = tr("was `or` meant?") if isinstance(node, ex.And) else ""
    yield Hit(node.span, {"text": shown(node)}, hint)
