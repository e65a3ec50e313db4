"""A wait with nothing behind it.

The last step is a wait, so the contact stands there for nothing. Where the campaign is to stay
busy that long, so that it does not begin again, `at most once per …` says it; else take the wait
out.
"""

from flowlang.rules.fixing import without
from flowlang.rules.lengths import is_zero
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.steps.step import Step
from flowlang.steps.wait import Wait, WaitDays
from flowlang.syntax import campaigns as tree

RULE = Rule(__name__, "FL652", "info", "nothing comes after this wait")

BAD = """\
campaign "Greeting"
  start when tagged "new"
  tag "greeted"
  wait 3 days
"""
GOOD = """\
campaign "Greeting"
  start when tagged "new"
  wait 3 days
  tag "greeted"
"""


@RULE.nodes(tree.Campaign)
def check(node: tree.Campaign, look: Look) -> Hits:
    """A last step that only lets time pass."""
    steps = [line for line in node.lines or () if isinstance(line, Step)]
    if steps and isinstance(steps[-1], (Wait, WaitDays)) and not is_zero(steps[-1]):
        yield Hit(header(steps[-1]), fix=without(steps[-1], node, safe=False))
