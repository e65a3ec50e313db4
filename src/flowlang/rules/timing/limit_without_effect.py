"""A longest time that is never reached.

`wait until 09:00` takes a day at most, and `wait until monday` a week: with `at most 2 weeks` it
can never time out. Leave the limit out, or say what was meant.
"""

from flowlang.rules.lengths import seconds
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import expressions as ex

RULE = Rule(__name__, "FL653", "warning", "this wait never takes as long as {limit}")

BAD = """\
campaign "Greeting"
  start when tagged "new"
  wait until monday at 09:00 at most 2 weeks
  tag "greeted"
"""
GOOD = """\
campaign "Greeting"
  start when tagged "new"
  wait until monday at 09:00
  tag "greeted"
"""

_DAY = 86_400
_LONGEST: dict[type[ex.Expression], int] = {ex.Time: 2 * _DAY, ex.Weekday: 9 * _DAY}


@RULE.nodes(WaitUntil)
def check(node: WaitUntil, look: Look) -> Hits:
    """A wait for a time of day or a day of the week."""
    longest = _LONGEST.get(type(node.until))
    if longest and node.at_most is not None and seconds(node.at_most) >= longest:
        yield Hit(node.at_most.span, {"limit": node.at_most.span.text})
