"""Expectations that are conditions of the language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flowlang.check.meaning import Place
from flowlang.check.view import View
from flowlang.engine.expectations import instead
from flowlang.engine.expectations.expectation import Compiled, Expectations, expects
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, past, scripts
from flowlang.syntax.tree import Node, Token, children, walk

if TYPE_CHECKING:
    from flowlang.engine.play import Play


@expects(scripts.ExpectCondition)
def _condition(test: Expectations, node: scripts.ExpectCondition, whom: Token | None) -> Compiled:
    speaks = any(map(_is_of_contact, walk(node.condition)))
    name = test.whose(whom, node) if speaks or whom is not None else None
    condition = test.expressions.condition(node.condition, Place("test"))
    values = _values(test, node.condition)

    def holds(play: Play) -> str | None:
        contact = (
            play.contact(name) if name else next(iter(play.timeline.contacts.values()), _NOBODY)
        )
        view = View(contact, play.now, test.zone, play.timeline.interpreter)
        if condition(view):
            return None
        return instead.listed(values(view))

    return holds, name


def _values(test: Expectations, node: tree.Expression) -> Callable[[View], list[tuple[str, Any]]]:
    """The values of what a condition speaks of, by its text."""
    parts = [
        (part.span.words, test.expressions.compile(part, Place("test")).fn)
        for part in _spoken_of(node)
        if isinstance(
            part, (tree.FieldValue, facts.CouponsLeft, past.CountOf, past.SumOf, past.OfLast)
        )
    ]
    tags = any(isinstance(part, facts.Tagged) for part in walk(node))
    groups = any(isinstance(part, facts.InGroup) for part in walk(node))

    def values(view: View) -> list[tuple[str, Any]]:
        found = [(text, fn(view)) for text, fn in parts]
        if tags:
            shown = ", ".join(f'"{tag}"' for tag in view.contact.tags)
            found.append((tr("tags"), shown or tr("none")))
        if groups:
            found.append((tr("groups"), ", ".join(sorted(view.contact.groups)) or tr("none")))
        return found

    return values


def _spoken_of(node: Node) -> Iterator[Node]:
    """A condition and its parts, but for what a `where` says: that is about each row."""
    yield node
    for part in children(node):
        if part is not getattr(node, "where", None):
            yield from _spoken_of(part)


_OF_NOBODY = (
    tree.Literal, facts.CouponsLeft, tree.Compare, tree.And, tree.Or, tree.Not, tree.Sum,
    tree.Product, tree.Between, tree.InList, tree.NotInList, tree.BadExpression,
)  # fmt: skip


def _is_of_contact(part: Node) -> bool:
    """Whether a part of a condition asks a contact by itself, and not only by its own parts."""
    return isinstance(part, tree.Expression) and not isinstance(part, _OF_NOBODY)


_NOBODY: Any = None
