"""A SEND → WHETHER IT IS KNOWN that nobody gets it there: consent was withdrawn, or blocked."""

from __future__ import annotations

from flowlang.check.names import Message
from flowlang.rules.paths import Paths
from flowlang.steps.send import Send
from flowlang.syntax import facts
from flowlang.syntax.tree import Token


def is_refused(paths: Paths, number: int, node: Send, message: Message) -> bool:
    """Whether each contact that comes to a send is one who may not get the message."""
    known = paths.at(number)
    if known is None:
        return False
    if paths.settled(facts.IsBlocked(node.span), known, holds=True):
        return True
    consent = facts.MayGet(node.span, Token(node.span, "NAME", message.channel))
    return message.kind == "marketing" and paths.settled(consent, known, holds=False)
