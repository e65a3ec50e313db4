"""A step that the next one undoes.

`tag "hot"` and right below it `untag "hot"`: nothing is left of the first. It still is a trigger
for other campaigns, so where that is meant, say so with an allowance; else one of the two is too
much.
"""

from flowlang.rules.blocks import step_before
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import headline
from flowlang.speech import tr
from flowlang.steps.clear import Clear
from flowlang.steps.groups import JoinGroup, LeaveGroup
from flowlang.steps.set import Set
from flowlang.steps.step import Step
from flowlang.steps.tag import Tag
from flowlang.steps.untag import Untag
from flowlang.syntax.expressions import FieldValue, Ref
from flowlang.syntax.tree import Node, walk

RULE = Rule(__name__, "FL614", "warning", "`{step}` is undone by the next line")

BAD = """\
campaign "Score"
  start when tagged "new"
  tag "hot"
  untag "hot"
"""
GOOD = """\
campaign "Score"
  start when tagged "new"
  tag "hot"
  wait 3 days
  untag "hot"
"""


@RULE.nodes(Untag, Clear, LeaveGroup, Set)
def check(node: Step, look: Look) -> Hits:
    """A step, and the one above it in the same block."""
    before = step_before(node, look.parent)
    if before is not None and _undoes(node, before):
        yield Hit(before.span, {"step": headline(before)}, also=((node.span, tr("undone here")),))


def _undoes(node: Step, before: Node) -> bool:
    match node, before:
        case Untag(tag=name), Tag(tag=other):
            return bool(name.value == other.value)
        case ((Clear(field=name) | Set(field=name)), Set(field=other)):
            return bool(name.value == other.value) and not _reads(node, str(name.value))
        case LeaveGroup(group=name), JoinGroup(group=other):
            return bool(name.value == other.value)
    return False


def _reads(node: Step, field: str) -> bool:
    """Whether the new value is made of the old one."""
    return isinstance(node, Set) and any(
        isinstance(one, (FieldValue, Ref)) and str(one.name.value).endswith(field)
        for one in walk(node.value)
    )
