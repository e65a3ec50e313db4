"""A day of the month that some months do not have.

`every month on day 31` takes the last day where a month is shorter: 30 April, 28 February. That
may well be meant; where the end of the month matters and not the number, nothing is to be done.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.syntax import declarations as tree

RULE = Rule(__name__, "FL648", "info", "not every month has a day {day}: the last one is taken")

BAD = """\
event invoice_day
  every month on day 30 at 08:00
  for contacts where tagged "customer"
"""
GOOD = """\
event invoice_day
  every month on day 28 at 08:00
  for contacts where tagged "customer"
"""


@RULE.nodes(tree.EveryMonth)
def check(node: tree.EveryMonth, look: Look) -> Hits:
    """A schedule on the 29th, 30th or 31st."""
    if isinstance(node.day.value, int) and 29 <= node.day.value <= 31:
        yield Hit(node.day.span, {"day": node.day.value})
