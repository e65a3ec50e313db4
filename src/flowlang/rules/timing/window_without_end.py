"""A window whose ends are equal.

`between 09:00 and 09:00` is the whole day, so it holds nothing back. Say from when to when.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.syntax import policies as tree

RULE = Rule(__name__, "FL650", "warning", "from {time} to {time} is the whole day")

BAD = """\
policy "Decent hours"
  send only between 09:00 and 09:00
"""
GOOD = """\
policy "Decent hours"
  send only between 09:00 and 19:00
"""


@RULE.nodes(tree.WindowLine)
def check(node: tree.WindowLine, look: Look) -> Hits:
    """A window that begins when it ends."""
    start, end = str(node.start.value).zfill(5), str(node.end.value).zfill(5)
    if start == end:
        yield Hit(node.start.span.to(node.end.span), {"time": start})
