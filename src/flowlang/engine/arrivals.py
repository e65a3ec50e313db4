"""What comes from outside, applied: a change made through the effects that steps have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flowlang.contact import Contact, usable_address
from flowlang.engine.interpreter import Interpreter


class Refused(Exception):
    """What was asked for cannot be done now; the message says why, for a person."""


class Moot(Refused):
    """What was asked for has come about without it, or there is nothing left to do it to."""


REACTIONS = ("opened", "clicked")
"""What needs a message that the contact got."""

Apply = Callable[[Interpreter, dict[str, Any], datetime], None]


def apply(
    do: Interpreter, contact: Contact, kind: str, data: dict[str, Any], now: datetime
) -> None:
    """Let an arrival of a kind happen to a contact, with all that follows.  Raises Refused."""
    found = KINDS.get(kind)
    if found is None:
        raise Refused(f"nothing is known of `{kind}`")
    if kind in REACTIONS:
        _sent(contact, data["message"], kind)
    do.arrive(contact, now, lambda interpreter: found(interpreter, data, now))


def _sent(contact: Contact, message: str | None, kind: str) -> None:
    if message is not None and not any(sent.message == message for sent in contact.messages):
        raise Refused(f'"{message}" was never sent to {contact.id}, so it cannot be {kind}')


def _react(kind: str) -> Apply:
    def react(do: Interpreter, data: dict[str, Any], now: datetime) -> None:
        do.react(kind, data["message"], data.get("link"))

    return react


def _bounced(do: Interpreter, data: dict[str, Any], now: datetime) -> None:
    do.bounce(data.get("address") or _bounced_address(do, data), data.get("message"))


def _bounced_address(do: Interpreter, data: dict[str, Any]) -> str:
    """The address a bounce came from: that of the message's last copy, else the contact's own."""
    contact, name = do.contact, data.get("message")
    own = next(
        (one for one in reversed(contact.messages) if one.message == name and one.address), None
    )
    other = contact.elsewhere.get(name or "")
    if other is not None and (own is None or other[1] > own.at):
        return other[0]
    if own is not None:
        return own.address
    message = do.program.messages.get(name or "")
    channel = message.channel if message else data.get("channel") or "email"
    field = do.program.config.address_field(channel)
    return usable_address(contact.fields.get(field))[0] if field else ""


def _complained(do: Interpreter, data: dict[str, Any], now: datetime) -> None:
    do.came_back("complained", data.get("message"))
    do.happen("complained", {"message": data.get("message")})


def _unsubscribed(do: Interpreter, data: dict[str, Any], now: datetime) -> None:
    channel = data.get("channel") or "email"
    do.came_back("unsubscribed", data.get("message"))
    do.consent(channel, granted=False)
    do.happen("unsubscribed", {"channel": channel})


def _record(do: Interpreter, data: dict[str, Any], now: datetime) -> None:
    name, where = data["record"], data.get("where") or {}

    def holds(row: dict[str, Any]) -> bool:
        return all(row.get(field) == value for field, value in where.items())

    match data["do"]:
        case "add":
            do.add_record(name, data["values"])
        case "set":
            do.change_records(name, data["values"], holds)
        case _:
            do.remove_records(name, holds)


KINDS: dict[str, Apply] = {
    "tag": lambda do, data, now: do.tag(data["tag"], None),
    "untag": lambda do, data, now: do.untag(data["tag"]),
    "set": lambda do, data, now: do.set_field(data["field"], data["value"]),
    "clear": lambda do, data, now: do.set_field(data["field"], None),
    "event": lambda do, data, now: do.happen(data["name"], {"at": now, **data["data"]}),
    "grant": lambda do, data, now: do.consent(data["channel"], granted=True),
    "withdraw": lambda do, data, now: do.consent(data["channel"], granted=False),
    "join": lambda do, data, now: do.join(data["group"]),
    "leave": lambda do, data, now: do.leave(data["group"]),
    "block": lambda do, data, now: do.block(blocked=True),
    "unblock": lambda do, data, now: do.block(blocked=False),
    "delete": lambda do, data, now: do.delete(),
    "record": _record,
    "opened": _react("opened"),
    "clicked": _react("clicked"),
    "bounced": _bounced,
    "complained": _complained,
    "unsubscribed": _unsubscribed,
    "start campaign": lambda do, data, now: do.start_campaign(
        data["campaign"], f'by the automation "{data["by"]}"' if data.get("by") else ""
    ),
    "stop campaign": lambda do, data, now: do.stop_campaign(data["campaign"]),
}
"""By type, as in an event's JSON; `contact`, `import coupons` and `resume` are the timeline's."""
