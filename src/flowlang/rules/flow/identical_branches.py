"""Branches that do the same.

Whatever the condition comes to, the same is done, so it decides nothing. Mostly one branch was
copied and not changed yet. Change it, or leave the condition out.
"""

from itertools import pairwise

from flowlang.rules.blocks import is_same
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import header
from flowlang.speech import tr
from flowlang.steps.branch import If
from flowlang.steps.split import Split
from flowlang.syntax.tree import Node

RULE = Rule(__name__, "FL606", "warning", "this branch does the same as the one above")

BAD = """\
campaign "Greeting"
  start when tagged "new"
  if tagged "vip"
    tag "greeted"
  else
    tag "greeted"
"""
GOOD = """\
campaign "Greeting"
  start when tagged "new"
  if tagged "vip"
    tag "greeted as a vip"
  else
    tag "greeted"
"""


@RULE.nodes(If)
def check(node: If, look: Look) -> Hits:
    """Two branches that stand beside each other."""
    branches: list[Node] = [node, *node.else_ifs, *([node.otherwise] if node.otherwise else [])]
    yield from _same(branches)


@RULE.nodes(Split)
def check_split(node: Split, look: Look) -> Hits:
    """Branches of a split, by chance."""
    yield from _same(list(node.shares or ()))


def _same(branches: list[Node]) -> Hits:
    for one, other in pairwise(branches):
        mine, theirs = getattr(one, "steps", None), getattr(other, "steps", None)
        if mine and theirs and len(mine) == len(theirs) and all(map(is_same, mine, theirs)):
            yield Hit(header(other), also=((header(one), tr("the branch above")),))
