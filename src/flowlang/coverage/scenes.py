"""Where a condition stands: what it may speak of, and how everything is there by now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowlang.check.meaning import Place
from flowlang.check.names import Message, Names
from flowlang.check.view import Surroundings
from flowlang.contact import Contact
from flowlang.coverage.drafts import Change
from flowlang.coverage.values import Constants, domain, written
from flowlang.kinds import ANY, Fields, Kind

Wish = tuple[Change, ...]
"""Changes that together are to make something so."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in a campaign or automation, at a moment."""

    names: Names
    now: datetime
    contact: Contact
    world: Surroundings
    events: dict[str, Fields] = field(default_factory=dict)
    """The events that start it: whose data `event.x` may be."""
    replies: dict[str, Fields] = field(default_factory=dict)
    """The events that it waits for: whose data `reply.x` may be."""
    urls: tuple[str, ...] = ()
    """What it calls: who gives `answer.x`, and who may fail."""
    sends: tuple[Message, ...] = ()
    row: Fields | None = None
    """What a `where` filters."""
    brought: dict[str, Any] = field(default_factory=dict)
    """The data of the event that started the run at hand, where that is to stay as it is."""

    def place(self) -> Place:
        """The same for those who check conditions."""
        return Place(
            "coverage", event=_merged(self.events), reply=_merged(self.replies), answer=True,
            row=self.row, in_run=True, sends=frozenset(one.name for one in self.sends),
        )  # fmt: skip

    def kind(self, space: str, name: str) -> Kind:
        """The kind of what is read: of the contact, a row, an event, a reply or an answer."""
        if space == "contact":
            return self.names.fields.get(name, ANY)
        if space == "row":
            return (self.row or {}).get(name, ANY)
        carried = {"event": self.events, "reply": self.replies}.get(space, {})
        return next((fields[name] for fields in carried.values() if name in fields), ANY)

    def carrier(self, space: str, name: str) -> str:
        """The event that brings a value of `event.x` or `reply.x`; empty where none does."""
        carried = self.events if space == "event" else self.replies
        return next((event for event, fields in carried.items() if name in fields), "")

    def plain(self, kind: Kind) -> str:
        """Some value of a kind, as it is written."""
        if kind.name == "list":
            row = {
                name: domain(one, Constants(), self.now, self.names)[0]
                for name, one in kind.row.items()
                if one.name != "list"
            }
            return written([row], self.names)
        return written(domain(kind, Constants(), self.now, self.names)[0], self.names)

    def filled(self, fields: Fields, values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """All fields of an event or a record with a value, as they are written; None leaves out."""
        shown = {name: self.plain(kind) for name, kind in fields.items() if name not in values}
        shown |= {name: written(value, self.names) for name, value in values.items()}
        return tuple((name, shown[name]) for name in shown if shown[name] and name != "at")


def _merged(carried: dict[str, Fields]) -> Fields:
    found: Fields = {}
    for fields in carried.values():
        found |= fields
    return found
