"""How a contact stands at `wait until`: for a condition, the next such time, or a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from flowlang import calendar
from flowlang.calendar import Duration
from flowlang.check.comparing import Fn
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.effects import END, STAY, Effects, Next, Trigger
from flowlang.steps.event_match import came
from flowlang.steps.step import Instruction, Lapse

IN_TIME, TIMED_OUT = "in time", "timed out"
MISSED, PAST, NOT_SET = "missed", "stops: past", "stops: not set"
"""What can come of a wait: see `Instruction.outcomes`."""


class Until(Instruction):
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


class UntilCondition(Until):
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


class UntilNext(Until):
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


class UntilMoment(Until):
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
        do.note("missed", f"the moment was {calendar.minute(target, do.zone)}")
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
