"""Letters that wait to go out are taken back when their contact withdraws the consent, is blocked
or deleted: who has unsubscribed gets nothing more (RFC 8058).

One that is being handed over just then may be out already.  Should it come back, to be tried again,
it is taken back by who has handed it over, and an arrival tells the contact so.
"""

from __future__ import annotations

from datetime import datetime

from flowlang.contact import Contact, Entry, Letter
from flowlang.engine.processes import Identity
from flowlang.engine.world import World

TAKEN_BACK = "taken back"
"""What a history says of a letter that did not go out after all; and the type of the arrival that
tells a contact of it.
"""


def recall(world: World, contact: Contact, reason: str, now: datetime, channel: str = "") -> None:
    """Take back the letters to a contact, also those to whoever has become part of it: all, or the
    marketing by a channel.  Each that waited counts as skipped for the reason then.
    """
    for letter in world.take_back(contact, channel, reason):
        process = world.process(Identity(*letter.process), now)  # type: ignore[arg-type] # ours
        process.done -= 1
        process.skipped[reason] += 1
        forget(world, contact, as_data(letter, reason), now)


def recall_withdrawn(world: World, contact: Contact, withdrawn: str, now: datetime) -> None:
    """Take back what is to go to a contact although it is blocked or has withdrawn the consent,
    which is said as `withdrawn`.
    """
    if contact.blocked:
        recall(world, contact, "blocked", now)
    for channel, granted in contact.consent.items():
        if not granted:
            recall(world, contact, withdrawn, now, channel)


def as_data(letter: Letter, reason: str) -> dict[str, object]:
    """What an arrival says of a letter that was taken back."""
    names = ("message", "campaign", "at", "address")
    return {name: getattr(letter, name) for name in names} | {"reason": reason}


def forget(world: World, contact: Contact, data: dict[str, object], now: datetime) -> None:
    """A contact never got the copy that a letter of this `as_data` was; one to another address has
    none.
    """
    of = (data["message"], data["campaign"], data["at"], data["address"])
    for place, sent in enumerate(contact.messages):
        if (sent.message, sent.campaign, sent.at, sent.address) == of:
            del contact.messages[place]
            break
    if world.history is not None:
        why = f'"{data["message"]}": {data["reason"]}'
        campaign = str(data["campaign"])
        world.history(Entry(now, contact.id, campaign, 0, "", 0, TAKEN_BACK, why))
