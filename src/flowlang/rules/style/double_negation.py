"""Two negations in one.

`not (score is not set)` is `score is set`. Say it without the knot.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.syntax import expressions as ex
from flowlang.syntax import facts

RULE = Rule(__name__, "FL802", "info", "`{text}` says no twice")

BAD = """\
contact
  score  number

campaign "Points"
  start when not (score is not set)
  tag "counted"
"""
GOOD = """\
contact
  score  number

campaign "Points"
  start when score is set
  tag "counted"
"""


@RULE.nodes(ex.Not)
def check(node: ex.Not, look: Look) -> Hits:
    """A `not` around one that is not, where both cancel out."""
    if isinstance(node.part, (ex.Not, ex.IsNotSet, facts.MayNotGet)):
        yield Hit(node.span, {"text": shown(node)})
