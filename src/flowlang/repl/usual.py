"""The values that a field usually has: its choices, and what the workspace compares it with."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.repl.session import Session
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import children, walk

_SHOWN = (tree.Text, tree.Number, tree.Date, tree.DateTime, tree.Time)


def usual(session: Session, field: str) -> list[str]:
    """The values, as they are written."""
    kind = session.program.names.fields.get(field)
    if kind is None:
        return []
    if kind.name == "yes/no":
        return [session.tongue.word("_YES"), session.tongue.word("_NO")]
    if kind.choices:
        return [f'"{choice}"' for choice in kind.choices]
    return list(dict.fromkeys(_compared(session, field)))


def _compared(session: Session, field: str) -> Iterator[str]:
    for parsed in session.loaded.workspace.files:
        for node in walk(parsed.tree):
            parts = list(children(node))
            if any(isinstance(one, tree.FieldValue) and one.name.value == field for one in parts):
                yield from (one.span.text for one in parts if isinstance(one, _SHOWN))
