"""The one meaning of conditions and expressions.

An expression is checked and, in the same walk, becomes a function of a `View`.  A comparison with a
missing value is false, and so is everything that needs one; arithmetic with a missing value is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any, NamedTuple

import re2

from flowlang import calendar
from flowlang.calendar import Duration, instant
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import Fn, among, comparable, compare, family, outside, suited
from flowlang.check.names import Names, Segment
from flowlang.check.view import View
from flowlang.contact import Happening, Sent
from flowlang.kinds import (
    ANY,
    DATE,
    DATETIME,
    DURATION,
    NUMBER,
    TEXT,
    WEEKDAY,
    YES_NO,
    BadValue,
    Fields,
    Kind,
)
from flowlang.source import Diagnostic, did_you_mean, guess
from flowlang.syntax import expressions as tree
from flowlang.syntax.tree import Node, Token


class Compiled(NamedTuple):
    """A checked expression: its kind, and the function that means it."""

    kind: Kind
    fn: Fn
    constant: Any = None
    """Its value, where it is written out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands, and so what it may speak of."""

    what: str = "condition"
    event: Fields | None = None
    """What `event.x` may be, None where no event is at hand."""
    reply: Fields | None = None
    answer: bool = False
    row: Fields | None = None
    """The fields that a `where` filters by, before those of the contact."""
    sends: frozenset[str] = frozenset()
    """Messages of which `received` and the like speak of this round."""
    in_run: bool = False
    contact: bool = True
    """There is a contact to speak of; not in an automation."""
    missing_is_zero: bool = False
    """In the + and - of a `set` a missing number counts as 0."""
    used: set[str] = field(default_factory=set)
    """Collects the fields and records that were read: what a wait follows."""
    timely: list[tree.Expression] = field(default_factory=list)
    """Collects where time is asked for: time is no trigger."""

    def filtering(self, row: Fields) -> Place:
        return replace(self, row=row, missing_is_zero=False)


MAX_SEGMENTS = 50
"""Within each other: bounds how deep a condition can be."""

_NEVER = Compiled(ANY, lambda v: None)
_UNKNOWN = Compiled(YES_NO, lambda v: False)


class Expressions:
    """Checks and compiles expressions against the names of a workspace."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.findings = names.findings
        self._nested: list[Segment] = []
        """Segments that are being compiled, each within the one before."""

    # -------------------------------------------------------------- the front door

    def condition(self, node: tree.Expression, place: Place) -> Fn:
        """A function of a view that is true or false.  Findings are reported on the way."""
        compiled = self.compile(node, place)
        if compiled.kind.name not in ("yes/no", "any"):
            self.findings.report(
                d.NOT_A_CONDITION, node.span, kind=_a(compiled.kind), hint=_condition_hint(node, compiled.kind)
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
        return lambda v: _suited(fn(v), want, v)

    def compile(self, node: tree.Expression, place: Place) -> Compiled:
        """Kind and function of an expression."""
        if not place.contact and isinstance(node, _OF_CONTACT):
            return self._no_contact(node)
        return _COMPILERS[type(node)](self, node, place)

    def _no_contact(self, node: tree.Expression) -> Compiled:
        what = " ".join(node.span.text.split())
        self.findings.report(
            d.OUT_OF_PLACE, node.span,
            what=f"an automation acts on the system (S), `{what}` asks about one contact (K)",
            hint="a campaign asks about its contact; an automation can start one for a segment",
        )  # fmt: skip
        return _NEVER

    def fitting(self, compiled: Compiled, want: Kind, node: tree.Expression, what: str) -> Fn:
        """The function of an expression that must fit a kind; a finding where it does not."""
        kind, fn, constant = compiled
        if want.name == "one of" and isinstance(constant, str):
            return self._choice(want, constant, node, what, fn)
        if kind.name == "any" or want.name == "any" or kind.name == want.name:
            return fn
        if kind.is_text and want.is_text:
            return fn
        if want.name == "date" and kind.name == "datetime":
            return lambda v: _date_of(fn(v), v)
        if want.name == "datetime" and kind.name == "date":
            return lambda v: (x := fn(v)) and instant(x, time(0), v.zone)
        if want.name == "text" and kind.name == "number":
            return lambda v: None if (x := fn(v)) is None else str(x)
        self._mismatch(node, f"{what} is {_a(want)}, this is {_a(kind)}")
        return fn

    def _choice(self, want: Kind, constant: str, node: tree.Expression, what: str, fn: Fn) -> Fn:
        for choice in want.choices:
            if choice.casefold() == constant.casefold():
                return lambda v: choice
        hint = did_you_mean(constant, want.choices)
        self.findings.report(d.NOT_A_CHOICE, node.span, value=constant, name=what.strip("`"), hint=hint)
        return fn

    def _mismatch(self, node: Node, what: str, hint: str = "") -> Compiled:
        self.findings.report(d.TYPE_MISMATCH, node.span, what=what, hint=hint)
        return _NEVER

    # -------------------------------------------------------------- joining

    def _or(self, node: tree.Or, place: Place) -> Compiled:
        self._choices_without_in(node)
        parts = tuple(self.condition(part, place) for part in node.parts)
        if len(parts) == 2:
            a, b = parts
            return Compiled(YES_NO, lambda v: a(v) or b(v))
        return Compiled(YES_NO, lambda v: any(part(v) for part in parts))

    def _choices_without_in(self, node: tree.Or) -> None:
        """`country = "DE" or "AT"` means `in`."""
        for first, other in pairwise(node.parts):
            if isinstance(first, tree.Compare) and isinstance(other, (tree.Text, tree.Number)):
                left, right = first.left.span.text, first.right.span.text
                kind = TEXT if isinstance(other, tree.Text) else NUMBER
                hint = f"write `{left} in ({right}, {other.span.text})`"
                self.findings.report(d.NOT_A_CONDITION, other.span, kind=_a(kind), hint=hint)

    def _and(self, node: tree.And, place: Place) -> Compiled:
        parts = tuple(self.condition(part, place) for part in node.parts)
        if len(parts) == 2:
            a, b = parts
            return Compiled(YES_NO, lambda v: a(v) and b(v))
        if len(parts) == 3:
            a, b, c = parts
            return Compiled(YES_NO, lambda v: a(v) and b(v) and c(v))
        return Compiled(YES_NO, lambda v: all(part(v) for part in parts))

    def _not(self, node: tree.Not, place: Place) -> Compiled:
        part = self.condition(node.part, place)
        if isinstance(getattr(node.part, "reach", None), tree.WithinTheLast):
            place.timely.append(node)  # that something is long ago comes with time, not with an event
        return Compiled(YES_NO, lambda v: not part(v))

    # -------------------------------------------------------------- comparing

    def _compare(self, node: tree.Compare, place: Place) -> Compiled:
        left, right = self.compile(node.left, place), self.compile(node.right, place)
        sign = str(node.operator.value)
        return self._compared(sign, node, left, right)

    def _compared(
        self, sign: str, node: tree.Compare | tree.TwoSided, left: Compiled, right: Compiled
    ) -> Compiled:
        if not comparable(left.kind, right.kind):
            hint = _comparison_hint(node, left, right)
            return self._mismatch(
                node, f"{_a(left.kind)} cannot be compared with {_a(right.kind)}", hint
            )._replace(kind=YES_NO)
        if left.kind.name == "yes/no" and sign not in ("=", "!="):
            return self._mismatch(node, "yes and no have no order")._replace(kind=YES_NO)
        self._known_choice(left, right, node.left, node.right)
        self._known_choice(right, left, node.right, node.left)
        fn = compare(sign, left.kind, left.fn, right.kind, right.fn, right.constant)
        return Compiled(YES_NO, fn)

    def _known_choice(
        self, side: Compiled, other: Compiled, node: tree.Expression, there: tree.Expression
    ) -> None:
        if side.kind.name == "one of" and isinstance(other.constant, str):
            self._choice(side.kind, other.constant, there, node.span.text, other.fn)

    def _between(self, node: tree.Between, place: Place) -> Compiled:
        value = self.compile(node.operand, place)
        low, high = self.compile(node.low, place), self.compile(node.high, place)
        for side, at in ((low, node.low), (high, node.high)):
            if not comparable(value.kind, side.kind):
                self._mismatch(at, f"{_a(value.kind)} cannot be compared with {_a(side.kind)}")
                return _UNKNOWN
        above = compare(">=", value.kind, value.fn, low.kind, low.fn, low.constant)
        below = compare("<=", value.kind, value.fn, high.kind, high.fn, high.constant)
        return Compiled(YES_NO, lambda v: above(v) and below(v))

    def _in_list(self, node: tree.InList | tree.NotInList, place: Place) -> Compiled:
        value = self.compile(node.operand, place)
        choices: list[tuple[Kind, Fn, Any]] = []
        for choice in node.choices:
            compiled = self.compile(choice, place)
            if not comparable(value.kind, compiled.kind):
                self._mismatch(
                    choice, f"{_a(value.kind)} cannot be compared with {_a(compiled.kind)}"
                )
                continue
            self._known_choice(value, compiled, node.operand, choice)
            choices.append(compiled)
        test = among if isinstance(node, tree.InList) else outside
        return Compiled(YES_NO, test(value.kind, value.fn, choices))

    def _is_set(self, node: tree.IsSet, place: Place) -> Compiled:
        fn = self.compile(node.operand, place).fn
        return Compiled(YES_NO, lambda v: fn(v) is not None)

    def _is_not_set(self, node: tree.IsNotSet, place: Place) -> Compiled:
        fn = self.compile(node.operand, place).fn
        return Compiled(YES_NO, lambda v: fn(v) is None)

    def _text_test(self, node: tree.TwoSided, place: Place) -> Compiled:
        a = self._text(node.left, place)
        b = self._text(node.right, place)
        test = _TEXT_TESTS[type(node)]
        return Compiled(
            YES_NO,
            lambda v: (
                (x := a(v)) is not None
                and (y := b(v)) is not None
                and test(str(x).casefold(), str(y).casefold())
            ),
        )

    def _text(self, node: tree.Expression, place: Place) -> Fn:
        compiled = self.compile(node, place)
        if not compiled.kind.is_text and compiled.kind.name != "any":
            self._mismatch(node, f"text is asked for here, this is {_a(compiled.kind)}")
        return compiled.fn

    def _matches(self, node: tree.Matches, place: Place) -> Compiled:
        fn = self._text(node.operand, place)
        search = self.pattern(node.pattern)
        if search is None:
            return _UNKNOWN
        return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and search(str(x)) is not None)

    def pattern(self, token: Token) -> Callable[[str], Any] | None:
        """The search of an RE2 pattern, without case; None and a finding where it cannot be read."""
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = False
        options.max_mem = 1 << 20
        try:
            search: Callable[[str], Any] = re2.compile(token.value, options).search
            return search
        except re2.error as error:
            why = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
            self.findings.report(d.BAD_PATTERN, token.span, why=why)
            return None

    # -------------------------------------------------------------- days and moments

    def _day(self, node: tree.Expression, place: Place) -> Fn:
        """A function that gives the date of a date or datetime."""
        compiled = self.compile(node, place)
        fn = compiled.fn
        if compiled.kind.name == "date" and isinstance(node, (tree.FieldValue, tree.Literal)):
            return fn
        if compiled.kind.name not in ("date", "datetime", "any"):
            self._mismatch(node, f"a date is asked for here, this is {_a(compiled.kind)}")
            return lambda v: None
        return lambda v: _date_of(fn(v), v)

    def _is_today(self, node: tree.OneSided, place: Place) -> Compiled:
        place.timely.append(node)
        fn = self._day(node.operand, place)
        if isinstance(node, tree.IsToday):
            return Compiled(YES_NO, lambda v: fn(v) == v.today)
        return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and x != v.today)

    def _is_before(self, node: tree.IsBefore, place: Place) -> Compiled:
        return self._ordered("<", node, place)

    def _is_after(self, node: tree.IsAfter, place: Place) -> Compiled:
        return self._ordered(">", node, place)

    def _ordered(self, sign: str, node: tree.TwoSided, place: Place) -> Compiled:
        left, right = self.compile(node.left, place), self.compile(node.right, place)
        for side, at in ((left, node.left), (right, node.right)):
            if side.kind.name not in ("date", "datetime", "time", "any"):
                self._mismatch(at, f"a date or a time is asked for here, this is {_a(side.kind)}")
                return _UNKNOWN
        return self._compared(sign, node, left, right)

    def _within(self, node: tree.WithinNext | tree.WithinLast, place: Place) -> Compiled:
        """The next D: from now on, both ends included.  The last D ends just before now - D."""
        place.timely.append(node)
        moment = self.compile(node.left, place)
        if moment.kind.name not in ("date", "datetime", "any"):
            self._mismatch(node.left, f"a date is asked for here, this is {_a(moment.kind)}")
            return _UNKNOWN
        span = self.value(node.right, DURATION, place, "the span of time")
        fn = moment.fn
        ahead = isinstance(node, tree.WithinNext)

        def test(v: View) -> bool:
            x, length = fn(v), span(v)
            if length is None or not isinstance(x, date):
                return False
            here: date = v.now if isinstance(x, datetime) else v.today
            edge = _plus(here, length, ahead, v)
            if not isinstance(x, datetime):
                edge = _date_of(edge, v)
            if ahead:
                return here <= x and (edge is None or x <= edge)
            return x <= here and (edge is None or edge < x)

        return Compiled(YES_NO, test)

    def _in_calendar(self, node: tree.InCalendar | tree.NotInCalendar, place: Place) -> Compiled:
        fn = self._day(node.operand, place)
        days = self.names.calendars.get(node.calendar.value)
        if days is None:
            self.unknown(d.UNKNOWN_CALENDAR, node.calendar, self.names.calendars)
            return _UNKNOWN
        if isinstance(node, tree.InCalendar):
            return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and days.contains(x))
        return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and not days.contains(x))

    def _anniversary(self, node: tree.Anniversary, place: Place) -> Compiled:
        place.timely.append(node)
        fn = self._day(node.operand, place)
        return Compiled(
            DATE, lambda v: None if (x := fn(v)) is None else calendar.anniversary(x, v.today)
        )

    def _elapsed(self, node: tree.Elapsed | tree.Remaining, place: Place) -> Compiled:
        place.timely.append(node)
        moment = self.compile(node.operand, place)
        if moment.kind.name not in ("date", "datetime", "any"):
            self._mismatch(node.operand, f"a date is asked for here, this is {_a(moment.kind)}")
            return Compiled(NUMBER, lambda v: None)
        fn, unit = moment.fn, node.unit.value
        sign = 1 if isinstance(node, tree.Elapsed) else -1

        def count(v: View) -> int | None:
            x = fn(v)
            if not isinstance(x, date):
                return None
            until: date = v.now if isinstance(x, datetime) or unit in ("minute", "hour") else v.today
            try:
                return sign * calendar.elapsed(unit, x, until, v.zone)
            except OverflowError:
                return None

        return Compiled(NUMBER, count)

    def _part(self, node: tree.Part, place: Place) -> Compiled:
        fn = self._day(node.operand, place)
        match node.unit.value:
            case "weekday":
                return Compiled(WEEKDAY, lambda v: None if (x := fn(v)) is None else x.weekday())
            case "day":
                return Compiled(NUMBER, lambda v: None if (x := fn(v)) is None else x.day)
            case "month":
                return Compiled(NUMBER, lambda v: None if (x := fn(v)) is None else x.month)
            case _:
                return Compiled(NUMBER, lambda v: None if (x := fn(v)) is None else x.year)

    def _today(self, node: tree.Today, place: Place) -> Compiled:
        place.timely.append(node)
        return Compiled(DATE, lambda v: v.today)

    def _now(self, node: tree.Now, place: Place) -> Compiled:
        place.timely.append(node)
        return Compiled(DATETIME, lambda v: v.now)

    def _last_run(self, node: tree.LastRun, place: Place) -> Compiled:
        if place.what != "automation":
            self.findings.report(
                d.OUT_OF_PLACE, node.span, what="`last run` is known in automations only"
            )
        return Compiled(DATETIME, lambda v: v.last_run)

    # -------------------------------------------------------------- the contact

    def _tagged(self, node: tree.Tagged, place: Place) -> Compiled:
        tag = node.tag.value
        return Compiled(YES_NO, lambda v: tag in v.contact.tags)

    def _in_group(self, node: tree.InGroup, place: Place) -> Compiled:
        group = node.group.value
        if group not in self.names.groups:
            self.unknown(d.UNKNOWN_GROUP, node.group, self.names.groups)
        return Compiled(YES_NO, lambda v: group in v.contact.groups)

    def _in_segment(self, node: tree.InSegment, place: Place) -> Compiled:
        return Compiled(YES_NO, self.segment(node.segment, place))

    def segment(self, token: Token, place: Place | None = None) -> Fn:
        """The condition of a segment, compiled once.  A segment within itself is a finding."""
        found = self.names.segments.get(token.value)
        if found is None:
            self.unknown(d.UNKNOWN_SEGMENT, token, self.names.segments)
            return lambda v: False
        if found.checking:
            self.findings.report(
                d.OUT_OF_PLACE, token.span, what=f"the segment `{found.name}` stands within itself"
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
        what = f"at most {MAX_SEGMENTS} segments stand within each other"
        self.findings.report(d.OUT_OF_PLACE, token.span, what=what)

    def _may_get(self, node: tree.MayGet | tree.MayNotGet, place: Place) -> Compiled:
        channel = self.channel(node.channel)
        wanted = isinstance(node, tree.MayGet)
        if self.names.config.regime == "opt-in":
            return Compiled(YES_NO, lambda v: (v.contact.consent.get(channel) is True) is wanted)
        return Compiled(YES_NO, lambda v: (v.contact.consent.get(channel) is not False) is wanted)

    def channel(self, token: Token) -> str:
        """The name of a channel; a finding where there is none."""
        if token.value not in self.names.channels:
            self.unknown(d.UNKNOWN_CHANNEL, token, self.names.channels)
        return str(token.value)

    def _is_blocked(self, node: tree.IsBlocked, place: Place) -> Compiled:
        return Compiled(YES_NO, lambda v: v.contact.blocked)

    def _can_receive(self, node: tree.CanReceive, place: Place) -> Compiled:
        message = self.names.messages.get(node.message.value)
        if message is None:
            self.unknown(d.UNKNOWN_MESSAGE, node.message, self.names.messages)
            return _UNKNOWN
        return Compiled(YES_NO, lambda v: v.world.barred(v.contact, message) is None)

    def _coupons_left(self, node: tree.CouponsLeft, place: Place) -> Compiled:
        name = node.list.value
        if name not in self.names.coupons:
            self.unknown(d.UNKNOWN_COUPONS, node.list, self.names.coupons)
        return Compiled(NUMBER, lambda v: v.world.codes_left(name))

    # -------------------------------------------------------------- what happened

    def _received(self, node: tree.Received, place: Place) -> Compiled:
        message = self._message(node.message)
        reach = self._reach(node.reach, place)
        this_round = self._this_round(message, node.reach, place)

        def test(v: View) -> bool:
            run = v.run
            return any(
                sent.message == message
                and (not this_round or _of_round(sent, run))
                and reach(v, sent.at, sent.seq)
                for sent in v.contact.messages
            )

        return Compiled(YES_NO, test)

    def _reacted(self, node: tree.Reacted, place: Place) -> Compiled:
        message = self._message(node.message)
        event = node.event.value
        if event not in ("opened", "clicked"):
            self.findings.report(
                d.OUT_OF_PLACE, node.span, what=f"`{event}` is not asked of one message"
            )
            return _UNKNOWN
        reach = self._reach(node.reach, place)
        this_round = self._this_round(message, node.reach, place)

        def test(v: View) -> bool:
            run = v.run
            return any(
                sent.message == message
                and (not this_round or _of_round(sent, run))
                and any(reach(v, at, seq) for at, seq in getattr(sent, event))
                for sent in v.contact.messages
            )

        return Compiled(YES_NO, test)

    def _received_anything(self, node: tree.ReceivedAnything, place: Place) -> Compiled:
        reach = self._reach(node.reach, place)
        return Compiled(
            YES_NO, lambda v: any(reach(v, sent.at, sent.seq) for sent in v.contact.messages)
        )

    def _message(self, token: Token) -> str:
        if token.value not in self.names.messages:
            self.unknown(d.UNKNOWN_MESSAGE, token, self.names.messages)
        return str(token.value)

    def _this_round(self, message: str, reach: tree.Reach | None, place: Place) -> bool:
        return message in place.sends and not isinstance(reach, tree.Ever)

    def _reach(
        self, node: tree.Reach | None, place: Place
    ) -> Callable[[View, datetime, int], bool]:
        """Whether something that happened at a moment, at a place in the order, still counts."""
        match node:
            case tree.WithinTheLast(duration=duration):
                length = literals.duration(duration, self.findings)
                return lambda v, at, seq: calendar.add(v.now, length, v.zone, -1) < at <= v.now
            case tree.SinceStart():
                if not place.in_run:
                    self.findings.report(
                        d.OUT_OF_PLACE, node.span, what="there is no run yet whose start could be meant"
                    )
                return lambda v, at, seq: v.run is not None and seq > v.run.start_seq
            case _:
                return lambda v, at, seq: True

    def _happened(self, node: tree.Happened, place: Place) -> Compiled:
        fields = self.event(node.event)
        if fields is None:
            return _UNKNOWN
        name = node.event.value
        times = self._times(node.times)
        test = self._history(name, fields, node.reach, node.where, place)
        if times == 1:
            return Compiled(YES_NO, lambda v: any(True for _ in test(v)))
        return Compiled(YES_NO, lambda v: sum(1 for _ in test(v)) >= times)

    def _times(self, token: Token | None) -> int:
        if token is None:
            return 1
        if not isinstance(token.value, int) or token.value < 1:
            self.findings.report(
                d.BAD_VALUE, token.span, what=f"a whole number from 1 is asked for, not {token.value}"
            )
            return 1
        return token.value

    def _history(
        self,
        name: str,
        fields: Fields,
        reach: tree.Reach | None,
        where: tree.Expression | None,
        place: Place,
    ) -> Callable[[View], Iterable[dict[str, Any]]]:
        """The data of the events of a name that count."""
        counts = self._reach(reach, place)
        holds = self._where(where, fields, place)

        def rows(v: View) -> Iterable[dict[str, Any]]:
            for happening in v.contact.events.get(name, ()):
                if counts(v, happening.at, happening.seq) and holds(v, happening.data):
                    yield happening.data

        return rows

    def _where(
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

    def filter(
        self, node: tree.Expression | None, fields: Fields, place: Place
    ) -> Callable[[View, dict[str, Any]], bool]:
        """The `where` of a statement: whether a row with these fields is meant."""
        return self._where(node, fields, place)

    def _of_event(self, node: tree.OfLast | tree.OfFirst, place: Place) -> Compiled:
        fields = self.event(node.event)
        if fields is None:
            return _NEVER
        kind = fields.get(node.field.value)
        if kind is None:
            self._unknown_field(node.field, f"the event `{node.event.value}`", fields)
            return _NEVER
        return Compiled(kind, _end_of(node.event.value, node.field.value, isinstance(node, tree.OfLast)))

    def _at_of_event(self, node: tree.AtOfLast | tree.AtOfFirst, place: Place) -> Compiled:
        if self.event(node.event) is None:
            return _NEVER
        return Compiled(DATETIME, _end_of(node.event.value, "at", isinstance(node, tree.AtOfLast)))

    # -------------------------------------------------------------- records and lists

    def _rows(
        self, token: Token, reach: tree.Reach | None, where: tree.Expression | None, place: Place
    ) -> tuple[Fields, Callable[[View], Iterable[dict[str, Any]]]] | None:
        """What `any`, `no`, `count of` and `sum of` go through: records, events, or an event's list."""
        name = token.value
        if not place.contact and token.kind != "REF":
            self._no_contact(tree.FieldValue(token.span, token))
            return None
        head, _, rest = name.partition(".")
        if head == "contact" and rest in self.names.records:
            token, name = Token(token.span, "NAME", rest), rest
            place = replace(place, row=None)
        in_row = place.row.get(name) if place.row else None
        if token.kind == "REF" or (in_row is not None and in_row.name == "list"):
            return self._list_rows(token, where, place)
        if name in self.names.records:
            place.used.add(name)
            fields = self.names.records[name]
            if reach is not None:
                self.findings.report(
                    d.OUT_OF_PLACE, reach.span, what="a span of time counts for events, not for records"
                )
            holds = self._where(where, fields, place)
            return fields, lambda v: (
                row for row in v.contact.records.get(name, ()) if holds(v, row)
            )
        fields_of_event = self.names.event_fields(name)
        if fields_of_event is not None:
            rows = self._history(name, fields_of_event, reach, where, place)
            return fields_of_event, rows
        known = [*self.names.records, *self.names.events]
        self.unknown(d.UNKNOWN_RECORDS, token, known)
        return None

    def _list_rows(
        self, token: Token, where: tree.Expression | None, place: Place
    ) -> tuple[Fields, Callable[[View], Iterable[dict[str, Any]]]] | None:
        if token.kind == "REF":
            compiled = self._reference(token, place)
        else:
            compiled = self._field_value(tree.FieldValue(token.span, token), place)
        if compiled.kind.name not in ("list", "any"):
            self.findings.report(
                d.TYPE_MISMATCH, token.span, what=f"a list is asked for here, `{token.value}` is {_a(compiled.kind)}"
            )
            return None
        fn = compiled.fn
        holds = self._where(where, compiled.kind.row, place)
        return compiled.kind.row, lambda v: (
            row for row in _list_of(fn(v)) if isinstance(row, dict) and holds(v, row)
        )

    def _any_row(self, node: tree.AnyRow | tree.NoRow, place: Place) -> Compiled:
        found = self._rows(node.rows, None, node.where, place)
        if found is None:
            return _UNKNOWN
        rows = found[1]
        wanted = isinstance(node, tree.AnyRow)
        return Compiled(YES_NO, lambda v: any(True for _ in rows(v)) is wanted)

    def _count_of(self, node: tree.CountOf, place: Place) -> Compiled:
        found = self._rows(node.rows, node.reach, node.where, place)
        if found is None:
            return Compiled(NUMBER, lambda v: None)
        rows = found[1]
        return Compiled(NUMBER, lambda v: sum(1 for _ in rows(v)))

    def _sum_of(self, node: tree.SumOf, place: Place) -> Compiled:
        found = self._rows(node.rows, node.reach, node.where, place)
        if found is None:
            return Compiled(NUMBER, lambda v: None)
        fields, rows = found
        name = node.field.value
        kind = fields.get(name)
        if kind is None:
            self._unknown_field(node.field, f"`{node.rows.value}`", fields)
        elif kind.name != "number":
            self._mismatch(node, f"only numbers can be summed, `{name}` is {_a(kind)}")
        return Compiled(
            NUMBER,
            lambda v: number(sum(x for row in rows(v) if isinstance(x := row.get(name), (int, float)))),
        )

    # -------------------------------------------------------------- names and values

    def _field_value(self, node: tree.FieldValue, place: Place) -> Compiled:
        name = node.name.value
        row = place.row
        if row is not None and name in row:
            return Compiled(row[name], lambda v: v.row.get(name))  # type: ignore[union-attr] # a row is at hand within a where
        if name == "event" and place.event is not None:
            place.used.add("event.")
            return Compiled(ANY, lambda v: v.event)
        if not place.contact:
            if row is None:
                return self._no_contact(node)
            self._unknown_field(node.name, "what is filtered", row)
            return _NEVER
        kind = self.names.fields.get(name)
        if kind is None:
            if row is not None:
                known = [*row, *self.names.fields]
                self._unknown_field(node.name, "neither what is filtered nor the contact", known)
            else:
                self._unknown_field(node.name, "the contact", self.names.fields)
            return _NEVER
        place.used.add(name)
        if name == "id":
            return Compiled(kind, lambda v: v.contact.id)
        return Compiled(kind, lambda v: v.contact.fields.get(name))

    def _ref(self, node: tree.Ref, place: Place) -> Compiled:
        return self._reference(node.name, place)

    def _reference(self, token: Token, place: Place) -> Compiled:
        head, _, rest = token.value.partition(".")
        if head == "contact":
            return self._field_value(
                tree.FieldValue(token.span, Token(token.span, "NAME", rest)), replace(place, row=None)
            )
        if head == "event":
            return self._data(token, rest, place, "event", lambda v: v.event)
        if head == "reply":
            return self._data(
                token, rest, place, "reply", lambda v: v.run and v.run.reply
            )
        if head == "answer":
            if not place.answer:
                self.findings.report(
                    d.OUT_OF_PLACE, token.span, what="there is no answer here",
                    hint="`call … as answer` brings one",
                )  # fmt: skip
            return Compiled(ANY, lambda v: _dig(v.run.answer if v.run else None, rest))
        self.findings.report(
            d.UNKNOWN_FIELD, token.span, whose="the contact", name=token.value,
            hint="only `event.`, `reply.`, `answer.` and `contact.` stand before a dot",
        )  # fmt: skip
        return _NEVER

    def _data(
        self, token: Token, name: str, place: Place, what: str, get: Fn
    ) -> Compiled:
        fields = place.event if what == "event" else place.reply
        if fields is None:
            brings = "a `start on …` brings one" if what == "event" else "`wait for …` brings one"
            self.findings.report(d.OUT_OF_PLACE, token.span, what=f"there is no {what} here", hint=brings)
            return _NEVER
        place.used.add(f"{what}.")
        kind = fields.get(name)
        if kind is None:
            self._unknown_field(token, f"the {what}", [f"{what}.{one}" for one in fields])
            return _NEVER
        return Compiled(kind, lambda v: data.get(name) if (data := get(v)) else None)

    def _sum(self, node: tree.Sum, place: Place) -> Compiled:
        first = node.parts[0]
        assert isinstance(first, tree.Expression)
        total = self.compile(first, place)
        for index in range(1, len(node.parts), 2):
            sign, operand = node.parts[index], node.parts[index + 1]
            assert isinstance(sign, Token)
            assert isinstance(operand, tree.Expression)
            right = self.compile(operand, place)
            total = self._added(total, sign, right, node, zero=place.missing_is_zero)
        return total

    def _added(
        self, left: Compiled, sign: Token, right: Compiled, node: tree.Sum, *, zero: bool
    ) -> Compiled:
        a, b = left.fn, right.fn
        plus = sign.value == "+"
        pair = family(left.kind), family(right.kind)
        if "any" in pair or pair == ("number", "number"):
            kind = NUMBER if "any" not in pair else ANY
            return Compiled(kind, lambda v: _plus(a(v), b(v), plus, v, zero=zero))
        if pair == ("day", "duration"):
            kind = left.kind
            if kind.name == "date" and isinstance(right.constant, Duration) and right.constant.seconds:
                kind = DATETIME
            return Compiled(kind, lambda v: _plus(a(v), b(v), plus, v))
        if pair == ("duration", "duration"):
            return Compiled(DURATION, lambda v: _plus(a(v), b(v), plus, v))
        if pair == ("day", "day") and not plus:
            return Compiled(NUMBER, lambda v: _plus(a(v), b(v), plus, v))
        if pair == ("duration", "day") and plus:
            return Compiled(right.kind, lambda v: _plus(b(v), a(v), plus, v))
        verb = "added to" if plus else "taken from"
        self._mismatch(node, f"{_a(right.kind)} cannot be {verb} {_a(left.kind)}")
        return _NEVER

    def _product(self, node: tree.Product, place: Place) -> Compiled:
        fns: list[tuple[str, Fn]] = []
        sign = "*"
        for part in node.parts:
            if isinstance(part, Token):
                sign = str(part.value)
                continue
            compiled = self.compile(part, place)
            if compiled.kind.name not in ("number", "any"):
                self._mismatch(part, f"a number is asked for here, this is {_a(compiled.kind)}")
            fns.append((sign, compiled.fn))

        def multiply(v: View) -> int | float | None:
            total: int | float | None = 1
            for sign, fn in fns:
                x = fn(v)
                if total is None or not _is_number(x) or (sign == "/" and x == 0):
                    return None
                total = number(total * x if sign == "*" else total / x)
            return total

        return Compiled(NUMBER, multiply)

    def _literal(self, node: tree.Expression, place: Place) -> Compiled:
        found = literals.literal(node, self.findings)
        if found is None:
            return _NEVER
        kind, value = found
        if kind is DATETIME:
            day, wall = value
            return Compiled(kind, lambda v: instant(day, wall, v.zone))
        return Compiled(kind, lambda v: value, value)

    def _flag(self, node: tree.Flag, place: Place) -> Compiled:
        if not place.in_run:
            self.findings.report(
                d.OUT_OF_PLACE, node.span, what=f"`{node.span.text}` speaks of a step just passed"
            )
        name = _FLAGS[type(node)]
        return Compiled(YES_NO, lambda v: v.run is not None and getattr(v.run, name))

    def _bad(self, node: tree.BadExpression, place: Place) -> Compiled:
        return _NEVER

    def _only_in_wait(self, node: tree.Expression, place: Place) -> Compiled:
        self.findings.report(
            d.OUT_OF_PLACE, node.span, what="this can only stand after `wait until`"
        )
        return _NEVER

    # -------------------------------------------------------------- unknown names

    def event(self, token: Token) -> Fields | None:
        """The fields of an event; a finding where there is no such event."""
        fields = self.names.event_fields(token.value)
        if fields is None:
            hint = did_you_mean(token.value, list(self.names.events), "event")
            if token.value in self.names.records:
                hint = f"`{token.value}` are records: write `any {token.value}` or `count of {token.value}`"
            self.findings.report(d.UNKNOWN_EVENT, token.span, name=token.value, hint=hint)
        return fields

    def unknown(self, diagnostic: Diagnostic, token: Token, known: Iterable[str]) -> None:
        """Report a name that nothing declares, with a guess at what was meant."""
        hint = did_you_mean(token.value, list(known))
        self.findings.report(diagnostic, token.span, name=token.value, hint=hint)

    def _unknown_field(self, token: Token, whose: str, known: Iterable[str]) -> None:
        names = list(known)
        hint = _minus_hint(token.value, names) or did_you_mean(token.value, names)
        near = guess(token.value, names)
        if near is None and token.kind == "NAME" and len(token.value) <= 3 and token.value.isupper():
            hint = f'if it is a text, put it in quotes: `"{token.value}"`'
        if whose.startswith("neither"):
            text = "neither what is filtered nor the contact"
            self.findings.report(d.UNKNOWN_FIELD, token.span, whose=text, name=token.value, hint=hint)
            return
        self.findings.report(d.UNKNOWN_FIELD, token.span, whose=whose, name=token.value, hint=hint)


_DUST = 1e-12
LARGEST = 10**30
"""Of numbers: one beyond it is missing."""


def number(value: int | float) -> int | float | None:
    """A number as it is kept: whole ones as int, the others without the dust of binary fractions."""
    if not -LARGEST <= value <= LARGEST:
        return None
    if isinstance(value, int):
        return value
    near = round(value, 10)
    if abs(value - near) <= _DUST * max(1.0, abs(value)):
        value = near
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plus(x: Any, y: Any, plus: bool, v: View, *, zero: bool = False) -> Any:
    if zero:
        x = 0 if x is None else x
        y = 0 if y is None else y
    if x is None or y is None:
        return None
    sign = 1 if plus else -1
    try:
        if _is_number(x) and _is_number(y):
            return number(x + sign * y)
        if isinstance(y, Duration):
            if isinstance(x, datetime):
                return calendar.add(x, y, v.zone, sign)
            if isinstance(x, date):
                if y.seconds:
                    return calendar.add(instant(x, time(0), v.zone), y, v.zone, sign)
                return calendar.add_to_date(x, y, sign)
            if isinstance(x, Duration):
                return x + y if plus else x + -y
        if isinstance(x, date) and isinstance(y, date) and not plus:
            return (_date_of(x, v) - _date_of(y, v)).days  # type: ignore[operator] # both are dates
    except OverflowError:
        return None
    return None


def _suited(value: Any, want: Kind, v: View) -> Any:
    """A value that only shows its kind now; missing where it does not fit."""
    try:
        return suited(value, want, v)
    except BadValue:
        return None


def _date_of(value: Any, v: View) -> date | None:
    if isinstance(value, datetime):
        return v.day_of(value)
    return value if isinstance(value, date) else None


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dig(data: Any, path: str) -> Any:
    """A value inside an answer, by its dotted path."""
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _of_round(sent: Sent, run: Any) -> bool:
    return run is not None and sent.campaign == run.campaign and sent.run == f"{run.key}#{run.label}"


def _end_of(name: str, field_name: str, last: bool) -> Fn:
    def get(v: View) -> Any:
        happened: list[Happening] = v.contact.events.get(name, [])
        return happened[-1 if last else 0].data.get(field_name) if happened else None

    return get


def _a(kind: Kind) -> str:
    return _SHOWN.get(kind.name, str(kind))


def _minus_hint(name: str, known: list[str]) -> str:
    """`score-1` is one name: perhaps a minus was meant."""
    left, minus, right = name.rpartition("-")
    if not minus or left not in known or not (right.isdigit() or right in known):
        return ""
    return f"a minus has a space on both sides: `{left} - {right}`"


def _condition_hint(node: tree.Expression, kind: Kind) -> str:
    if kind.name in ("text", "email", "phone", "one of", "number", "date", "datetime"):
        return f"compare it, or write `{node.span.text} is set`"
    return ""


def _comparison_hint(node: tree.Compare | tree.TwoSided, left: Compiled, right: Compiled) -> str:
    kinds = {left.kind.name, right.kind.name}
    if "text" in kinds and isinstance(right.constant, str):
        if left.kind.name == "number" and right.constant.replace(".", "").isdigit():
            return f"write `{right.constant}` without quotes"
        if left.kind.name in ("date", "datetime"):
            return "dates are written without quotes: 2026-12-24"
        if left.kind.name == "yes/no":
            return "write `yes` or `no` without quotes"
    if kinds == {"number", "duration"}:
        return "a date minus a date is a number of days: compare it with a number"
    if kinds == {"date", "number"} or kinds == {"datetime", "number"}:
        return "`days since …` and `days until …` give numbers"
    return ""


_SHOWN = {
    "text": "text", "number": "a number", "date": "a date", "datetime": "a date and time",
    "time": "a time", "duration": "a duration", "yes/no": "yes or no", "one of": "a choice",
    "email": "an e-mail address", "phone": "a phone number", "list": "a list",
    "weekday": "a day of the week", "any": "any value",
}  # fmt: skip

_TEXT_TESTS: dict[type, Callable[[str, str], bool]] = {
    tree.Contains: lambda x, y: y in x,
    tree.StartsWith: lambda x, y: x.startswith(y),
    tree.EndsWith: lambda x, y: x.endswith(y),
}

_OF_CONTACT = (
    tree.Tagged, tree.InGroup, tree.InSegment, tree.MayGet, tree.MayNotGet, tree.IsBlocked,
    tree.CanReceive, tree.Received, tree.Reacted, tree.ReceivedAnything, tree.Happened,
    tree.OfLast, tree.OfFirst, tree.AtOfLast, tree.AtOfFirst,
)  # fmt: skip
"""What only a contact can answer."""

_FLAGS: dict[type, str] = {
    tree.TimedOut: "timed_out",
    tree.Missed: "missed",
    tree.WasSent: "sent",
    tree.Failed: "failed",
}

_E = Expressions
_COMPILERS: dict[type, Callable[[Expressions, Any, Place], Compiled]] = {
    tree.Or: _E._or, tree.And: _E._and, tree.Not: _E._not,
    tree.Compare: _E._compare, tree.Between: _E._between,
    tree.InList: _E._in_list, tree.NotInList: _E._in_list,
    tree.IsSet: _E._is_set, tree.IsNotSet: _E._is_not_set,
    tree.Contains: _E._text_test, tree.StartsWith: _E._text_test, tree.EndsWith: _E._text_test,
    tree.Matches: _E._matches,
    tree.IsToday: _E._is_today, tree.IsNotToday: _E._is_today,
    tree.IsBefore: _E._is_before, tree.IsAfter: _E._is_after,
    tree.WithinNext: _E._within, tree.WithinLast: _E._within,
    tree.InCalendar: _E._in_calendar, tree.NotInCalendar: _E._in_calendar,
    tree.Anniversary: _E._anniversary, tree.Elapsed: _E._elapsed, tree.Remaining: _E._elapsed,
    tree.Part: _E._part, tree.Today: _E._today, tree.Now: _E._now, tree.LastRun: _E._last_run,
    tree.Tagged: _E._tagged, tree.InGroup: _E._in_group, tree.InSegment: _E._in_segment,
    tree.MayGet: _E._may_get, tree.MayNotGet: _E._may_get, tree.IsBlocked: _E._is_blocked,
    tree.CanReceive: _E._can_receive, tree.CouponsLeft: _E._coupons_left,
    tree.Received: _E._received, tree.Reacted: _E._reacted,
    tree.ReceivedAnything: _E._received_anything, tree.Happened: _E._happened,
    tree.OfLast: _E._of_event, tree.OfFirst: _E._of_event,
    tree.AtOfLast: _E._at_of_event, tree.AtOfFirst: _E._at_of_event,
    tree.AnyRow: _E._any_row, tree.NoRow: _E._any_row,
    tree.CountOf: _E._count_of, tree.SumOf: _E._sum_of,
    tree.FieldValue: _E._field_value, tree.Ref: _E._ref,
    tree.Sum: _E._sum, tree.Product: _E._product,
    tree.Text: _E._literal, tree.Number: _E._literal, tree.Percent: _E._literal,
    tree.Date: _E._literal, tree.DateTime: _E._literal, tree.Time: _E._literal,
    tree.Weekday: _E._literal, tree.Yes: _E._literal, tree.No: _E._literal,
    tree.Duration: _E._literal,
    tree.TimedOut: _E._flag, tree.Missed: _E._flag, tree.WasSent: _E._flag, tree.Failed: _E._flag,
    tree.BadExpression: _E._bad,
    tree.Before: _E._only_in_wait, tree.After: _E._only_in_wait, tree.NextDay: _E._only_in_wait,
}  # fmt: skip
