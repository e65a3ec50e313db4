"""What the tokens of a node name: a message, a field, a tag.

A field of a node that is called like a kind of name (`message: Token`) holds such a name; where it
is called otherwise the node says so (`Node.roles`).  So an index over trees knows no statement by
name, and a new statement is known to it by its fields.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from flowlang.syntax.declarations import Declaration
from flowlang.syntax.tree import Node

_BY_FIELD = {
    "automation": "automation", "calendar": "calendar", "campaign": "campaign",
    "channel": "channel", "event": "event", "field": "field", "group": "group",
    "list": "coupons", "message": "message", "path": "file", "policies": "policy",
    "records": "records", "report": "report", "rows": "rows", "segment": "segment", "tag": "tag",
    "whom": "contact", "zone": "zone",
}  # fmt: skip


class Role(NamedTuple):
    """What a token names; several kinds where only the names that there are can tell."""

    kinds: tuple[str, ...]
    declares: bool = False
    """It is declared, or given, here."""


@cache
def roles(node: type[Node]) -> tuple[tuple[str, Role | None], ...]:
    """The fields of a node in order, each with what its tokens name, if they name anything."""
    return tuple((field, _role(node, field)) for field in node._order[1:])


def _role(node: type[Node], field: str) -> Role | None:
    said = node.roles.get(field)
    if said is not None:
        kinds = said.removeprefix("new ")
        return Role(tuple(kinds.split(" or ")), declares=kinds != said)
    if field == "name" and issubclass(node, Declaration):
        return Role((node.rule,), declares=True)
    kind = _BY_FIELD.get(field)
    return Role((kind,)) if kind is not None else None
