"""Days and moments: `is today`, `within the next …`, `anniversary of`, `days since`, calendars."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check.arithmetic import combine, date_of
from flowlang.check.comparing import Fn
from flowlang.check.hints import a_kind
from flowlang.check.meaning import UNKNOWN, Compiled, Place, meaning
from flowlang.check.meanings.comparisons import compared
from flowlang.check.view import View
from flowlang.kinds import DATE, DATETIME, DURATION, NUMBER, WEEKDAY, YES_NO
from flowlang.speech import tr
from flowlang.syntax import expressions as tree
from flowlang.syntax import moments

if TYPE_CHECKING:
    from flowlang.check.expressions import Expressions


def _day(ex: Expressions, node: tree.Expression, place: Place) -> Fn:
    """A function that gives the date of a date or datetime."""
    moment = _moment(ex, node, place)
    if moment is None:
        return lambda v: None
    fn = moment.fn
    if moment.kind.name == "date" and isinstance(node, (tree.FieldValue, tree.Literal)):
        return fn
    return lambda v: date_of(fn(v), v)


def _moment(ex: Expressions, node: tree.Expression, place: Place) -> Compiled | None:
    """A date or datetime; None and a finding for anything else."""
    compiled = ex.compile(node, place)
    if compiled.kind.name in ("date", "datetime", "any"):
        return compiled
    ex.mismatch(node, tr("a date is asked for here, this is {kind}", kind=a_kind(compiled.kind)))
    return None


@meaning(moments.IsToday, moments.IsNotToday)
def _is_today(ex: Expressions, node: tree.OneSided, place: Place) -> Compiled:
    place.timely.append(node)
    fn = _day(ex, node.operand, place)
    if isinstance(node, moments.IsToday):
        return Compiled(YES_NO, lambda v: fn(v) == v.today)
    return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and x != v.today)


@meaning(moments.IsBefore)
def _is_before(ex: Expressions, node: moments.IsBefore, place: Place) -> Compiled:
    return _ordered(ex, "<", node, place)


@meaning(moments.IsAfter)
def _is_after(ex: Expressions, node: moments.IsAfter, place: Place) -> Compiled:
    return _ordered(ex, ">", node, place)


def _ordered(ex: Expressions, sign: str, node: tree.TwoSided, place: Place) -> Compiled:
    left, right = ex.compile(node.left, place), ex.compile(node.right, place)
    for side, at in ((left, node.left), (right, node.right)):
        if side.kind.name not in ("date", "datetime", "time", "any"):
            ex.mismatch(
                at, tr("a date or a time is asked for here, this is {kind}", kind=a_kind(side.kind))
            )
            return UNKNOWN
    return compared(ex, sign, node, left, right)


@meaning(moments.WithinNext, moments.WithinLast)
def _within(
    ex: Expressions, node: moments.WithinNext | moments.WithinLast, place: Place
) -> Compiled:
    """The next D: from now on, both ends included.  The last D ends just before now - D."""
    place.timely.append(node)
    moment = _moment(ex, node.left, place)
    if moment is None:
        return UNKNOWN
    span = ex.value(node.right, DURATION, place, tr("the span of time"))
    fn, ahead = moment.fn, isinstance(node, moments.WithinNext)

    def test(v: View) -> bool:
        x, length = fn(v), span(v)
        if length is None or not isinstance(x, date):
            return False
        here: date = v.now if isinstance(x, datetime) else v.today
        edge = combine(here, length, ahead, v)
        if not isinstance(x, datetime):
            edge = date_of(edge, v)
        if ahead:
            return here <= x and (edge is None or x <= edge)
        return x <= here and (edge is None or edge < x)

    return Compiled(YES_NO, test)


@meaning(moments.InCalendar, moments.NotInCalendar)
def _in_calendar(
    ex: Expressions, node: moments.InCalendar | moments.NotInCalendar, place: Place
) -> Compiled:
    fn = _day(ex, node.operand, place)
    days = ex.names.calendars.get(node.calendar.value)
    if days is None:
        ex.unknown(d.UNKNOWN_CALENDAR, node.calendar, ex.names.calendars)
        return UNKNOWN
    if isinstance(node, moments.InCalendar):
        return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and days.contains(x))
    return Compiled(YES_NO, lambda v: (x := fn(v)) is not None and not days.contains(x))


@meaning(moments.Anniversary)
def _anniversary(ex: Expressions, node: moments.Anniversary, place: Place) -> Compiled:
    place.timely.append(node)
    fn = _day(ex, node.operand, place)
    return Compiled(
        DATE, lambda v: None if (x := fn(v)) is None else calendar.anniversary(x, v.today)
    )


@meaning(moments.Elapsed, moments.Remaining)
def _elapsed(ex: Expressions, node: moments.Elapsed | moments.Remaining, place: Place) -> Compiled:
    place.timely.append(node)
    moment = _moment(ex, node.operand, place)
    if moment is None:
        return Compiled(NUMBER, lambda v: None)
    fn, unit = moment.fn, node.unit.value
    sign = 1 if isinstance(node, moments.Elapsed) else -1

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


@meaning(moments.Part)
def _part(ex: Expressions, node: moments.Part, place: Place) -> Compiled:
    fn = _day(ex, node.operand, place)
    match node.unit.value:
        case "weekday":
            return Compiled(WEEKDAY, lambda v: None if (x := fn(v)) is None else x.weekday())
        case "day":
            return Compiled(NUMBER, lambda v: None if (x := fn(v)) is None else x.day)
        case "month":
            return Compiled(NUMBER, lambda v: None if (x := fn(v)) is None else x.month)
        case _:
            return Compiled(NUMBER, lambda v: None if (x := fn(v)) is None else x.year)


@meaning(moments.Today)
def _today(ex: Expressions, node: moments.Today, place: Place) -> Compiled:
    place.timely.append(node)
    return Compiled(DATE, lambda v: v.today)


@meaning(moments.Now)
def _now(ex: Expressions, node: moments.Now, place: Place) -> Compiled:
    place.timely.append(node)
    return Compiled(DATETIME, lambda v: v.now)


@meaning(moments.LastRun)
def _last_run(ex: Expressions, node: moments.LastRun, place: Place) -> Compiled:
    if place.what != "automation":
        ex.findings.report(
            d.OUT_OF_PLACE, node.span, what=tr("`last run` is known in automations only")
        )
    return Compiled(DATETIME, lambda v: v.last_run)
