"""Two branches whose ranges overlap, so that their order decides.

A contact with 20 points fits `score between 10 and 20` and `score between 20 and 30`; the first
branch in the text takes it, which may not be the one that was meant. Let each range begin where
the one before ends.
"""

from collections.abc import Hashable

from flowlang.rules.knowing import topics
from flowlang.rules.reasoning import Reasoning, TooMany
from flowlang.rules.regions import Numbers
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.speech import tr
from flowlang.steps.branch import If
from flowlang.syntax import expressions as ex

RULE = Rule(__name__, "FL605", "warning", "`{text}` overlaps with a branch above")

BAD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score between 10 and 20
    tag "some"
  else if score between 20 and 30
    tag "many"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when tagged "member"
  if score between 10 and 20
    tag "some"
  else if score > 20 and score <= 30
    tag "many"
"""


@RULE.nodes(If)
def check(node: If, look: Look) -> Hits:
    """Ranges of one value that share a part, while neither has all of the other."""
    if not node.else_ifs:
        return
    reasoning = look.reasoning
    above = [node.condition]
    for branch in node.else_ifs:
        for other in above:
            both = _shared(reasoning, other, branch.condition)
            if both:
                yield Hit(
                    branch.condition.span, {"text": shown(branch.condition)},
                    tr("{both} fits both: the first one takes it", both=both),
                    also=((other.span, tr("the branch above")),),
                )  # fmt: skip
                break
        above.append(branch.condition)


def _shared(reasoning: Reasoning, first: ex.Expression, second: ex.Expression) -> str:
    """A value that two ranges share, in words; empty where they do not overlap like that."""
    if len(topics(first)) != 1 or topics(first) != topics(second):
        return ""
    asked = reasoning.subjects(first)
    if len(asked) != 1 or reasoning.subjects(second) != asked:
        return ""
    if not all(
        reasoning.possible([(one, True), (other, False), (ex.IsSet(one.span, _value(one)), True)])
        for one, other in ((first, second), (second, first))
    ):
        return ""
    try:
        way = next(reasoning.ways([(first, True), (second, True)]), None)
    except TooMany:
        return ""
    return "" if way is None else _in_words(next(iter(way)), way[next(iter(way))].values)


def _value(condition: ex.Expression) -> ex.Expression:
    """What a test of one value asks about."""
    part = condition.parts[0] if isinstance(condition, (ex.And, ex.Or)) else condition
    value = getattr(part, "left", None) or getattr(part, "operand", None)
    return value if isinstance(value, ex.Expression) else part


def _in_words(subject: Hashable, values: object) -> str:
    family = subject[1] if isinstance(subject, tuple) and len(subject) == 2 else ""
    if not isinstance(values, Numbers) or family != "number":
        return ""
    example = values.example()
    return "" if example is None else f"{example:g}"
