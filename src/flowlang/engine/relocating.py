"""A run whose campaign has changed: it ends, goes to another step, or waits as is said now."""

from __future__ import annotations

from abc import ABC
from datetime import datetime

from flowlang import calendar
from flowlang.contact import Contact, Run
from flowlang.effects import STAY
from flowlang.engine.changes import NONE
from flowlang.engine.holding import Holding
from flowlang.engine.sending import terms_at


class Relocating(Holding, ABC):
    """What applying another version does to single runs; nobody walks on here."""

    def give_up(self, contact: Contact, run: Run, now: datetime, because: str) -> None:
        """End a run; who waited for the turn of a group send is counted as skipped."""
        self._enter(contact, now, NONE, run)
        self._over(run, "stopped" if self.campaign.group_send else "finished", because)

    def go_to(self, contact: Contact, run: Run, pc: int, now: datetime, because: str) -> None:
        """Stand before a step, which is done when the engine comes by."""
        self._enter(contact, now, NONE, run)
        run.pc = pc
        self.note("moved", because)
        self._stand_before(run, now)

    def _stand_before(self, run: Run, now: datetime) -> None:
        run.status, run.due, run.since = "waiting", now, self.now
        run.wait = {"held": "before"}
        run.began = self.world.tick()

    def wait_anew(self, contact: Contact, run: Run, now: datetime) -> None:
        """Wait as the step says now, as if it had said so when the wait began; what is over falls
        due at once.
        """
        if run.held or run.status != "waiting":
            return
        since, began, before = run.since, run.began, run.wait
        self._look_at(contact, since, NONE, run)
        history, self.world.history = self.world.history, None
        try:
            target = self.campaign.instructions[run.pc].run(self, run.pc)
        finally:
            self.world.history = history
        self._enter(contact, now, NONE, run)
        if target == STAY:
            run.since, run.began = since, began
            if "seq" in before and "seq" in run.wait:
                run.wait["seq"] = before["seq"]
            if run.due is not None and run.due < now:
                run.due = now
        else:
            self._stand_before(run, now)
        until = f"until {calendar.minute(run.due, self.zone)}" if run.due else ""
        self.note(
            "waiting", f"{until}, for the step has changed" if until else "the step has changed"
        )

    def reckon_send(self, contact: Contact, run: Run, message: str, now: datetime) -> bool:
        """Let the send of a message wait for its window and its caps as they are now; gives
        whether it waits for one of them at all.
        """
        if run.held or run.status != "waiting" or not run.wait.get("queued"):
            return False
        self._enter(contact, now, NONE, run)
        run.due = self.sending.due(self, self.program.messages[message], terms_at(self))
        return True

    def goals_met(self, contact: Contact, run: Run, now: datetime, fresh: list[int]) -> None:
        """Goals that are new to a run: one whose condition holds already does not come to hold."""
        self._enter(contact, now, NONE, run)
        for bit in fresh:
            if self.campaign.goals[bit][1].condition(self.view):
                run.goals |= 1 << bit
