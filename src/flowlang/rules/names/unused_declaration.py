"""Something that is declared, and that nothing uses.

A segment, a policy, a calendar, a group or a coupon list that no line names is left over from
before, or its name was to stand somewhere. Use it, or take it out. Messages have a rule of their
own.
"""

from collections.abc import Iterator

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import declarations as tree
from flowlang.syntax import policies
from flowlang.syntax.tree import Node, Token, walk

RULE = Rule(__name__, "FL674", "off", "nothing uses the {what} `{name}`")

BAD = """\
contact
  score  number

segment "members"
  score > 50

campaign "Points"
  start when score is set
  tag "counted"
"""
GOOD = """\
contact
  score  number

segment "members"
  score > 50

campaign "Points"
  start when in segment "members"
  tag "counted"
"""

_KINDS: dict[type[Node], str] = {
    tree.Segment: tr("segment"),
    tree.Group: tr("group"),
    policies.Policy: tr("policy"),
    policies.Calendar: tr("calendar"),
    tree.Coupons: tr("coupon list"),
}


@RULE.workspace(tree.File)
def check(look: Look) -> Hits:
    """Declarations whose name stands nowhere else."""
    named: dict[str, int] = {}
    for file in look.every(tree.File):
        for node in walk(file):
            for token in _tokens(node):
                named[str(token.value)] = named.get(str(token.value), 0) + 1
    lists = {name for message in look.names.messages.values() for name in message.lists}
    for file in look.every(tree.File):
        assert isinstance(file, tree.File)
        for item in file.items:
            kind = _KINDS.get(type(item))
            name = getattr(item, "name", None)
            if kind is None or name is None or not look.is_own(item.span):
                continue
            if named[str(name.value)] == 1 and str(name.value) not in lists:
                yield Hit(name.span, {"what": kind, "name": name.value})


def _tokens(node: Node) -> Iterator[Token]:
    for field in type(node)._order[1:]:
        value = getattr(node, field)
        if isinstance(value, Token):
            yield value
        elif isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, Token))
