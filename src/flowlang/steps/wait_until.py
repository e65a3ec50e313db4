"""`wait until …`: a condition, a moment from data, or the next such time, day of the week or day.

Which of them it is, is told by the kind of the expression.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from flowlang import calendar
from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import Fn
from flowlang.check.hints import named
from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.days import next_day_of, next_time, next_weekday
from flowlang.effects import END, STAY, Effects, Next, Trigger
from flowlang.kinds import DATE, DATETIME, BadValue, read
from flowlang.speech import tr
from flowlang.steps.event_match import came
from flowlang.steps.step import Code, Instruction, Lapse, Step
from flowlang.syntax import expressions as tree
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

    def _instruction(self, code: Code) -> _Until | None:
        wall = literals.wall(self.at, code.findings) if self.at else None
        at_most = literals.duration(self.at_most, code.findings) if self.at_most else None
        tails = {tail.kind for tail in self.tails}
        place = code.place_with(used=set(), timely=[])
        target = self._target(code, place, wall)
        code.place.used.update(place.used)
        if target is None:
            return None
        what, fn = target
        ends = isinstance(self.until, tree.NextDay)
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
        if isinstance(node, tree.NextDay):
            days = code.names.calendars.get(node.calendar.value)
            if days is None:
                code.expressions.unknown(d.UNKNOWN_CALENDAR, node.calendar, code.names.calendars)
                return None
            return "next", lambda v: next_day_of(v.now, days, wall, v.zone)
        if isinstance(node, (tree.Before, tree.After)):
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
        self, code: Code, node: tree.Before | tree.After, place: Place
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
        return "moment", _moved(fn, length, -1 if isinstance(node, tree.Before) else 1)


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
    return " ".join(length.span.text.split()) if length is not None else ""


IN_TIME, TIMED_OUT = "in time", "timed out"
MISSED, PAST, NOT_SET = "missed", "stops: past", "stops: not set"
"""What can come of a wait: see `Instruction.outcomes`."""


class _Until(Instruction):
    """What the kinds of `wait until` share: a longest time, and where a missed one goes on."""

    __slots__ = ("after", "at_most", "said")
    shape = "wait"
    lets_time_pass = True

    def __init__(self, at_most: Duration | None) -> None:
        self.at_most = at_most
        self.said = ""
        """The longest time in the words of the file."""
        self.after = 0

    def deadline(self, do: Effects) -> datetime | None:
        return calendar.add(do.now, self.at_most, do.zone) if self.at_most else None

    def lapse(self) -> Lapse:
        return Lapse(Duration(), self.at_most)

    def timed_out(self, do: Effects) -> Next:
        do.run.timed_out = True
        do.note("timed out", f"after {self.said}")
        return self.after

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(pc + 1, "")] if self.after == pc + 1 else [(pc + 1, ""), (self.after, "missed")]

    def labels(self, pc: int, say: Callable[[str], str]) -> list[str]:
        late = say(TIMED_OUT if self.at_most else MISSED)
        return [late if label else "" for _, label in self.exits(pc)]

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        late = [(self.after, TIMED_OUT)] if self.at_most else []
        return [(pc + 1, IN_TIME), *late]

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        if target == STAY:
            return None
        return TIMED_OUT if do.run.timed_out else IN_TIME


class UntilCondition(_Until):
    """Stand until a condition holds; it is looked at when something happens to the contact."""

    __slots__ = ("condition",)

    def __init__(self, condition: Fn, at_most: Duration | None) -> None:
        super().__init__(at_most)
        self.condition = condition

    def run(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = do.run.missed = False
        if self.condition(do.view):
            return pc + 1
        deadline = self.deadline(do)
        if deadline is not None and deadline <= do.now:
            return self.timed_out(do)
        return do.stand(deadline)

    def look(self, do: Effects, pc: int, trigger: Trigger) -> Next | None:
        if not self.condition(do.view):
            return None
        came(do, trigger)
        return pc + 1

    def wake(self, do: Effects, pc: int) -> Next:
        return self.timed_out(do)


class UntilNext(_Until):
    """Stand until the next such time or day, now included; it is never missed.

    A calendar may have no more days: then the run ends, or stands until the program gives it some.
    """

    __slots__ = ("find", "stop_if_past")

    def __init__(
        self,
        find: Callable[[View], datetime | None],
        at_most: Duration | None,
        *,
        stop_if_past: bool,
    ) -> None:
        super().__init__(at_most)
        self.find = find
        self.stop_if_past = stop_if_past

    def run(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = do.run.missed = False
        target, deadline = self.find(do.view), self.deadline(do)
        if target is not None:
            return self._stand(do, pc, target, deadline)
        if self.stop_if_past:
            do.note("ends here", "the calendar has no such day any more")
            return END
        if deadline is not None and deadline <= do.now:
            return self.timed_out(do)
        do.note("waiting", "the calendar has no such day")
        return do.stand(deadline, late=True, none=True, deadline=deadline)

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        found = super().outcomes(pc, names)
        return [*found, (END, PAST)] if self.stop_if_past else found

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        return PAST if target == END else super().outcome(do, pc, target, names)

    def look(self, do: Effects, pc: int, trigger: Trigger) -> Next | None:
        wait = do.run.wait
        target = self.find(do.view) if wait.get("none") else None
        if target is None:
            return None
        going = self._stand(do, pc, target, wait.get("deadline"))
        return None if going == STAY else going

    def _stand(self, do: Effects, pc: int, target: datetime, deadline: datetime | None) -> Next:
        if target <= do.now:
            return pc + 1
        if deadline is not None and deadline <= do.now:
            return self.timed_out(do)
        late = deadline is not None and deadline < target
        return do.stand(deadline if late else target, late=late)

    def wake(self, do: Effects, pc: int) -> Next:
        return self.timed_out(do) if do.run.wait.get("late") else pc + 1


class UntilMoment(_Until):
    """Stand until a moment that the data gives; follows the data when it changes."""

    __slots__ = ("at", "moment", "stop_if_not_set", "stop_if_past", "used")

    def __init__(
        self,
        moment: Fn,
        at: time | None,
        at_most: Duration | None,
        used: frozenset[str],
        stop_if_past: bool,
        stop_if_not_set: bool,
    ) -> None:
        super().__init__(at_most)
        self.moment = moment
        self.at = at
        self.used = used
        self.stop_if_past = stop_if_past
        self.stop_if_not_set = stop_if_not_set

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        found = super().outcomes(pc, names)
        found.append((END, PAST) if self.stop_if_past else (self.after, MISSED))
        return [*found, (END, NOT_SET)] if self.stop_if_not_set else found

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        if target == END:
            return PAST if do.run.missed else NOT_SET
        return MISSED if do.run.missed else super().outcome(do, pc, target, names)

    def run(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = do.run.missed = False
        return self._reckon(do, pc, self.deadline(do))

    def look(self, do: Effects, pc: int, trigger: Trigger) -> Next | None:
        wait = do.run.wait
        if not self.used or wait.get("basis") == self._basis(do):
            return None
        going = self._reckon(do, pc, wait.get("deadline"))
        return None if going == STAY else going

    def wake(self, do: Effects, pc: int) -> Next:
        if do.run.wait.get("late"):
            return self.timed_out(do)
        return pc + 1

    def _basis(self, do: Effects) -> list[Any]:
        """What the moment depends on, as it is now."""
        contact = do.contact
        return [
            [dict(row) for row in contact.records[name]]
            if name in contact.records
            else contact.fields.get(name)
            for name in sorted(self.used)
        ]

    def _reckon(self, do: Effects, pc: int, deadline: datetime | None) -> Next:
        value = self.moment(do.view)
        basis = self._basis(do)
        if not isinstance(value, date):
            if self.stop_if_not_set:
                do.note("ends here", "the moment is not set")
                return END
            if deadline is not None and deadline <= do.now:
                return self.timed_out(do)
            do.note("waiting", "until the moment is set")
            return do.stand(deadline, late=True, basis=basis, deadline=deadline)
        whole_day = not isinstance(value, datetime) and self.at is None
        target = self._instant(value, do)
        if target > do.now:
            late = deadline is not None and deadline < target
            if deadline is not None and deadline <= do.now:
                return self.timed_out(do)
            return do.stand(deadline if late else target, late=late, basis=basis, deadline=deadline)
        missed = target < do.now
        if whole_day and not isinstance(value, datetime):
            missed = value < do.view.today
        if not missed:
            return pc + 1
        do.run.missed = True
        if self.stop_if_past:
            do.note("ends here", "the moment is past")
            return END
        do.note("missed", f"the moment was {calendar.local(target, do.zone):%Y-%m-%d %H:%M}")
        return self.after

    def _instant(self, value: date, do: Effects) -> datetime:
        if isinstance(value, datetime) and self.at is None:
            return value
        day = do.view.day_of(value) if isinstance(value, datetime) else value
        try:
            return calendar.instant(day, self.at or time(0), do.zone)
        except OverflowError:  # "never" is often written as the last day of the calendar
            end = 3 if day.year < do.now.year else date.max.toordinal() - 3
            return datetime.combine(date.fromordinal(end), time(0), UTC)
