"""`wait at most D` with branches, and `wait again` within them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from flowlang import calendar
from flowlang.calendar import Duration
from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.comparing import Fn
from flowlang.check.names import Names
from flowlang.effects import Effects, Next, Trigger
from flowlang.speech import tr
from flowlang.steps.event_match import EventMatch, came, event_match
from flowlang.steps.jump import branches
from flowlang.steps.repeat import Count
from flowlang.steps.step import Code, Instruction, Lapse, Step
from flowlang.steps.wait_until import said
from flowlang.syntax import expressions as tree
from flowlang.syntax import past
from flowlang.syntax.tree import Node, node


@node("for_branch", block="steps")
class ForBranch(Node):
    """`for EVENT [where C]`: taken when the event comes first."""

    event: past.EventRef
    where: tree.Expression | None
    steps: tuple[Node, ...] | None
    brings: ClassVar[str] = "reply"


@node("until_branch", block="steps")
class UntilBranch(Node):
    """`until CONDITION`: taken when it holds first."""

    condition: tree.Expression
    steps: tuple[Node, ...] | None


@node("otherwise_branch", block="steps")
class OtherwiseBranch(Node):
    """Taken when the time is over."""

    steps: tuple[Node, ...] | None


@node("race", block="branches")
class Race(Step):
    """Waits for the first of several things; at one instant, the first in the text wins."""

    at_most: tree.Duration
    branches: tuple[ForBranch | UntilBranch | OtherwiseBranch, ...] | None

    def compile(self, code: Code) -> bool:
        length = literals.duration(self.at_most, code.findings)
        instruction = AwaitFirst(length, said(self.at_most))
        at = code.emit(instruction, self)
        code.races.append(at)

        def begin(branch: ForBranch | UntilBranch | OtherwiseBranch, target: int) -> None:
            if not isinstance(branch, OtherwiseBranch):
                instruction.texts.append(branch.span.first_line)
            if isinstance(branch, ForBranch):
                match = event_match(code, branch.event, branch.where)
                instruction.branches.append((match, None, target))
            elif isinstance(branch, UntilBranch):
                instruction.branches.append((None, code.condition(branch.condition), target))
            elif instruction.otherwise is not None:
                code.report(d.DUPLICATE_LINE, branch.span, what="`otherwise`")
            else:
                instruction.otherwise = target

        all_over = branches(code, self, self.branches or (), begin)
        code.races.pop()
        instruction.after = code.next
        return all_over and instruction.otherwise is not None


OTHERWISE = "otherwise"
"""What comes of a race when its time is over."""


class AwaitFirst(Instruction):
    """Stand until the first of several things."""

    __slots__ = ("after", "at_most", "branches", "otherwise", "said", "texts")
    shape = "race"
    lets_time_pass = True

    def __init__(self, at_most: Duration, said: str) -> None:
        self.at_most = at_most
        self.said = said
        self.branches: list[tuple[EventMatch | None, Fn | None, int]] = []
        self.texts: list[str] = []
        """The first line of each of them."""
        self.otherwise: int | None = None
        self.after = 0

    def run(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = do.run.missed = False
        for _, condition, target in self.branches:
            if condition is not None and condition(do.view):
                return target
        due = calendar.add(do.now, self.at_most, do.zone)
        if due <= do.now:
            return self.wake(do, pc)
        return do.stand(due, seq=do.contact.seq)

    def look(self, do: Effects, pc: int, trigger: Trigger) -> Next | None:
        for match, condition, target in self.branches:
            if condition is not None:
                if condition(do.view):
                    came(do, trigger)
                    return target
            elif (
                match is not None
                and trigger.seq > do.run.wait["seq"]
                and match.fits(trigger, do.view)
            ):
                came(do, trigger)
                do.run.reply = trigger.data
                do.run.reply_event = trigger.event
                return target
        return None

    def wake(self, do: Effects, pc: int) -> Next:
        do.run.timed_out = True
        do.note("timed out", f"after {self.said}")
        return self.after if self.otherwise is None else self.otherwise

    def lapse(self) -> Lapse:
        return Lapse(Duration(), self.at_most)

    def exits(self, pc: int) -> list[tuple[int, str]]:
        found = [
            (target, match.event if match else "condition") for match, _, target in self.branches
        ]
        return [*found, (self.after if self.otherwise is None else self.otherwise, OTHERWISE)]

    def labels(self, pc: int, say: Callable[[str], str]) -> list[str]:
        return [*self.texts, say(OTHERWISE)]

    def outcomes(self, pc: int, names: Names) -> list[tuple[Next, str]]:
        met: dict[str, int] = {}
        found: list[tuple[Next, str]] = []
        for target, label in self.exits(pc):
            count = met[label] = met.get(label, 0) + 1
            found.append((target, label if count == 1 else f"{label} ({count})"))
        return found


@node("wait_again")
class WaitAgain(Step):
    """Starts the clock of the wait around it anew."""

    def compile(self, code: Code) -> bool:
        if not code.races:
            code.report(
                d.OUT_OF_PLACE,
                self.span,
                what=tr("`wait again` stands in a branch of `wait at most …`"),
            )
            return False
        race = code.races[-1]
        loops = tuple(
            one for one in code.instructions[race:] if isinstance(one, Count) and one.after == 0
        )
        code.emit(Again(race, frozenset(code.start_events), loops), self)
        return True


class Again(Instruction):
    """Go back to the wait; a reply of the starting event's kind becomes `event`."""

    __slots__ = ("loops", "start_events", "to")

    def __init__(self, to: int, start_events: frozenset[str], loops: tuple[Count, ...]) -> None:
        self.to = to
        self.start_events = start_events
        self.loops = loops
        """Loops of the branch that this leaves: they begin anew."""

    def run(self, do: Effects, pc: int) -> Next:
        run = do.run
        if run.reply is not None and run.reply_event in self.start_events:
            run.event = run.reply
            do.view.event = run.reply
        for loop in self.loops:
            run.counters.pop(loop.where.id, None)
        return self.to

    def exits(self, pc: int) -> list[tuple[int, str]]:
        return [(self.to, "again")]
