"""A condition that everything meets.

`score < 100 or score > 50` holds for every score there is: it decides nothing, and what stands in
its `else` is done only for those without a score, if at all. Mostly an `or` was to be an `and`.
Put the condition right, or take it out.
"""

from flowlang.rules.conditions import (
    TESTS,
    always_holds,
    reasoning_at,
    what_is_asked,
    whoever_has,
)
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
    if not always_holds(node, look):
        return
    reasoning, asked = reasoning_at(look), what_is_asked(node)
    known = whoever_has(asked)
    if isinstance(node, ex.Or) and any(reasoning.always(part, known) for part in node.parts):
        return
    everyone = reasoning.always(node)
    whom = "" if everyone else tr(" where {names} is set", names=_listed(asked))
    both = isinstance(node, ex.Or) and not reasoning.never(ex.And(node.span, node.parts))
    hint = tr("was `and` meant?") if both else ""
    if not everyone and not hint:
        hint = tr("if that is what is asked, write `{text} is set`", text=shown(asked[0]))
    yield Hit(node.span, {"text": shown(node), "whom": whom}, hint)


def _listed(asked: list[ex.Expression]) -> str:
    return joined((f"`{shown(one)}`" for one in asked), tr(" and "))
