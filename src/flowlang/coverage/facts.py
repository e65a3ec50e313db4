"""The things that can be so of a contact, and what lets a message go out or bars it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowlang.check.names import Message, Names
from flowlang.coverage.drafts import Call, Change, Data, Fact, Stock
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.values import quoted, written

PLENTY = 9
"""Codes of a list, where any number will do."""


def tagged(tag: str, so: bool) -> Fact:
    """With a tag, or without it."""
    line = f"tag {quoted(tag)}"
    return Fact(line, line, line) if so else Fact(line, "", f"untag {quoted(tag)}")


def in_group(group: str, so: bool) -> Fact:
    """In a group, or not."""
    line = f"group {quoted(group)}"
    return Fact(line, line, f"join {line}") if so else Fact(line, "", f"leave {line}")


def consent(channel: str, so: bool) -> Fact:
    """With consent for a channel, or without it."""
    line = f"marketing by {channel}"
    return Fact(line, line, f"grant {line}") if so else Fact(line, "", f"withdraw {line}")


def blocked(so: bool) -> Fact:
    """Blocked, or not."""
    return Fact("blocked", "blocked", "block") if so else Fact("blocked", "", "unblock")


def field_is(name: str, value: Any, names: Names) -> Fact:
    """A field with a value; without one where it is None."""
    shown = written(value, names)
    if not shown:
        return Fact(f"field {name}", "", f"clear {name}")
    return Fact(f"field {name}", f"{name} {shown}", f"set {name} to {shown}")


def reachable(message: Message, scene: Scene) -> Iterator[Wish]:
    """What lets a message go out: consent, an address, the values it shows, codes."""
    names = scene.names
    needed: dict[tuple[str, str], Change] = {("", "blocked"): blocked(so=False)}
    if message.kind == "marketing":
        needed["", "consent"] = consent(message.channel, so=True)
    address = names.config.address_field(message.channel) or "email"
    wanted = {("contact", address)} | {
        need for template in message.ready.values() for need in template.needs or ()
    }
    wanted |= {
        (need.head, need.name) for template in message.ready.values() for need in template.events
    }
    for space, name in sorted(wanted - {("contact", "email"), ("contact", "id")}):
        change = _some_value(space, name, scene)
        if change is not None:
            needed[space, name] = change
    yield tuple(needed.values())
    if message.lists:
        yield (*needed.values(), *(Stock(name, PLENTY) for name in sorted(message.lists)))


def _some_value(space: str, name: str, scene: Scene) -> Change | None:
    """Any value for what a placeholder shows; None where nobody can give one."""
    shown = scene.plain(scene.kind(space, name))
    match space:
        case "contact" if name in scene.names.fields and shown:
            return Fact(f"field {name}", f"{name} {shown}", f"set {name} to {shown}")
        case "event" | "reply" if name != "at" and scene.carrier(space, name):
            return Data(scene.carrier(space, name), name, shown)
        case "answer" if scene.urls:
            return Call(scene.urls[-1], ((name.partition(".")[0], quoted("something")),))
    return None


def unreachable(message: Message) -> Iterator[Wish]:
    """What bars a message: each of these by itself."""
    if message.kind == "marketing":
        yield (consent(message.channel, so=False),)
    yield (blocked(so=True),)
    yield (Fact("field email", "", "clear email"),)
    if message.channel == "sms":
        yield (Fact("field mobile", "", "clear mobile"),)
