"""Two waits, one right behind the other.

`wait 1 day` and `wait 2 hours` are one wait: `wait 1 day 2 hours`.
"""

from flowlang.rules.blocks import step_before
from flowlang.rules.lengths import is_zero
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.speech import tr
from flowlang.steps.wait import Wait
from flowlang.syntax import keywords
from flowlang.syntax.expressions import Duration

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
        hint = tr("`wait {length}`", length=_joined(before.length, node.length))
        yield Hit(node.span, {}, hint, also=((before.span, tr("the one above")),))


def _joined(first: Duration, second: Duration) -> str:
    """Two durations as one: `2 days` and `3 days` are `5 days`."""
    amount, unit, *rest = (*first.parts, *second.parts)
    if [one.kind for one in rest] != ["NUMBER", "UNIT"] or rest[1].value != unit.value:
        return f"{shown(first)} {shown(second)}"
    words = keywords.load(first.span.source.language)
    return f"{amount.value + rest[0].value} {words.spelling['UNIT', unit.value][1]}"
