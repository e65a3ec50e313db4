"""The names of all files of a workspace in one: where each is declared, and where it is used."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from flowlang.check.names import DELIVERY_EVENTS, SYSTEM_EVENTS
from flowlang.check.symbols import CONTACT, FileNames, Occurrence, Owner, Symbol
from flowlang.kinds import BUILT_IN_FIELDS, DATETIME, Fields
from flowlang.source import Source

GIVEN = frozenset(("tag",))
"""Kinds of names that are not declared: giving one is enough."""


class Lookup:
    """The names of a workspace.  `templates` are those in body files, in files of their own."""

    def __init__(self, files: Iterable[FileNames], templates: Iterable[Occurrence] = ()) -> None:
        self.occurrences: list[Occurrence] = []
        self.declared: dict[Symbol, list[Occurrence]] = {}
        self._senders: dict[str, list[Owner]] = {}
        self._carried: dict[str, tuple[str, str]] = {}
        for names in files:
            self.occurrences += names.occurrences
            self._carried |= names.carried
            for message, events in names.senders:
                self._senders.setdefault(message, []).extend(events)
        self.occurrences += templates
        for one in self.occurrences:
            if one.declares:
                self.declared.setdefault(one.ways[0][0], []).append(one)

    def meant(self, occurrence: Occurrence) -> tuple[Symbol, ...]:
        """What a name stands for: one thing, or several where `event` may be one of several.

        For a name that is not declared, what it would be.
        """
        for way in occurrence.ways:
            known = tuple(dict.fromkeys(one for one in self.expanded(way) if self.known(one)))
            if known:
                return known
        return tuple(dict.fromkeys(self.expanded(occurrence.ways[0])))

    def known(self, symbol: Symbol) -> bool:
        """Whether something of that name is there: declared, given or built in."""
        return symbol in self.declared or symbol.kind in GIVEN or is_built_in(symbol)

    def expanded(self, way: Iterable[Symbol]) -> Iterator[Symbol]:
        """The same with what stands for others in its place: a message's events, their records."""
        for symbol in way:
            if symbol.owner[:1] != ("message",):
                yield self._own(symbol)
                continue
            message, *rest = symbol.owner[1:]
            for owner in self._senders.get(message, ()):
                yield self._own(symbol._replace(owner=(*owner, *rest)))

    def _own(self, symbol: Symbol) -> Symbol:
        """A field of an event that is about records is the records' field."""
        kind, name, owner = symbol
        if symbol in self.declared or owner[:1] != ("event",) or owner[1] not in self._carried:
            return symbol
        how, records = self._carried[owner[1]]
        if how == "row":
            return Symbol(kind, name, ("records", records, *owner[2:]))
        if len(owner) == 2 and name == records:
            return Symbol("records", name)
        if owner[2:3] == (records,):
            return Symbol(kind, name, ("records", *owner[2:]))
        return symbol

    @cached_property
    def _uses(self) -> dict[Symbol, list[Occurrence]]:
        found: dict[Symbol, list[Occurrence]] = {}
        for one in self.occurrences:
            for symbol in self.meant(one):
                found.setdefault(symbol, []).append(one)
        return found

    def uses(self, symbol: Symbol) -> list[Occurrence]:
        """All places of a name, its declarations among them."""
        return self._uses.get(symbol, [])

    def symbols(self) -> Iterable[Symbol]:
        """All names that there are."""
        return self._uses

    @cached_property
    def _by_source(self) -> dict[Path | str, list[Occurrence]]:
        found: dict[Path | str, list[Occurrence]] = {}
        for one in self.occurrences:
            found.setdefault(_place(one.span.source), []).append(one)
        for some in found.values():
            some.sort(key=lambda one: one.span.start)
        return found

    def within(self, source: Source) -> list[Occurrence]:
        """The names in a text, in their order."""
        return self._by_source.get(_place(source), [])

    def at(self, source: Source, offset: int) -> Occurrence | None:
        """The name at a place of a text, also where the place is right behind it."""
        some = self.within(source)
        index = bisect_right(some, offset, key=lambda one: one.span.start)
        for one in reversed(some[max(0, index - 2) : index]):
            if one.span.start <= offset <= one.span.end:
                return one
        return None

    def of_kind(self, kind: str, owner: Owner = CONTACT) -> list[str]:
        """The names of a kind that a file may use, in the order in which they stand."""
        found = dict.fromkeys(
            one.name for one in self._names if one.kind == kind and one.owner == owner
        )
        return [*found, *(name for name in built_in(kind, owner) if name not in found)]

    @cached_property
    def _names(self) -> list[Symbol]:
        return [one for one in self._uses if one in self.declared or one.kind in GIVEN]

    def fields_of(self, owner: Owner) -> list[str]:
        """The names of the fields that something has, those that it carries from records too."""
        found: list[str] = []
        for expanded in self.expanded((Symbol("field", "", owner),)):
            found += self.of_kind("field", expanded.owner)
            if owner != expanded.owner and owner[0] == "event":
                found += self.of_kind("field", owner)
            how, records = self._carried.get((*expanded.owner, "", "")[1], ("", ""))
            if how == "rows" and len(expanded.owner) == 2:
                found.append(records)
        return list(dict.fromkeys(found))


def is_built_in(symbol: Symbol) -> bool:
    """Whether a name is there without being declared."""
    if symbol.kind == "event" and symbol.name in SYSTEM_EVENTS:
        return True
    return symbol.name in built_in(symbol.kind, symbol.owner)


def built_in(kind: str, owner: Owner = CONTACT) -> Fields | list[str]:
    """The names that are there without being declared, of those that a file may write as it likes;
    fields with their kinds.
    """
    if kind == "event":
        return list(DELIVERY_EVENTS)
    if kind != "field":
        return []
    if owner == CONTACT:
        return BUILT_IN_FIELDS
    if owner[0] == "event" and len(owner) == 2:
        return DELIVERY_EVENTS.get(owner[1]) or SYSTEM_EVENTS.get(owner[1]) or {"at": DATETIME}
    return {}


def _place(source: Source) -> Path | str:
    return source.path or source.name
