"""Why a condition holds or not: each of its parts, with the values it had.

What a condition means is said once, in `meanings`; here its parts are compiled one by one with the
same meanings and asked the same view, so an explanation cannot tell another story than the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from flowlang.calendar import WEEKDAYS
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.kinds import Kind, in_words
from flowlang.source import Findings
from flowlang.speech import Text, joined, tr, tr_n
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, past
from flowlang.syntax.moments import Now, Today
from flowlang.syntax.tree import children

LONGEST_TEXT = 60
"""Characters of a text that are shown of a value."""

_JOINED: dict[type, Literal["and", "or", "not"]] = {
    tree.And: "and",
    tree.Or: "or",
    tree.Not: "not",
}
_WRITTEN_OUT = (tree.Literal, tree.Yes, tree.No, tree.Duration, Today, Now)
"""They have no other value than what stands there, or what the clock says anyway."""


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


Explain = Callable[[View], Explained]
_Values = Callable[[View], tuple[tuple[str, str], ...]]


class Explainer:
    """Explains conditions against the names of a workspace; reports no findings."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._expressions = Expressions(names)
        # What there is to find has been found when the program was checked.
        self._expressions.findings = Findings()

    def explain(self, node: tree.Expression, place: Place, view: View) -> Explained:
        """What a condition that stands at a place was, for a view."""
        return self.prepared(node, place)(view)

    def prepared(self, node: tree.Expression, place: Place) -> Explain:
        """The same as a function, for a condition that is asked more than once."""
        return self._prepared(node, replace(place, used=set(), timely=[]))

    def value(self, node: tree.Expression, place: Place) -> Callable[[View], tuple[str, str]]:
        """What tells an expression's text and its value, in words."""
        return self._value(node.span.words, node, replace(place, used=set(), timely=[]))

    # ------------------------------------------------------------------ parts

    def _prepared(self, node: tree.Expression, place: Place) -> Explain:
        text = node.span.words
        holds = self._expressions.condition(node, place)
        joined: Literal["and", "or", "not", ""] = _JOINED.get(type(node), "")
        inner: list[Explain] = []
        if joined:
            below = [part for part in children(node) if isinstance(part, tree.Expression)]
            inner = [self._prepared(part, place) for part in below]
        elif isinstance(node, facts.InSegment):
            segment = self._names.segments.get(node.segment.value)
            if segment is not None and segment.where is not None:
                return _named(text, self._prepared(segment.where, Place("segment")))
        if inner:
            return lambda v: Explained(
                text, bool(holds(v)), (), joined, tuple(part(v) for part in inner)
            )
        values = self._looked_at(node, place)
        return lambda v: Explained(text, bool(holds(v)), values(v))

    def _looked_at(self, node: tree.Expression, place: Place) -> _Values:
        """What a test that is not put together looks at."""
        match node:
            case facts.Tagged() | facts.InGroup() | facts.IsBlocked() | facts.Flag():
                return lambda v: ()
            case past.AnyRow() | past.NoRow():
                return self._rows(node, place)
            case past.Happened():
                count = past.CountOf(node.span, node.event, node.reach, node.where)
                counted = self._expressions.compile(count, place).fn
                shown = tr("{event} happened", event=node.event.value)
                return lambda v: ((shown, _times(counted(v))),)
            case past.Received() | past.Reacted():
                message = str(node.message.value)
                return lambda v: (_last_copy(message, v),)
            case past.ReceivedAnything():
                return lambda v: (_last_copy("", v),)
            case facts.MayGet() | facts.MayNotGet():
                channel = str(node.channel.value)
                about = tr("marketing by {channel}", channel=channel)
                return lambda v: ((about, _consent(channel, v)),)
            case facts.CanReceive():
                return self._receivable(node)
            case tree.FieldValue() | tree.Ref():
                value = self._value(node.span.words, node, place)
                return lambda v: (value(v),)
            case _:
                parts = [
                    self._value(part.span.words, part, place)
                    for part in children(node)
                    if isinstance(part, tree.Expression) and not isinstance(part, _WRITTEN_OUT)
                ]
                return lambda v: tuple(part(v) for part in parts)

    def _value(
        self, text: str, node: tree.Expression, place: Place
    ) -> Callable[[View], tuple[str, str]]:
        compiled = self._expressions.compile(node, place)
        shown = text if isinstance(text, Text) else " ".join(text.split())
        return lambda v: (shown, _shown(compiled.fn(v), compiled.kind, v))

    def _rows(self, node: past.AnyRow | past.NoRow, place: Place) -> _Values:
        every = past.CountOf(node.span, node.rows, None, None)
        parts = [self._value(tr("count of {records}", records=node.rows.value), every, place)]
        if node.where is not None:
            matching = past.CountOf(node.span, node.rows, None, node.where)
            about = tr("where {condition}", condition=node.where.span.words)
            parts.append(self._value(about, matching, place))
        return lambda v: tuple(part(v) for part in parts)

    def _receivable(self, node: facts.CanReceive) -> _Values:
        message = self._names.messages.get(node.message.value)
        if message is None:
            return lambda v: ()

        def why(v: View) -> tuple[tuple[str, str], ...]:
            barred = v.world.barred(v.contact, message)
            if barred is None:
                there = v.world.receivable(v, message)
                barred = tr("nothing bars it") if there else tr("a value or a code is missing")
            return ((f'"{message.name}"', barred),)

        return why


def _named(text: str, where: Explain) -> Explain:
    """A condition that goes by a name: its parts are those of what the name stands for."""

    def explain(view: View) -> Explained:
        found = where(view)
        if found.parts:
            return replace(found, text=text)
        return Explained(text, found.holds, (), "and", (found,))

    return explain


def _last_copy(message: str, view: View) -> tuple[str, str]:
    """When the contact last got a message (any), and what it did with it."""
    what = f'"{message}"' if message else tr("the last message")
    for sent in reversed(view.contact.messages):
        if message in ("", sent.message):
            words = [] if message else [f'"{sent.message}"']
            words.append(tr("sent {moment}", moment=in_words(sent.at, view.zone)))
            if sent.opened:
                opened = in_words(sent.opened[0][0], view.zone)
                words.append(tr("opened {moment}", moment=opened))
            if sent.clicked:
                clicked = in_words(sent.clicked[0][0], view.zone)
                words.append(tr("clicked {moment}", moment=clicked))
            return what, joined(words)
    return what, tr("never sent")


def _consent(channel: str, view: View) -> str:
    known = view.contact.consent.get(channel)
    if known is None:
        return tr("never said")
    return tr("granted") if known else tr("withdrawn")


def _times(count: int) -> str:
    return tr_n("once", "{count} times", count)


def _shown(value: Any, kind: Kind, view: View) -> str:
    """A value as it would be written in a condition."""
    if value is None:
        return tr("not set")
    if kind.name == "weekday":
        return WEEKDAYS[int(value)]
    words = in_words(value, view.zone)
    if len(words) > LONGEST_TEXT:
        words = words[: LONGEST_TEXT - 1] + "…"
    return f'"{words}"' if isinstance(value, str) else words
