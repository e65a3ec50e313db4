"""Why a condition holds or not: each of its parts, with the values it had.

What a condition means is said once, in `meanings`; here its parts are compiled one by one with the
same meanings and asked the same view, so an explanation cannot tell another story than the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.kinds import in_words
from flowlang.source import Findings
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import children

_JOINED: dict[type, Literal["and", "or", "not"]] = {
    tree.And: "and",
    tree.Or: "or",
    tree.Not: "not",
}
_WRITTEN_OUT = (tree.Literal, tree.Yes, tree.No, tree.Duration)
"""They have no other value than what stands there."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A condition, or a part of one, as it was found."""

    text: str
    holds: bool
    values: tuple[tuple[str, str], ...] = ()
    """What was compared: each expression with its value in words, "not set" for none."""
    joined: Literal["and", "or", "not", ""] = ""
    """How the parts are put together."""
    parts: tuple[Explained, ...] = ()

    def leaves(self) -> Iterator[Explained]:
        """The parts that are not put together from others."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def blame(self) -> Iterator[Explained]:
        """The leaves on which the outcome hangs: were they otherwise, it would be, too."""
        if not self.parts:
            yield self
            return
        decided_by_one = (self.joined == "and") is not self.holds
        for part in self.parts:
            if self.joined == "not" or not decided_by_one or part.holds is self.holds:
                yield from part.blame()


class Explainer:
    """Explains conditions against the names of a workspace; reports no findings."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._expressions = Expressions(names)
        # What there is to find has been found when the program was checked.
        self._expressions.findings = Findings()

    def explain(self, node: tree.Expression, place: Place, view: View) -> Explained:
        """What a condition that stands at a place was, for a view."""
        quiet = replace(place, used=set(), timely=[])
        return self._explain(node, quiet, view)

    def _explain(self, node: tree.Expression, place: Place, view: View) -> Explained:
        text = " ".join(node.span.text.split())
        holds = bool(self._expressions.condition(node, place)(view))
        joined = _JOINED.get(type(node))
        if joined is not None:
            below = [part for part in children(node) if isinstance(part, tree.Expression)]
            parts = tuple(self._explain(part, place, view) for part in below)
            return Explained(text, holds, (), joined, parts)
        if isinstance(node, tree.InSegment):
            segment = self._names.segments[node.segment.value]
            if segment.where is not None:
                inner = self._explain(segment.where, Place("segment"), view)
                return Explained(text, holds, (), "and", (inner,))
        return Explained(text, holds, tuple(self._values(node, place, view)))

    def _values(self, node: tree.Expression, place: Place, view: View) -> Iterator[tuple[str, str]]:
        """What a test that is not put together looked at."""
        match node:
            case tree.Tagged() | tree.InGroup() | tree.IsBlocked() | tree.Flag():
                return
            case tree.AnyRow() | tree.NoRow():
                yield from self._rows(node, place, view)
            case tree.Happened():
                name = str(node.event.value)
                count = tree.CountOf(node.span, node.event, node.reach, node.where)
                yield self._value(f"{name} happened", count, place, view, " times")
            case tree.Received() | tree.Reacted():
                yield self._last_copy(str(node.message.value), view)
            case tree.CanReceive():
                message = self._names.messages[node.message.value]
                yield (
                    "because",
                    getattr(view.world, "barred")(view.contact, message) or "nothing bars it",
                )
            case tree.FieldValue() | tree.Ref():
                yield self._value(node.span.text, node, place, view)
            case _:
                for part in children(node):
                    if isinstance(part, tree.Expression) and not isinstance(part, _WRITTEN_OUT):
                        yield self._value(part.span.text, part, place, view)

    def _value(
        self, text: str, node: tree.Expression, place: Place, view: View, unit: str = ""
    ) -> tuple[str, str]:
        value = self._expressions.compile(node, place).fn(view)
        return " ".join(text.split()), _shown(value, view) + unit

    def _rows(
        self, node: tree.AnyRow | tree.NoRow, place: Place, view: View
    ) -> Iterator[tuple[str, str]]:
        every = tree.CountOf(node.span, node.rows, None, None)
        yield self._value(f"count of {node.rows.value}", every, place, view)
        if node.where is not None:
            matching = tree.CountOf(node.span, node.rows, None, node.where)
            yield self._value(f"where {node.where.span.text}", matching, place, view)

    def _last_copy(self, message: str, view: View) -> tuple[str, str]:
        """When the contact last got a message, and what it did with it."""
        for sent in reversed(view.contact.messages):
            if sent.message == message:
                words = [f"sent {in_words(sent.at, view.zone)}"]
                for what, moments in (("opened", sent.opened), ("clicked", sent.clicked)):
                    if moments:
                        words.append(f"{what} {in_words(moments[0][0], view.zone)}")
                return f'"{message}"', ", ".join(words)
        return f'"{message}"', "never sent"


def _shown(value: Any, view: View) -> str:
    return "not set" if value is None else in_words(value, view.zone)
