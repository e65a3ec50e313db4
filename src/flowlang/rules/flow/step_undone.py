"""A step that the next one undoes.

`tag "hot"` and right below it `untag "hot"`: nothing is left of the first. It still is a trigger for
other campaigns, so where that is meant, say so with an allowance; else one of the two is too much.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.wording import headline
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
    before = _step_before(node, look.parent)
    if before is not None and _undoes(node, before):
        yield Hit(before.span, {"step": headline(before)}, also=((node.span, "undone here"),))


def _step_before(node: Node, parent: Node) -> Node | None:
    for name in type(parent)._order[1:]:
        lines = getattr(parent, name)
        if isinstance(lines, tuple):
            for one, following in zip(lines, lines[1:], strict=False):
                if following is node and isinstance(one, Step):
                    return one
    return None


def _undoes(node: Step, before: Node) -> bool:
    match node, before:
        case (Untag(), Tag()):
            return bool(node.tag.value == before.tag.value)
        case (Clear(), Set()) | (Set(), Set()):
            same = node.field.value == before.field.value
            return bool(same) and not _reads(node, str(before.field.value))
        case (LeaveGroup(), JoinGroup()):
            return bool(node.group.value == before.group.value)
    return False


def _reads(node: Step, field: str) -> bool:
    """Whether the new value is made of the old one."""
    return isinstance(node, Set) and any(
        isinstance(one, (FieldValue, Ref)) and str(one.name.value).endswith(field)
        for one in walk(node.value)
    )
