"""A condition that everything meets.

`score < 100 or score > 50` holds for every score there is: it decides nothing, and what stands in
its `else` is done only for those without a score, if at all. Mostly an `or` was to be an `and`.
Put the condition right, or take it out.
"""

from flowlang.rules.conditions import TESTS, may_be_settled, reasoning_at
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.speech import joined, tr
from flowlang.syntax import expressions as ex

RULE = Rule(__name__, "FL602", "warning", "`{text}` always holds{whom}")

BAD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score < 100 or score > 50
    tag "in between"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score < 100 and score > 50
    tag "in between"
"""


@RULE.nodes(ex.Or, *TESTS)
def check(node: ex.Expression, look: Look) -> Hits:
    """A condition that cannot fail, but for a missing value; of a larger one, that part."""
    if isinstance(node, TESTS) and isinstance(look.parent, ex.Not):
        return
    if not may_be_settled(node, look.names):
        return
    reasoning = reasoning_at(look)
    asked = _asked(node)
    known = [(ex.IsSet(node.span, one), True) for one in asked]
    if not reasoning.always(node, known):
        return
    if isinstance(node, ex.Or) and any(reasoning.always(part, known) for part in node.parts):
        return
    everyone = reasoning.always(node)
    whom = "" if everyone else tr(" where {names} is set", names=_listed(asked))
    hint = tr("was `and` meant?") if isinstance(node, ex.Or) else ""
    if not everyone and not hint:
        hint = tr("if that is what is asked, write `{text} is set`", text=shown(asked[0]))
    yield Hit(node.span, {"text": shown(node), "whom": whom}, hint)


def _asked(node: ex.Expression) -> list[ex.Expression]:
    """What is compared, without which nothing holds."""
    found: list[ex.Expression] = []
    for part in node.parts if isinstance(node, ex.Or) else (node,):
        one = getattr(part, "left", None) or getattr(part, "operand", None)
        if isinstance(one, (ex.FieldValue, ex.Ref)) and one not in found:
            found.append(one)
    return found


def _listed(asked: list[ex.Expression]) -> str:
    return joined((f"`{shown(one)}`" for one in asked), tr(" and "))
