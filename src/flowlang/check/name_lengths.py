"""Names that are too long: what they name could not be kept, nor be named from outside."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.check import diagnostics as d
from flowlang.check.names import MAX_NAME
from flowlang.check.roles import Role, roles
from flowlang.source import Findings
from flowlang.syntax.declarations import File
from flowlang.syntax.tree import Node, Token, walk

_GIVEN = frozenset({"tag", "group"})
"""What needs no declaration: its name is judged wherever it stands."""
_NEVER_KEPT = frozenset({"test", "contact"})
"""What only a test knows."""


def check_lengths(file: File, findings: Findings) -> None:
    """Report each name of a file that has more than MAX_NAME characters, where it is declared."""
    if all(len(line) <= MAX_NAME for line in file.span.source.text.split("\n")):
        return  # nearly every file: its tree need not be walked
    for node in walk(file):
        for token in _names(node):
            if len(token.value) > MAX_NAME:
                findings.report(d.NAME_TOO_LONG, token.span, most=MAX_NAME, count=len(token.value))


def _names(node: Node) -> Iterator[Token]:
    for field, role in roles(type(node)):
        if role is None or not _is_judged(role):
            continue
        value = getattr(node, field)
        for token in value if isinstance(value, tuple) else (value,):
            if isinstance(token, Token) and isinstance(token.value, str):
                yield token


def _is_judged(role: Role) -> bool:
    kinds = _GIVEN.intersection(role.kinds)
    return bool(kinds) or (role.declares and _NEVER_KEPT.isdisjoint(role.kinds))
