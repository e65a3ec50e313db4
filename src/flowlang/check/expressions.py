"""The one meaning of conditions and expressions.

An expression is checked and, in the same walk, becomes a function of a `View`.  A comparison with a
missing value is false, and so is everything that needs one; arithmetic with a missing value is
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import time
from typing import Any

from flowlang.calendar import instant
from flowlang.check import diagnostics as d
from flowlang.check import (
    meanings,  # noqa: F401 - registers what the nodes mean
)
from flowlang.check.arithmetic import date_of, suited_value
from flowlang.check.comparing import Fn
from flowlang.check.foreign_words import of_pattern
from flowlang.check.hints import a_kind, condition_hint, instead_of_a_name, minus_hint
from flowlang.check.meaning import MEANINGS, NEVER, Compiled, Place
from flowlang.check.names import Names, Policy, Segment
from flowlang.check.view import View
from flowlang.kinds import Fields, Kind
from flowlang.source import Diagnostic, did_you_mean, guess
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import facts, past
from flowlang.syntax.tree import Node, Token

MAX_SEGMENTS = 50
"""Within each other: bounds how deep a condition can be."""

_OF_CONTACT = (
    facts.Tagged, facts.InGroup, facts.InSegment, facts.MayGet, facts.MayNotGet, facts.IsBlocked,
    facts.CanReceive, past.Received, past.Reacted, past.ReceivedAnything, past.Happened,
    past.OfLast, past.OfFirst, past.AtOfLast, past.AtOfFirst,
)  # fmt: skip
"""What only a contact can answer."""


class Expressions:
    """Checks and compiles expressions against the names of a workspace."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.findings = names.findings
        self._nested: list[Segment] = []
        """Segments that are being compiled, each within the one before."""

    def condition(self, node: tree.Expression, place: Place) -> Fn:
        """A function of a view that is true or false.  Findings are reported on the way."""
        compiled = self.compile(node, place)
        if compiled.kind.name not in ("yes/no", "any"):
            self.findings.report(
                d.NOT_A_CONDITION,
                node.span,
                kind=a_kind(compiled.kind),
                hint=condition_hint(node, compiled.kind),
            )
            return lambda v: False
        fn = compiled.fn
        if isinstance(node, (tree.FieldValue, tree.Ref)):
            return lambda v: fn(v) is True
        return fn

    def value(self, node: tree.Expression, want: Kind, place: Place, what: str) -> Fn:
        """A function that gives a value for something of kind `want`."""
        compiled = self.compile(node, place)
        fn = self.fitting(compiled, want, node, what)
        if compiled.kind.name != "any" and want.name != "one of":
            return fn
        return lambda v: suited_value(fn(v), want, v)

    def compile(self, node: tree.Expression, place: Place) -> Compiled:
        """Kind and function of an expression."""
        if not place.contact and isinstance(node, _OF_CONTACT):
            return self._no_contact(node)
        return MEANINGS[type(node)](self, node, place)

    def _no_contact(self, node: tree.Expression) -> Compiled:
        what = node.span.words
        self.findings.report(
            d.OUT_OF_PLACE,
            node.span,
            what=tr(
                "an automation acts on the system (S), `{what}` asks about one contact (K)",
                what=what,
            ),
            hint=tr("a campaign asks about its contact; an automation can start one for a segment"),
        )
        return NEVER

    def fitting(self, compiled: Compiled, want: Kind, node: tree.Expression, what: str) -> Fn:
        """The function of an expression that must fit a kind; a finding where it does not."""
        kind, fn, constant = compiled
        if want.name == "one of" and isinstance(constant, str):
            return self.choice(want, constant, node, what, fn)
        if kind.name == "any" or want.name in ("any", kind.name):
            return fn
        if kind.is_text and want.is_text:
            return fn
        if want.name == "date" and kind.name == "datetime":
            return lambda v: date_of(fn(v), v)
        if want.name == "datetime" and kind.name == "date":
            return lambda v: (x := fn(v)) and instant(x, time(0), v.zone)
        if want.name == "text" and kind.name == "number":
            return lambda v: None if (x := fn(v)) is None else str(x)
        self.mismatch(
            node,
            tr(
                "{what} is {kind}, this is {other}",
                what=what,
                kind=a_kind(want),
                other=a_kind(kind),
            ),
        )
        return fn

    def choice(self, want: Kind, constant: str, node: tree.Expression, what: str, fn: Fn) -> Fn:
        for choice in want.choices:
            if choice.casefold() == constant.casefold():
                return lambda v: choice
        hint = did_you_mean(constant, want.choices)
        self.findings.report(
            d.NOT_A_CHOICE, node.span, value=constant, name=what.strip("`"), hint=hint
        )
        return fn

    def mismatch(self, node: Node, what: str, hint: str = "") -> Compiled:
        self.findings.report(d.TYPE_MISMATCH, node.span, what=what, hint=hint)
        return NEVER

    def pattern(self, token: Token) -> Callable[[str], Any] | None:
        """The search of an RE2 pattern, without case; None, and a finding, for a bad one."""
        import re2  # a library that few files need

        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = False
        options.max_mem = 1 << 20
        try:
            search: Callable[[str], Any] = re2.compile(token.value, options).search
            return search
        except re2.error as error:
            why = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
            self.findings.report(d.BAD_PATTERN, token.span, why=of_pattern(why))
            return None

    def segment(self, token: Token, place: Place | None = None) -> Fn:
        """The condition of a segment, compiled once.  A segment within itself is a finding."""
        found = self.names.segments.get(token.value)
        if found is None:
            self.unknown(d.UNKNOWN_SEGMENT, token, self.names.segments)
            return lambda v: False
        if found.checking:
            self.findings.report(
                d.OUT_OF_PLACE,
                token.span,
                what=tr("the segment `{name}` stands within itself", name=found.name),
            )
            return lambda v: False
        if found.compiled is None:
            self._segment(found, token)
        if self._nested:
            if found.depth >= MAX_SEGMENTS:
                self._too_many_segments(token)
                return lambda v: False
            outer = self._nested[-1]
            outer.depth = max(outer.depth, found.depth + 1)
        fn, inner = found.compiled
        if place is not None:
            place.used.update(inner.used)
            if inner.timely:
                place.timely.append(tree.Text(token.span, token))
        meaning: Fn = fn
        return meaning

    def _segment(self, found: Segment, token: Token) -> None:
        inner = Place("segment")
        found.compiled = (lambda v: False, inner)
        if len(self._nested) >= MAX_SEGMENTS:
            self._too_many_segments(token)
        elif found.where is not None:
            found.checking = True
            self._nested.append(found)
            found.compiled = (self.condition(found.where, inner), inner)
            self._nested.pop()
            found.checking = False

    def _too_many_segments(self, token: Token) -> None:
        what = tr("at most {most} segments stand within each other", most=MAX_SEGMENTS)
        self.findings.report(d.OUT_OF_PLACE, token.span, what=what)

    def channel(self, token: Token) -> str:
        """The name of a channel; a finding where there is none."""
        if token.value not in self.names.channels:
            self.unknown(d.UNKNOWN_CHANNEL, token, self.names.channels)
        return str(token.value)

    def filter(
        self, node: tree.Expression | None, fields: Fields, place: Place
    ) -> Callable[[View, dict[str, Any]], bool]:
        if node is None:
            return lambda v, row: True
        condition = self.condition(node, place.filtering(fields))

        def holds(v: View, row: dict[str, Any]) -> bool:
            outer, v.row = v.row, row
            try:
                return bool(condition(v))
            finally:
                v.row = outer

        return holds

    def policies(self, tokens: Iterable[Token]) -> list[Policy]:
        """The policies of these names; a finding for each that there is not."""
        known = self.names.policies
        for token in tokens:
            if token.value not in known:
                self.unknown(d.UNKNOWN_POLICY, token, known)
        return [known[token.value] for token in tokens if token.value in known]

    def event(self, token: Token) -> Fields | None:
        """The fields of an event; a finding where there is no such event."""
        fields = self.names.event_fields(token.value)
        if fields is None:
            hint = did_you_mean(token.value, list(self.names.events), tr("event"))
            if token.value in self.names.fields:
                name = token.value
                hint = tr("`{name}` is a field: `start on change of {name}`", name=name)
                if self.names.fields[name].name == "date":
                    hint = tr(
                        "`{name}` is a field: declare an event `for contacts where {name} is today`"
                        " or `where anniversary of {name} is today`",
                        name=name,
                    )
            elif token.value in self.names.records:
                name = token.value
                hint = tr(
                    "`{name}` are records: write `any {name}` or `count of {name}`", name=name
                )
            self.findings.report(d.UNKNOWN_EVENT, token.span, name=token.value, hint=hint)
        return fields

    def unknown(self, diagnostic: Diagnostic, token: Token, known: Iterable[str]) -> None:
        """Report a name that nothing declares, with a guess at what was meant."""
        hint = did_you_mean(token.value, list(known))
        self.findings.report(diagnostic, token.span, name=token.value, hint=hint)

    def unknown_field(self, token: Token, whose: str, known: Iterable[str]) -> None:
        names = list(known)
        near = guess(token.value, names)
        hint = minus_hint(token.value, names)
        if not hint and near is None:
            hint = instead_of_a_name(token)
        hint = hint or did_you_mean(token.value, names)
        if token.value in self.names.events:
            name = token.value
            hint = tr(
                "`{name}` is an event: `{name} happened`, `count of {name}`, `… of last {name}`",
                name=name,
            )
        elif token.value in self.names.records:
            hint = tr("`{name}` are records: `any {name}`, `count of {name} > 2`", name=token.value)
        elif (
            near is None
            and token.kind == "NAME"
            and len(token.value) <= 3
            and token.value.isupper()
        ):
            hint = tr('if it is a text, put it in quotes: `"{name}"`', name=token.value)
        self.findings.report(d.UNKNOWN_FIELD, token.span, whose=whose, name=token.value, hint=hint)
