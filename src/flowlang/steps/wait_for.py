"""`wait for EVENT [where C] [at most D]`"""

from __future__ import annotations

from typing import ClassVar

from flowlang import calendar
from flowlang.calendar import Duration
from flowlang.check import literals
from flowlang.check.names import Names
from flowlang.effects import STAY, Effects, Next, Trigger
from flowlang.steps.event_match import EventMatch, came, event_match
from flowlang.steps.step import Code, Instruction, Lapse, Step
from flowlang.steps.until import IN_TIME, TIMED_OUT
from flowlang.steps.wait_until import said
from flowlang.syntax import expressions as tree
from flowlang.syntax import past
from flowlang.syntax.tree import node


@node("wait_for")
class WaitFor(Step):
    """Waits until an event happens, from now on; its data is `reply`."""

    event: past.EventRef
    where: tree.Expression | None
    at_most: tree.Duration | None
    brings: ClassVar[str] = "reply"

    def compile(self, code: Code) -> bool:
        match = event_match(code, self.event, self.where)
        at_most = literals.duration(self.at_most, code.findings) if self.at_most else None
        code.emit(AwaitEvent(match, at_most, said(self.at_most)), self)
        return False


class AwaitEvent(Instruction):
    """Stand until an event happens."""

    __slots__ = ("at_most", "match", "said")
    shape = "wait"
    lets_time_pass = True

    def __init__(self, match: EventMatch, at_most: Duration | None, said: str) -> None:
        self.match = match
        self.at_most = at_most
        self.said = said

    def run(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = do.run.missed = False
        due = calendar.add(do.now, self.at_most, do.zone) if self.at_most else None
        if due is not None and due <= do.now:
            return self.wake(do, pc)
        return do.stand(due, seq=do.contact.seq)

    def look(self, do: Effects, pc: int, trigger: Trigger) -> Next | None:
        if trigger.seq > do.run.wait["seq"] and self.match.fits(trigger, do.view):
            came(do, trigger)
            do.run.reply = trigger.data
            do.run.reply_event = trigger.event
            return pc + 1
        return None

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        return [(pc + 1, IN_TIME), *([(pc + 1, TIMED_OUT)] if self.at_most else [])]

    def outcome(self, do: Effects, pc: int, target: Next, names: Names) -> str | None:
        if target == STAY:
            return None
        return TIMED_OUT if do.run.timed_out else IN_TIME

    def wake(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = True
        do.note("timed out", f"after {self.said}")
        return pc + 1

    def lapse(self) -> Lapse:
        return Lapse(Duration(), self.at_most)
