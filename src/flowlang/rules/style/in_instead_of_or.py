"""One value compared with several.

`country = "DE" or country = "AT"` reads better as `country in ("DE", "AT")`, and the next one to
be added has its place.
"""

from flowlang.rules.conditions import always_holds
from flowlang.rules.fixing import replaced
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import shown
from flowlang.syntax import expressions as ex
from flowlang.syntax.keywords import load

RULE = Rule(__name__, "FL801", "info", "`{text}` says it in one")

BAD = """\
contact
  country  text

campaign "Offer"
  start when country = "DE" or country = "AT"
  tag "asked"
"""
GOOD = """\
contact
  country  text

campaign "Offer"
  start when country in ("DE", "AT")
  tag "asked"
"""
FIXED = GOOD


@RULE.nodes(ex.Or)
def check(node: ex.Or, look: Look) -> Hits:
    """An `or` of nothing but comparisons of one thing with written-out values."""
    first = node.parts[0]
    if not isinstance(first, ex.Compare):
        return
    values: list[str] = []
    for part in node.parts:
        if not isinstance(part, ex.Compare) or part.operator.value != "=":
            return
        if part.left != first.left or not isinstance(part.right, (ex.Text, ex.Number)):
            return
        values.append(part.right.span.text)
    if always_holds(node, look):
        return  # then it asks nothing, which is said in its place
    values = list(dict.fromkeys(values))
    word = next(load(look.parsed.language).words("_IN"))
    text = f"{shown(first.left)} {word} ({', '.join(values)})"
    if len(values) == 1:
        text = shown(first)
    yield Hit(node.span, {"text": text}, fix=replaced(node.span, text))
