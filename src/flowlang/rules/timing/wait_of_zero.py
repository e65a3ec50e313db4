"""A wait of zero lets no time pass.

`wait 0 days` goes on at once, and `at most 0 days` is over before it began. Mostly a number was to
be put in later and never was. Say how long, or take the line out.
"""

from flowlang.rules.fixing import without
from flowlang.rules.lengths import is_none, is_zero
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.race import Race
from flowlang.steps.wait import Wait, WaitDays
from flowlang.steps.wait_for import WaitFor
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax.facts import Missed, TimedOut
from flowlang.syntax.tree import walk

RULE = Rule(__name__, "FL641", "warning", "`{text}` lets no time pass")

BAD = """\
campaign "Greeting"
  start when tagged "new"
  wait 0 days
  tag "greeted"
"""
GOOD = """\
campaign "Greeting"
  start when tagged "new"
  wait 3 days
  tag "greeted"
"""
FIXED = """\
campaign "Greeting"
  start when tagged "new"
  tag "greeted"
"""


@RULE.nodes(Wait, WaitDays)
def check(node: Wait | WaitDays, look: Look) -> Hits:
    """A wait for a length of time."""
    if is_zero(node):
        # It also clears the flags of the wait before it.
        safe = not any(isinstance(one, (TimedOut, Missed)) for one in walk(look.above[1]))
        fix = without(node, look.parent, safe=safe)
        yield Hit(node.span, {"text": node.span.text}, tr("say how long to wait"), fix)


@RULE.nodes(WaitUntil, WaitFor, Race)
def check_limit(node: WaitUntil | WaitFor | Race, look: Look) -> Hits:
    """The longest time of a wait."""
    if node.at_most is not None and is_none(node.at_most):
        yield Hit(
            node.at_most.span,
            {"text": tr("at most {time}", time=node.at_most.span.text)},
            tr("say how long to wait"),
        )
