"""Two waits, one right behind the other.

`wait 1 day` and `wait 2 hours` are one wait: `wait 1 day 2 hours`.
"""

from flowlang.rules.blocks import step_before
from flowlang.rules.lengths import is_zero
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.speech import tr
from flowlang.steps.wait import Wait

RULE = Rule(__name__, "FL807", "info", "this wait and the one above are one")

BAD = """\
campaign "Greeting"
  start when tagged "new"
  wait 1 day
  wait 2 hours
  tag "greeted"
"""
GOOD = """\
campaign "Greeting"
  start when tagged "new"
  wait 1 day 2 hours
  tag "greeted"
"""


@RULE.nodes(Wait)
def check(node: Wait, look: Look) -> Hits:
    """A wait whose neighbour above is one, too."""
    before = step_before(node, look.parent)
    if isinstance(before, Wait) and not is_zero(before) and not is_zero(node):
        hint = tr("`wait {first} {second}`", first=shown(before.length), second=shown(node.length))
        yield Hit(node.span, {}, hint, also=((before.span, tr("the one above")),))
