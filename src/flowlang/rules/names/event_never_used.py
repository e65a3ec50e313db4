"""An event that the system makes, and that nothing waits for.

It is looked for at each of its times, for every contact, and starts nothing. Start a campaign on
it, or take it out.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.speech import tr
from flowlang.syntax import declarations as tree
from flowlang.syntax import past
from flowlang.syntax.tree import Node, Token

RULE = Rule(__name__, "FL675", "off", "nothing uses the event `{name}`")

BAD = """\
contact
  birthday  date

event birthday_today
  every day at 08:00
  for contacts where anniversary of birthday is today
"""
GOOD = """\
contact
  birthday  date

event birthday_today
  every day at 08:00
  for contacts where anniversary of birthday is today

campaign "Birthday"
  start on birthday_today
  tag "congratulated"
"""

_ASKS = (
    past.Happened, past.OfLast, past.OfFirst, past.AtOfLast, past.AtOfFirst, past.CountOf,
    past.SumOf,
)  # fmt: skip


@RULE.workspace(tree.EventBlock, past.EventRef, *_ASKS)
def check(look: Look) -> Hits:
    """Events with a schedule that no line names."""
    named = {str(_named(node)) for node in look.every(past.EventRef, *_ASKS)}
    for node in look.every(tree.EventBlock):
        assert isinstance(node, tree.EventBlock)
        event = look.names.events.get(str(node.name.value))
        if event is None or event.outside or event.name in named or not look.is_own(node.span):
            continue
        yield Hit(
            node.name.span, {"name": event.name}, tr("`start on {event}` uses it", event=event.name)
        )


def _named(node: Node) -> Token:
    """The event that a node asks for."""
    found = getattr(node, "rows", None) or getattr(node, "event", None)
    assert isinstance(found, Token)
    return found
