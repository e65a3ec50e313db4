"""TREE → NAMES AND PLACES: what each name in a file is, whether it is declared there or used.

It walks nodes by the roles of their tokens (`roles`) and knows no statement by name.  What a name
can mean hangs on where it stands: within a `where` it is first a field of what is filtered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flowlang.check.placeholders import ROW, Mention, mentions
from flowlang.check.roles import Role, roles
from flowlang.check.symbols import CONTACT, BodyFile, FileNames, Occurrence, Owner, Symbol
from flowlang.source import Span
from flowlang.syntax import campaigns
from flowlang.syntax import declarations as tree
from flowlang.syntax.expressions import Expression
from flowlang.syntax.past import EventRef
from flowlang.syntax.tree import Node, Token, walk

_HEADS = ("event", "reply", "answer", "contact")
NAMES = ("today", "now", "unsubscribe_link")
"""What a template knows besides fields, records and functions."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a node, as far as names go."""

    owner: Owner = CONTACT
    """Whose the fields are that are declared here."""
    row: tuple[Owner, ...] = ()
    """Of what values are given here."""
    filtered: tuple[Owner, ...] = ()
    """What a `where` filters, the innermost first."""
    events: tuple[Owner, ...] = ()
    replies: tuple[Owner, ...] = ()
    inside: str = ""
    """The name of the declaration."""


def names_of(file: tree.File) -> FileNames:
    """The names in a file, in the order of the text."""
    walker = _Walker()
    for item in file.items:
        walker.declaration(item)
    walker.found.occurrences.sort(key=lambda one: one.span.start)
    return walker.found


def placed(
    text: str, start: int, source_span: Span, node: Node, events: tuple[Owner, ...], message: str
) -> Iterator[Occurrence]:
    """The names in the placeholders of a template, whose text begins at an offset of a source."""
    around = _Around(events=events or (("message", message),), replies=(("message", message),))
    for mention in mentions(text):
        ways = _mentioned(mention, around)
        if ways:
            span = Span(source_span.source, start + mention.start, start + mention.end)
            yield Occurrence(span, ways, node, in_template=True)


class _Walker:
    def __init__(self) -> None:
        self.found = FileNames([], [], [], {})
        self.assigned = ""
        """The field that got the last value: rows without a name are its."""

    def declaration(self, item: Node) -> None:
        around = _Around(inside=str(getattr(item, "name", "")))
        if isinstance(item, tree.EventBlock):
            around = replace(around, events=(("event", item.name.value),))
        elif isinstance(item, (campaigns.Campaign, campaigns.Automation)):
            around = replace(
                around,
                events=tuple(brought(item, "event")),
                replies=tuple(brought(item, "reply")),
            )
            self._sends(item, around.events)
        self._node(item, around)

    def _sends(self, item: Node, events: tuple[Owner, ...]) -> None:
        for node in walk(item):
            message = getattr(node, "message", None)
            if isinstance(message, Token) and not isinstance(node, (Expression, EventRef)):
                self.found.senders.append((message.value, events))

    def _node(self, node: Node, around: _Around) -> None:
        parts = [(field, role, getattr(node, field)) for field, role in roles(type(node))]
        row = tuple(_row(parts, around))
        below = around
        for field, role, value in parts:
            if role is not None:
                for token in _tokens(value):
                    below = self._token(node, field, role, token, row, below)
        if node.brings in ("row", "rows") and row:
            self.found.carried[around.inside] = (node.brings, row[0][-1])
        for field, _, value in parts:
            inner = below
            if field in ("where", "value") and row:
                inner = replace(below, filtered=(*row, *below.filtered))
            for child in _nodes(value):
                gives = child.roles.get("name") in ("field", "assigned", "part")
                self._node(child, replace(inner, row=(row or around.row) if gives else ()))

    def _token(
        self,
        node: Node,
        field: str,
        role: Role,
        token: Token,
        row: tuple[Owner, ...],
        around: _Around,
    ) -> _Around:
        """Note what a token names; gives what stands around the parts of its node from there on."""
        first = role.kinds[0]
        if first.startswith("template"):
            self._template(node, token, around, file=first != "template")
            return around
        if first == "path" or token.kind == "REF":
            self._path(node, token, around)
            return around
        ways = self._ways(role, token.value, row, around)
        if first in ("field", "assigned"):
            self.assigned = token.value
        if ways:
            span = inner_span(token)
            whole = token.span if span != token.span else None
            self.found.occurrences.append(
                Occurrence(span, ways, node, declares=role.declares, token=whole)
            )
        if role.declares and first in ("event", "records"):
            return replace(around, owner=(first, token.value))
        if role.declares and first == "field":
            return replace(around, owner=(*around.owner, token.value))
        return around

    def _ways(
        self, role: Role, name: str, row: tuple[Owner, ...], around: _Around
    ) -> tuple[tuple[Symbol, ...], ...]:
        """What a name can be, by its role."""
        match role.kinds[0]:
            case "value":
                return _bare(name, around)
            case "rows":
                return _of_rows(name, around)
            case "field" if role.declares:
                return ((Symbol("field", name, around.owner),),)
            case "field":
                return (_fields(name, row or around.row or (CONTACT,)),)
            case "assigned":
                return (_fields(name, around.row),) if around.row else ()
            case "part":
                lists = tuple((*owner, self.assigned) for owner in around.row)
                return (_fields(name, lists),) if lists else ()
            case "contact":
                if "@" in name or name.startswith("+"):
                    return ()  # an address
                return ((Symbol("contact", name, ("test", around.inside)),),)
        return tuple((Symbol(kind, name),) for kind in role.kinds)

    def _path(self, node: Node, token: Token, around: _Around) -> None:
        """`event.total`: each part behind a dot is a field of what stands before it."""
        at = token.span.start
        path: tuple[str, ...] = ()
        for part in token.value.split("."):
            path = (*path, part)
            span = Span(token.span.source, at, at + len(part))
            at = span.end + 1
            ways = _of_path(path, around)
            if ways:
                self.found.occurrences.append(Occurrence(span, ways, node))

    def _template(self, node: Node, token: Token, around: _Around, *, file: bool) -> None:
        if file:
            span = inner_span(token)
            symbol = Symbol("file", token.value)
            self.found.occurrences.append(Occurrence(span, ((symbol,),), node, token=token.span))
            self.found.bodies.append(BodyFile(token.value, token.span, node, around.inside))
            return
        span = inner_span(token)
        text = span.text
        if token.kind == "STRING":
            # As long as it was, so that places stay: in `"…"` a quote within a tag is `\"`.
            text = text.replace('\\"', ' "').replace("\\n", "  ")
        message = "" if around.events else around.inside
        self.found.occurrences += placed(text, span.start, span, node, around.events, message)


