"""`wait until …`: a condition, a moment from data, or the next such time, day of the week or day.

Which of them it is, is told by the kind of the expression; how each runs is in `until`.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flowlang import calendar
from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import Fn
from flowlang.check.hints import named
from flowlang.check.meaning import Place
from flowlang.check.view import View
from flowlang.days import next_day_of, next_time, next_weekday
from flowlang.kinds import DATE, DATETIME, BadValue, read
from flowlang.speech import tr
from flowlang.steps.step import Code, Step
from flowlang.steps.until import Until, UntilCondition, UntilMoment, UntilNext
from flowlang.syntax import expressions as tree
from flowlang.syntax import moments
from flowlang.syntax.tree import Node, Token, node


@node("wait_until")
class WaitUntil(Step):
    """Lets time pass until something is so, or until a moment."""

    until: tree.Expression
    at: Token | None
    at_most: tree.Duration | None
    tails: tuple[Token, ...]
    steps: tuple[Node, ...] | None

    def compile(self, code: Code) -> bool:
        instruction = self._instruction(code)
        if instruction is None:
            with code.inside(self):
                code.block(self.steps)
            return False
        instruction.said = said(self.at_most)
        code.emit(instruction, self)
        with code.inside(self):
            code.block(self.steps)
        instruction.after = code.next
        return False

    def _instruction(self, code: Code) -> Until | None:
        wall = literals.wall(self.at, code.findings) if self.at else None
        at_most = literals.duration(self.at_most, code.findings) if self.at_most else None
        tails = {tail.kind for tail in self.tails}
        place = code.place_with(used=set(), timely=[])
        target = self._target(code, place, wall)
        code.place.used.update(place.used)
        if target is None:
            return None
        what, fn = target
        ends = isinstance(self.until, moments.NextDay)
        for tail in self.tails if what != "moment" else ():
            if not (ends and tail.kind == "STOP_IF_PAST"):
                code.report(
                    d.OUT_OF_PLACE,
                    tail.span,
                    what=tr("this is said of a moment from data or a date"),
                )
        if what == "condition":
            if self.at is not None:
                code.report(d.OUT_OF_PLACE, self.at.span, what=tr("a condition has no time of day"))
            return UntilCondition(fn, at_most)
        if what == "next":
            return UntilNext(fn, at_most, stop_if_past="STOP_IF_PAST" in tails)
        used = frozenset(place.used)
        return UntilMoment(
            fn, wall, at_most, used, "STOP_IF_PAST" in tails, "STOP_IF_NOT_SET" in tails
        )

    def _target(self, code: Code, place: Place, wall: time | None) -> tuple[str, Fn] | None:
        node = self.until
        if isinstance(node, moments.NextDay):
            days = code.names.calendars.get(node.calendar.value)
            if days is None:
                code.expressions.unknown(d.UNKNOWN_CALENDAR, node.calendar, code.names.calendars)
                return None
            return "next", lambda v: next_day_of(v.now, days, wall, v.zone)
        if isinstance(node, (moments.Before, moments.After)):
            return self._offset(code, node, place)
        compiled = code.expressions.compile(node, place)
        constant = compiled.constant
        kind = compiled.kind.name
        match kind:
            case "yes/no":
                return "condition", code.expressions.condition(node, place)
            case "any" if isinstance(node, (tree.FieldValue, tree.BadExpression)):
                return None
            case "weekday" if constant is not None:
                return "next", lambda v: next_weekday(v.now, constant, wall, v.zone)
            case "time" if constant is not None:
                return "next", lambda v: next_time(v.now, constant, v.zone)
            case "time":
                return "next", _coming(compiled.fn)
            case "date" | "datetime":
                return "moment", compiled.fn
            case "any":
                return "moment", _read(compiled.fn)
        code.report(
            d.TYPE_MISMATCH, node.span,
            what=tr("a moment or a condition stands here, not {kind}", kind=named(compiled.kind)),
            hint=tr("for a length of time write `wait 2 days`") if kind == "duration" else "",
        )  # fmt: skip
        return None

    def _offset(
        self, code: Code, node: moments.Before | moments.After, place: Place
    ) -> tuple[str, Fn] | None:
        compiled = code.expressions.compile(node.moment, place)
        length = literals.duration(node.duration, code.findings)
        if compiled.kind.name not in ("date", "datetime", "any"):
            code.report(
                d.TYPE_MISMATCH,
                node.moment.span,
                what=tr("a date is asked for here, this is {kind}", kind=named(compiled.kind)),
            )
            return None
        if compiled.kind.name == "any" and isinstance(node.moment, tree.FieldValue):
            return None
        fn = _read(compiled.fn) if compiled.kind.name == "any" else compiled.fn
        return "moment", _moved(fn, length, -1 if isinstance(node, moments.Before) else 1)


def _coming(fn: Fn) -> Fn:
    """The moment at which it is next the time of day that a function gives."""

    def coming(v: View) -> datetime | None:
        wall = fn(v)
        return None if wall is None else next_time(v.now, wall, v.zone)

    return coming


def _read(fn: Fn) -> Fn:
    """A moment that an answer gives: the web has no dates, it writes them as text."""

    def moment(v: View) -> Any:
        x = fn(v)
        if not isinstance(x, str):
            return x
        try:
            return read(x, DATE if len(x.strip()) <= len("2026-12-24") else DATETIME, v.zone)
        except BadValue:
            return None

    return moment


def _moved(fn: Fn, length: Duration, sign: int) -> Fn:
    def moment(v: View) -> Any:
        x = fn(v)
        try:
            if isinstance(x, datetime):
                return calendar.add(x, length, v.zone, sign)
            if isinstance(x, date):
                if length.seconds:
                    return calendar.add(calendar.instant(x, time(0), v.zone), length, v.zone, sign)
                return calendar.add_to_date(x, length, sign)
        except OverflowError:
            return None
        return None

    return moment


def said(length: tree.Duration | None) -> str:
    """A length of time in the words of the file."""
    return length.span.words if length is not None else ""
