"""A SEND → WHAT IT MAY COME TO: who gets the message, whom it is barred from, too few codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flowlang.check.names import Message
from flowlang.coverage.drafts import Fact, Stock
from flowlang.coverage.facts import PLENTY, in_group, reachable, unreachable
from flowlang.coverage.moments import set_to
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.trying import variables
from flowlang.coverage.wishes import wishes
from flowlang.steps import jobs
from flowlang.steps.send import NOT_SENT, SENT, SendTo
from flowlang.syntax.tree import Node

_SOMEONE = "someone@example.com"


def sending(label: str, message: Message, node: Node | None, scene: Scene) -> Iterator[Wish]:
    """What may let a send come to an outcome."""
    address: Wish = ()
    if isinstance(node, SendTo):
        read = [one for one in variables(node.address, scene) if scene.kind(*one).is_text]
        address = tuple(set_to(*one, _SOMEONE, scene) for one in read)
        if label == NOT_SENT:
            yield tuple(set_to(*one, None, scene) for one in read)
    ready = [(*wish, *address) for wish in reachable(message, scene)]
    empty = tuple(Stock(name, 0) for name in sorted(message.lists))
    if label == SENT:
        yield from reversed(ready)
    elif label == NOT_SENT:
        yield from unreachable(message)
        yield empty
    else:
        yield empty
        yield (*ready[0], *empty)
        needs = (need for template in message.ready.values() for need in template.needs or ())
        yield from (
            (Fact(f"field {name}", "", f"clear {name}"),)
            for space, name in needs
            if space == "contact"
        )


def members(node: jobs.SendAll, scene: Scene) -> Iterator[Wish]:
    """Someone who belongs to the audience of a group send."""
    match node.recipients:
        case jobs.ToGroup(name=group):
            yield (in_group(str(group.value), so=True),)
        case jobs.ToSegment(name=segment):
            where = scene.names.segments[str(segment.value)].where
            yield from wishes(where, True, replace(scene, row=None)) if where else [()]
        case _:
            yield ()


def audience(node: jobs.SendAll, scene: Scene, *, codes: bool) -> Iterator[Wish]:
    """Someone who would get a group send, with codes or without any."""
    message = scene.names.messages[str(node.message.value)]
    stock = tuple(Stock(name, PLENTY if codes else 0) for name in sorted(message.lists))
    for member in members(node, scene):
        for ready in reachable(message, scene):
            yield (*member, *ready, *stock)
