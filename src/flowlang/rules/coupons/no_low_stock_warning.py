"""A coupon list that halts sends and warns no one before.

With `when empty halt` a campaign stands still until a person has imported more codes. Who is
warned in time can do that before: `warn below 100`.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import declarations as tree

RULE = Rule(__name__, "FL722", "off", 'no one is warned before "{name}" is empty')

BAD = """\
coupons "anniversary"
  when empty halt
"""
GOOD = """\
coupons "anniversary"
  when empty halt
  warn below 100
"""


@RULE.nodes(tree.Coupons)
def check(node: tree.Coupons, look: Look) -> Hits:
    """A list that halts without `warn below`."""
    coupons = look.names.coupons.get(str(node.name.value))
    if coupons is not None and coupons.when_empty == "halt" and not coupons.warn_below:
        yield Hit(node.name.span, {"name": node.name.value}, tr("`warn below 100` tells a person"))
