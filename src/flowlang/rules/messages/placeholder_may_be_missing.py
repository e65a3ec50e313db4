"""A placeholder that may have no value.

Where a contact lacks what a placeholder shows, the message is not sent: it is skipped, and only
the history says why. Say what stands there then: `{{ first_name | default('you') }}`, or, for all
placeholders of a message, `when missing show "…"`, `when missing skip` or `when missing halt`. A
field that a condition on the way has found to be set needs neither.
"""

import re
from collections.abc import Iterator

from flowlang.check.names import Message
from flowlang.check.template_places import place_of
from flowlang.program.program import Campaign
from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts_of
from flowlang.source import Span, Walk
from flowlang.speech import tr
from flowlang.steps.send import NOT_SENT, Send
from flowlang.syntax import campaigns as tree
from flowlang.syntax import expressions as ex
from flowlang.syntax import facts
from flowlang.syntax.tree import Node, Token, walk

RULE = Rule(__name__, "FL742", "info", "`{field}` may be missing, and then no one gets this")

BAD = """\
contact
  first_name  text

message "Hello"
  kind service
  channel email
  subject "Hello {{ first_name }}!"
  body "Good to have you with us."

campaign "Hello"
  start when tagged "new"
  send "Hello"
"""
GOOD = """\
contact
  first_name  text

message "Hello"
  kind service
  channel email
  subject "Hello {{ first_name | default('you') }}!"
  body "Good to have you with us."

campaign "Hello"
  start when tagged "new"
  send "Hello"
"""

_ALWAYS_THERE = ("id", "email", "mobile", "created")
"""Of these a send takes care, or everyone has them."""


@RULE.campaigns
def check(campaign: Campaign, look: Look) -> Hits:
    """Fields that a message needs, and that nothing in the campaign has asked for."""
    asked: set[str] | None = None
    for number, node in enumerate(campaign.nodes):
        if not isinstance(node, Send):
            continue
        message = look.names.messages.get(str(node.message.value))
        if message is None or message.when_missing is not None or not look.is_own(message.span):
            continue
        needs = {field for field in _needs(message) if not _is_named(field, campaign)}
        if needs and asked is None:
            asked = _asked(campaign, look)
        for field in sorted(needs - (asked or set())):
            yield Hit(
                _place(message, field), {"field": field},
                tr("`{{{{ {field} | default('…') }}}}` says what stands there then", field=field),
                also=((node.span, tr("sent here")),), home=message.span,
                walk=Walk(campaign.name, number, NOT_SENT, field),
            )  # fmt: skip


def _needs(message: Message) -> set[str]:
    """The fields of the contact without which it cannot be sent."""
    return {
        name
        for template in message.ready.values()
        for head, name in template.needs or ()
        if head == "contact" and name not in _ALWAYS_THERE
    }


def _is_named(field: str, campaign: Campaign) -> bool:
    """Whether the name stands in the campaign's text at all: mostly in a condition."""
    text = campaign.item.span.text if campaign.item else ""
    return re.search(rf"\b{re.escape(field)}\b", text) is not None


def _asked(campaign: Campaign, look: Look) -> set[str]:
    """The fields that the campaign sets, or that a condition on the way speaks of."""
    todo: list[Node] = [campaign.item] if campaign.item else []
    seen: set[int] = set()
    found: set[str] = set()
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        for node in walk(item):
            if isinstance(node, ex.FieldValue):
                found.add(str(node.name.value))
            token = getattr(node, "field", None)
            if isinstance(token, Token):
                found.add(str(token.value))
            todo += _behind(node, look)
    return found


def _behind(node: Node, look: Look) -> Iterator[Node]:
    """What a name in a condition stands for: a segment, or whom an event of the system finds."""
    if isinstance(node, facts.InSegment):
        segment = look.names.segments.get(str(node.segment.value))
        if segment is not None and segment.where is not None:
            yield segment.where
    if isinstance(node, tree.StartOn):
        event = look.names.events.get(str(node.event.event.value))
        if event is not None and event.audience is not None and event.audience.where is not None:
            yield event.audience.where


def _place(message: Message, field: str) -> Span:
    """The first placeholder that shows a field."""
    for text in texts_of(message):
        for line, row in enumerate(text.part.text.split("\n"), 1):
            if field in row and "{" in row:
                return place_of(text.part, field, line)
    return message.span
