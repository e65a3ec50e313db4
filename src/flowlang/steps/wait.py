"""`wait 2 days` and `wait 3 "office days"`"""

from __future__ import annotations

from typing import ClassVar

from flowlang import calendar
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.days import Days
from flowlang.effects import Effects, Next
from flowlang.speech import tr
from flowlang.steps.step import Code, Instruction, Lapse, Step
from flowlang.syntax.expressions import Duration
from flowlang.syntax.tree import Token, node


@node("wait")
class Wait(Step):
    """Lets time pass."""

    length: Duration
    acts_on: ClassVar[str] = "KS"

    def compile(self, code: Code) -> bool:
        code.emit(WaitFor(literals.duration(self.length, code.findings)), self)
        return False


class WaitFor(Instruction):
    """Stand for a while."""

    __slots__ = ("length",)
    shape = "wait"
    lets_time_pass = True

    def __init__(self, length: calendar.Duration) -> None:
        self.length = length

    def run(self, do: Effects, pc: int) -> Next:
        run = do.run
        run.timed_out = run.missed = False
        due = calendar.add(do.now, self.length, do.zone)
        return do.stand(due) if due > do.now else pc + 1

    def wake(self, do: Effects, pc: int) -> Next:
        return pc + 1

    def lapse(self) -> Lapse:
        return Lapse(self.length, self.length)


@node("wait_days")
class WaitDays(Step):
    """Lets days of a calendar pass."""

    amount: Token
    calendar: Token

    def compile(self, code: Code) -> bool:
        days = code.names.calendars.get(self.calendar.value)
        amount = self.amount.value
        if days is None:
            code.expressions.unknown(d.UNKNOWN_CALENDAR, self.calendar, code.names.calendars)
            return False
        if not isinstance(amount, int) or not 0 <= amount <= 1000:
            code.report(
                d.BAD_VALUE,
                self.amount.span,
                what=tr("days are counted whole, up to 1000, not {amount}", amount=amount),
            )
            return False
        code.emit(WaitForDays(amount, days), self)
        return False


class WaitForDays(Instruction):
    """Stand until the same wall time on the n-th such day after today."""

    __slots__ = ("amount", "days")
    shape = "wait"
    lets_time_pass = True

    def __init__(self, amount: int, days: Days) -> None:
        self.amount = amount
        self.days = days

    def run(self, do: Effects, pc: int) -> Next:
        run = do.run
        run.timed_out = run.missed = False
        here = calendar.local(do.now, do.zone)
        day = self.days.nth_after(here.date(), self.amount)
        if day is None:
            do.note("waiting", "the calendar has no such day in the next ten years")
            return do.stand(None)
        due = calendar.instant(day, here.time().replace(tzinfo=None), do.zone)
        return do.stand(due) if due > do.now else pc + 1

    def wake(self, do: Effects, pc: int) -> Next:
        return pc + 1

    def lapse(self) -> Lapse:
        return Lapse(calendar.Duration(), None)