def inner_span(token: Token) -> Span:
    """Where a name stands: within its quotes, where it has some."""
    source, start, end = token.span
    text = source.text
    quotes = 3 if token.kind == "BLOCK" else 1
    if token.kind not in ("STRING", "BLOCK") or end - start < quotes or text[start].isalnum():
        return token.span
    closed = end - start >= 2 * quotes and not text[end - 1].isalnum()
    return Span(source, start + quotes, end - quotes if closed else end)


def _bare(name: str, around: _Around) -> tuple[tuple[Symbol, ...], ...]:
    """A name that stands alone in an expression."""
    if name in _HEADS:
        return ()
    filtered = tuple((Symbol("field", name, owner),) for owner in around.filtered)
    return (*filtered, (Symbol("field", name),))


def _of_rows(name: str, around: _Around) -> tuple[tuple[Symbol, ...], ...]:
    """What `any` and `count of` go through."""
    lists = tuple((Symbol("field", name, owner),) for owner in around.filtered)
    return (*lists, (Symbol("records", name),), (Symbol("event", name),))


def _of_path(path: tuple[str, ...], around: _Around) -> tuple[tuple[Symbol, ...], ...]:
    """The last part of a path with dots, as in `event.total`."""
    *before, name = path
    if not before:
        return ()
    if before == ["contact"]:
        return ((Symbol("field", name),), (Symbol("records", name),))
    owners = {"event": around.events, "reply": around.replies}.get(before[0], ())
    fields = _fields(name, ((*owner, *before[1:]) for owner in owners))
    return (fields,) if fields else ()


def _mentioned(mention: Mention, around: _Around) -> tuple[tuple[Symbol, ...], ...]:
    """What a name in a template can be."""
    head, *rest = mention.path
    if head in NAMES:
        return ()
    if head in ("coupons()", "event()"):
        return ((Symbol(head.removesuffix("()"), rest[0]),),)
    path = tuple(part for part in mention.path if part != ROW)
    if head == "last()":
        return ((Symbol("field", path[-1], ("event", *path[1:-1])),),)
    if head in _HEADS:
        return _of_path(path, around) if head != "contact" or len(path) == 2 else ()
    if rest:
        return ((Symbol("field", path[-1], ("records", *path[:-1])),),)
    return ((Symbol("field", head),), (Symbol("records", head),))


def _fields(name: str, owners: Iterable[Owner]) -> tuple[Symbol, ...]:
    return tuple(Symbol("field", name, owner) for owner in owners)


def _row(parts: list[tuple[str, Role | None, Any]], around: _Around) -> Iterator[Owner]:
    """Whose the fields are that a node speaks of: an event's, some records', a list's."""
    for _, role, value in parts:
        if isinstance(value, EventRef):
            yield "event", value.event.value
        if role is None or role.declares or not isinstance(value, Token):
            continue
        kind, name = role.kinds[0], value.value
        if kind in ("event", "records"):
            yield kind, name
        elif kind == "rows" and value.kind == "REF":
            head, *rest = name.split(".")
            if head == "contact":
                yield "records", rest[0]
            for owner in {"event": around.events, "reply": around.replies}.get(head, ()):
                yield (*owner, *rest)
        elif kind == "rows":
            for owner in around.filtered:
                yield (*owner, name)
            yield "records", name
            yield "event", name


def brought(item: Node, what: str) -> Iterator[Owner]:
    """The events that are `event.x`, or `reply.x`, in a campaign."""
    for node in walk(item):
        event = getattr(node, "event", None)
        if isinstance(event, EventRef):
            event = event.event
        if node.brings == what and isinstance(event, Token):
            yield "event", event.value


def _tokens(value: Any) -> Iterator[Token]:
    if isinstance(value, Token):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _tokens(part)


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)
