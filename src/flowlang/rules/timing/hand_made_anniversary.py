"""An anniversary put together by hand.

`day of birthday = day of today and month of birthday = month of today` never holds in a common
year for who was born on 29 February. `anniversary of birthday is today` takes 28 February then.
"""

from flowlang.rules.fixing import replaced
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.speech import tr
from flowlang.syntax import expressions as ex
from flowlang.syntax import moments

RULE = Rule(__name__, "FL646", "warning", "who was born on 29 February is left out here")

BAD = """\
contact
  birthday  date

event birthday_today
  every day at 08:00
  for contacts where day of birthday = day of today and month of birthday = month of today
"""
GOOD = """\
contact
  birthday  date

event birthday_today
  every day at 08:00
  for contacts where anniversary of birthday is today
"""


@RULE.nodes(ex.And)
def check(node: ex.And, look: Look) -> Hits:
    """Two comparisons with today, of the day and of the month of one date."""
    parts = {unit: part for part in node.parts if (unit := _compared_part(part)[0])}
    if {"day", "month"} <= set(parts) and not any(
        isinstance(part, ex.Compare) and _compared_part(part)[0] == "year" for part in node.parts
    ):
        day, month = _compared_part(parts["day"])[1], _compared_part(parts["month"])[1]
        if day is not None and day == month:
            said = tr("anniversary of {text} is today", text=shown(day))
            text = said.in_(look.parsed.language)
            only = len(node.parts) == 2
            fix = replaced(node.span, text, safe=False) if only else None
            yield Hit(node.span, {}, f"`{text}`", fix)


def _compared_part(node: ex.Expression) -> tuple[str, ex.Expression | None]:
    """`day of X = day of today`: which part, and the X."""
    if not isinstance(node, ex.Compare) or node.operator.value != "=":
        return "", None
    left, right = node.left, node.right
    if not isinstance(left, moments.Part) or not isinstance(right, moments.Part):
        return "", None
    if left.unit.value != right.unit.value:
        return "", None
    for one, other in ((left, right), (right, left)):
        if isinstance(other.operand, moments.Today) and not isinstance(one.operand, moments.Today):
            return str(one.unit.value), one.operand
    return "", None
