"""A time of day that a change of clocks leaves out, or gives twice.

In most of Europe 02:00 to 02:59 does not exist on one Sunday in spring; what is to happen then
happens at 03:00. On one Sunday in autumn that hour comes twice, and the first one counts. Any
other hour has no such days.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.steps.wait_until import WaitUntil
from flowlang.syntax import declarations as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax.tree import Token

RULE = Rule(__name__, "FL647", "off", "{time} is left out on the day the clocks go forward")

BAD = """\
contact
  birthday  date

event birthday_today
  every day at 02:30
  for contacts where anniversary of birthday is today
"""
GOOD = """\
contact
  birthday  date

event birthday_today
  every day at 04:30
  for contacts where anniversary of birthday is today
"""


@RULE.nodes(tree.EveryDay, tree.EveryMonth, tree.EveryWeekday)
def check(node: tree.EveryDay | tree.EveryMonth | tree.EveryWeekday, look: Look) -> Hits:
    """The time of a schedule."""
    yield from _odd(node.time, look)


@RULE.nodes(WaitUntil)
def check_wait(node: WaitUntil, look: Look) -> Hits:
    """The time that is waited for."""
    if node.at is not None:
        yield from _odd(node.at, look)
    elif isinstance(node.until, ex.Time):
        yield from _odd(node.until.value, look)


def _odd(time: Token, look: Look) -> Hits:
    if str(time.value).zfill(5).startswith("02:"):
        yield Hit(time.span, {"time": time.value}, tr("any other hour has no such days"))
