"""A coupon list that does not say what happens when it is empty.

Without `when empty` the send halts at the last code: some have the message, the others wait until
a person imports more. That may be right; say so. `when empty show "TEXT"` goes on with a text
instead, `when empty skip` leaves the message out.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import declarations as tree

RULE = Rule(__name__, "FL721", "warning", 'what happens when "{name}" is empty is not said')

BAD = """\
coupons "anniversary"
  warn below 100
"""
GOOD = """\
coupons "anniversary"
  when empty halt
  warn below 100
"""


@RULE.nodes(tree.Coupons)
def check(node: tree.Coupons, look: Look) -> Hits:
    """A list without a decision."""
    if not any(isinstance(line, tree.WhenEmpty) for line in node.lines or ()):
        hint = tr('`when empty halt`, `when empty skip` or `when empty show "…"`')
        yield Hit(node.name.span, {"name": node.name.value}, hint)
