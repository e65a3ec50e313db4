"""Letters that wait to go out are taken back when their contact withdraws the consent, is blocked
or deleted: who has unsubscribed gets nothing more (RFC 8058).
"""

from __future__ import annotations

from datetime import datetime

from flowlang.contact import Contact, Entry, Letter
from flowlang.engine.processes import Identity
from flowlang.engine.world import World

TAKEN_BACK = "taken back"
"""What a history says of a letter that did not go out after all."""


def recall(
    world: World, contact: Contact, whose: str, reason: str, now: datetime, channel: str = ""
) -> None:
    """Take back the letters written to `whose`, all or the marketing by a channel.

    Each counts as skipped for the reason then, and `contact`, who may have become part of another
    since, never got it.
    """
    for letter in world.take_back(whose, channel, reason):
        process = world.process(Identity(*letter.process), now)  # type: ignore[arg-type] # ours
        process.done -= 1
        process.skipped[reason] += 1
        _forget(contact, letter)
        if world.history is not None:
            why = f'"{letter.message}": {reason}'
            world.history(Entry(now, letter.contact, letter.campaign, 0, "", 0, TAKEN_BACK, why))


def recall_withdrawn(
    world: World, contact: Contact, whose: str, withdrawn: str, now: datetime
) -> None:
    """Take back what is to go to `whose` although the contact, part of which that is since, is
    blocked or has withdrawn the consent, which is said as `withdrawn`.
    """
    if contact.blocked:
        recall(world, contact, whose, "blocked", now)
    for channel, granted in contact.consent.items():
        if not granted:
            recall(world, contact, whose, withdrawn, now, channel)


def _forget(contact: Contact, letter: Letter) -> None:
    """The copy that the contact did not get; a letter to another address has none."""
    of = (letter.message, letter.campaign, letter.at, letter.address)
    for place, sent in enumerate(contact.messages):
        if (sent.message, sent.campaign, sent.at, sent.address) == of:
            del contact.messages[place]
            return
