"""What a person has paused: runs are held before their next step, and let go on."""

from __future__ import annotations

from abc import ABC, abstractmethod

from flowlang.contact import Run
from flowlang.effects import Next
from flowlang.engine.processes import Identity, of_send
from flowlang.engine.starting import Starting
from flowlang.program.program import Campaign


class Holding(Starting, ABC):
    """Holds runs; letting them walk on is the interpreter's."""

    @abstractmethod
    def _own(self, campaign: Campaign, run: Run, target: Next) -> Next | None:
        """A run's own stops and goals: where it goes on, None if it ended."""

    @abstractmethod
    def _after(self, campaign: Campaign, run: Run, target: Next) -> None:
        """Let a run that is at hand go on at a step until it waits or ends."""

    def _holds(self, campaign: Campaign, run: Run, pc: int) -> bool:
        """Whether a person has paused the campaign, or the send that comes next."""
        if self.interrupted.get(Identity("campaign", campaign.name)) == "paused":
            return True
        message = getattr(campaign.instructions[pc], "message", None)
        if message is None:
            return False
        return self.interrupted.get(of_send(message.name, campaign, run.key)) == "paused"

    def _holds_inside(self, campaign: Campaign, run: Run) -> bool:
        """The same of a run that stands in a step: that a wait has ended is noted all the same."""
        lets_pass = campaign.instructions[run.pc].lets_time_pass
        return not lets_pass and self._holds(campaign, run, run.pc)

    def _hold(self, run: Run, pc: int, *, inside: bool = False) -> None:
        """Stand before a step, or inside of it, until a person lets go on what is paused.

        Those who are held go on in the order in which they came due.
        """
        again, kept = run.held, run.wait if inside else {}
        run.pc = pc
        run.status, run.due = "waiting", None
        run.wait = kept | {"held": "inside" if inside else "before"}
        if again:
            return
        if not kept.get("queued"):
            run.began = self.world.tick()
        run.since = self.now
        self.note("held", "paused")

    def _let_go(self, campaign: Campaign, run: Run) -> None:
        """A run that was held goes on, if nothing else holds it; its stops and goals come first."""
        if self._holds(campaign, run, run.pc):
            run.due = None
            return
        overdue = run.wait.pop("overdue", False)
        inside = run.wait.pop("held") == "inside"
        run.status, run.due = "running", None
        self.note(*(("passed over", "overdue") if overdue else ("goes on",)))
        self.passing = run if overdue else None
        try:
            target = self._own(campaign, run, run.pc) if inside else run.pc
            if inside and target == run.pc:
                target = campaign.instructions[run.pc].wake(self, run.pc)
            if target is not None:
                self._after(campaign, run, target)
        finally:
            self.passing = None

    def _resume(self, run: Run) -> None:
        """A halted send goes on: it is checked anew."""
        self.world.resuming = run.wait["message"]
        try:
            self._go(run, run.pc)
        finally:
            self.world.resuming = None
