"""A `stop` where the campaign ends anyway.

Behind the last step the run is finished, with and without it.
"""

from flowlang.rules.fixing import without
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.steps.step import Step
from flowlang.steps.stop import Stop
from flowlang.syntax import campaigns as tree

RULE = Rule(__name__, "FL803", "info", "the campaign ends here anyway")

BAD = """\
campaign "Greeting"
  start when tagged "new"
  tag "greeted"
  stop
"""
GOOD = """\
campaign "Greeting"
  start when tagged "new"
  tag "greeted"
"""
FIXED = GOOD


@RULE.nodes(tree.Campaign, tree.Automation)
def check(node: tree.Campaign | tree.Automation, look: Look) -> Hits:
    """A `stop` as the last step of all."""
    steps = [line for line in node.lines or () if isinstance(line, Step)]
    if len(steps) > 1 and isinstance(steps[-1], Stop):
        yield Hit(steps[-1].span, fix=without(steps[-1], node))
