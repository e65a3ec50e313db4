"""A campaign that does not say what it is for.

`about "…"` is the first thing that who comes after you reads, and it stands in lists and pictures.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import campaigns as tree

RULE = Rule(__name__, "FL805", "off", '"{name}" does not say what it is for')

BAD = """\
campaign "Greeting"
  start when tagged "new"
  tag "greeted"
"""
GOOD = """\
campaign "Greeting"
  about "Everyone who is new is greeted"
  start when tagged "new"
  tag "greeted"
"""


@RULE.nodes(tree.Campaign, tree.Automation)
def check(node: tree.Campaign | tree.Automation, look: Look) -> Hits:
    """A campaign or automation without `about`."""
    if not any(isinstance(line, tree.About) for line in node.lines or ()):
        yield Hit(node.name.span, {"name": node.name.value}, tr('`about "…"`'))
