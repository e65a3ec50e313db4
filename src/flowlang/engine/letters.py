"""The letter that a send writes, and its name."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flowlang.check.names import Message
from flowlang.contact import Letter
from flowlang.engine.processes import of_send
from flowlang.engine.render import Rendered, Renderer

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


def written(
    do: RunEffects,
    message: Message,
    rendered: Rendered,
    renderer: Renderer,
    *,
    address: str,
    codes: dict[str, str],
) -> Letter:
    """The letter to the contact at hand; marketing by e-mail says how to unsubscribe."""
    contact, config = do.contact, do.program.config
    marketing = message.kind == "marketing" and message.channel == "email"
    return Letter(
        _name(do, message.name),
        contact.id,
        message.name,
        do.campaign.name,
        do.now,
        message.channel,
        message.kind,
        address,
        rendered.subject,
        rendered.text,
        rendered.html,
        message.sender or config.sender,
        message.reply_to or config.reply_to,
        renderer.unsubscribe_link(contact, message.channel, message.name) if marketing else "",
        tuple(sorted(codes.items())),
        tuple(of_send(message.name, do.campaign, do.run.key)),
    )


def _name(do: RunEffects, message: str) -> str:
    """A name for one send that is the same whenever it is tried again.

    In a store no two can have one name, whatever loop they are in: each has its place in a history.
    """
    contact, run = do.contact, do.run
    places = (run.counters.get("", 0), len(contact.messages), do.world.entries_of(contact.id))
    what = (contact.id, run.campaign, run.key, run.label, do.step_id, message, *map(str, places))
    return hashlib.sha256("\0".join(what).encode()).hexdigest()[:32]
