"""A tag with the name of a group, or the other way round.

`tagged "Newsletter"` asks for a tag, and `Newsletter` is a group that contacts join: one is mostly
meant for the other, and the condition never holds. Ask `in group "Newsletter"`.
"""

from flowlang.rules.fixing import replaced
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.tags import Use, uses
from flowlang.speech import tr

RULE = Rule(
    __name__, "FL676", "warning", '"{tag}" is a group, and nothing gives a tag of that name'
)

BAD = """\
group "Newsletter"

campaign "Welcome"
  start when tagged "Newsletter"
  join group "Newsletter"
"""
GOOD = """\
group "Newsletter"

campaign "Welcome"
  start when in group "Newsletter"
  tag "welcomed"
"""


@RULE.workspace(*Use.nodes)
def check(look: Look) -> Hits:
    """Tags that are asked for, named like a group, and never given."""
    all_uses = list(uses(look))
    given = {use.tag for use in all_uses if use.what == "given"}
    for use in all_uses:
        if use.what == "asked" and use.tag in look.names.groups and use.tag not in given:
            text = tr('in group "{tag}"', tag=use.tag)
            fix = replaced(use.node.span, text, safe=False)
            yield Hit(use.span, {"tag": use.tag}, f"`{text}`", fix)
