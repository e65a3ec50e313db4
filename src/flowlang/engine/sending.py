"""What a send does: wait for its window, be checked, be filled in, go out; all or none.

A send waits for its window first and is checked when it goes out.  One that is barred is skipped,
for the first reason of: cancelled, overdue, blocked, no address, robinson, no consent or
objection, window, cap, missing value, template error, no code.  Who may get it is in `recipients`,
when in `limits`, what is in it in `filling`.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from flowlang.check.names import EmptyAction, Message, Policy
from flowlang.contact import Sent, usable_address
from flowlang.effects import SendOutcome, Terms
from flowlang.engine.filling import Filling
from flowlang.engine.limits import Limits, policies_for
from flowlang.engine.processes import Process, of_send
from flowlang.engine.recipients import Recipients
from flowlang.engine.shared_caps import shared_caps
from flowlang.engine.telling import Said
from flowlang.engine.world import Skipped, World
from flowlang.kinds import in_words
from flowlang.program.program import Program

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class Sending:
    """The sends of an interpreter."""

    def __init__(self, program: Program, world: World) -> None:
        self.program = program
        self.config = program.config
        self.world = world
        self.recipients = Recipients(program, world)
        self.filling = Filling(program, world, self.recipients)
        self.renderer = self.filling.renderer
        self.limits = Limits(world)
        self.shared_caps = shared_caps(program)

    def send(self, do: RunEffects, message: Message, terms: Terms) -> SendOutcome:
        """Try to send to the run's contact."""
        resumed = self._resumed(message)
        passed = self._passed_over(do, message)
        if passed is not None:
            return self._skip(do, message, passed)
        policies = policies_for(do, terms)
        if policies and self._waits_for_window(do, message, policies, resumed=resumed):
            return "waiting"
        reason, address = self.recipients.judged(do.contact, message)
        if reason is None and not resumed and self._behind(message, terms.when_empty):
            return self._halt(do, message, terms, Said("behind", {}))
        if reason is None and policies:
            if self.limits.outside(do, message, policies):
                reason = "window"
            else:
                capped = self.limits.capped(do, message, policies)
                if capped is not None and capped[0] == "wait":
                    do.note("waiting", f"for the cap{_until(do, capped[1])}")
                    do.hold(capped[1], keeps_place=resumed)
                    return "waiting"
                reason = "cap" if capped is not None else None
        if reason is not None:
            return self._skip(do, message, reason)
        outcome, codes = self._fill(do, message, terms, address)
        if outcome == "sent":
            self._record(do, message, policies, address, codes)
            if do.run.wait:
                do.run.wait = {}
        return outcome

    def _resumed(self, message: Message) -> bool:
        """Whether this is the send that a person has just resumed; the run's next one is not."""
        if self.world.resuming != message.name:
            return False
        self.world.resuming = None
        return True

    def _passed_over(self, do: RunEffects, message: Message) -> str | None:
        """Why a send is not even tried, after what a person has done; None if it is."""
        if do.interrupted and do.interrupted.get(of_send(message.name, do.campaign, do.run.key)):
            return "cancelled"  # what is paused does not come here
        return "overdue" if do.passing is do.run else None

    def _waits_for_window(
        self, do: RunEffects, message: Message, policies: Sequence[Policy], *, resumed: bool
    ) -> bool:
        opening = self.limits.opening(do, message, policies)
        if opening is not None and opening <= do.now:
            return False
        do.note("waiting", f"for the send window{_until(do, opening)}")
        do.hold(opening, keeps_place=resumed)
        return True

    def due(self, do: RunEffects, message: Message, terms: Terms) -> datetime | None:
        """When a send that waits for its window or for a cap is to be tried; None for never."""
        policies = policies_for(do, terms)
        opening = self.limits.opening(do, message, policies)
        if opening is None or opening > do.now:
            return opening
        if getattr(do.campaign.instructions[do.run.pc], "elsewhere", False):
            return do.now  # caps count what the contact gets
        capped = self.limits.capped(do, message, policies)
        return capped[1] if capped is not None and capped[0] == "wait" else do.now

    def _behind(self, message: Message, when_empty: EmptyAction | None) -> bool:
        """Whether others wait for this halted send, and this one has to wait behind them."""
        name = message.name
        return (
            name in self.world.halted
            and self.filling.may_halt(message, when_empty)
            and self.world.anyone_waits(name)
        )

    def send_to(self, do: RunEffects, message: Message, address: str, terms: Terms) -> SendOutcome:
        """Send to another address, filled with the contact's data.

        Windows hold for it; caps count what the contact gets, and this it does not get.
        """
        resumed = self._resumed(message)
        passed = self._passed_over(do, message)
        if passed is not None:
            return self._skip(do, message, passed)
        policies = policies_for(do, terms)
        if policies and self._waits_for_window(do, message, policies, resumed=resumed):
            return "waiting"
        reason = self._barred_elsewhere(do, message, policies, address)
        if reason is not None:
            return self._skip(do, message, reason)
        if not resumed and self._behind(message, terms.when_empty):
            return self._halt(do, message, terms, Said("behind", {}))
        outcome, codes = self._fill(do, message, terms, usable_address(address)[0])
        if outcome == "sent":
            self._process(do, message).done += 1
            do.contact.elsewhere[message.name] = usable_address(address)[0], do.now
            do.note("sent", f"to {address}{codes}")
            do.run.wait = {}
        return outcome

    def _barred_elsewhere(
        self, do: RunEffects, message: Message, policies: Sequence[Policy], address: str
    ) -> str | None:
        """Why a message cannot go to an address that is not the contact's."""
        if do.contact.blocked:
            return "blocked"
        usable = usable_address(address)[0]
        if "@" not in usable or usable.casefold() in do.contact.bounced:
            return "no address"
        return "window" if self.limits.outside(do, message, policies) else None

    def _fill(
        self, do: RunEffects, message: Message, terms: Terms, address: str
    ) -> tuple[SendOutcome, str]:
        """What becomes of a send that nothing bars; and what the history says of its codes."""
        language = self.recipients.language(do.view, terms)
        filled = self.filling.fill(do, message, terms, address, language)
        if isinstance(filled, str):
            return "sent", filled
        if isinstance(filled, Said):
            return self._halt(do, message, terms, filled), ""
        return self._skip(do, message, filled.reason, filled.detail), ""

    def _record(
        self,
        do: RunEffects,
        message: Message,
        policies: Sequence[Policy],
        address: str,
        codes: str,
    ) -> None:
        contact, run, campaign = do.contact, do.run, do.campaign
        contact.seq += 1
        under = tuple([policy.name for policy in policies])
        contact.messages.append(
            Sent(
                message.name, do.now, message.channel, message.kind, campaign.name,
                f"{run.key}#{run.number}.{run.round}", contact.seq, under, address=address,
            )
        )  # fmt: skip
        for name, cap in self.shared_caps.items():
            if cap.counts(message.kind, under):
                recent = self.world.recent.setdefault(name, deque())
                if recent and do.now < recent[-1]:
                    insort(recent, do.now)
                else:
                    recent.append(do.now)
        self._process(do, message).done += 1
        if self.world.history is not None:
            do.note("sent", f"to {address}{codes}")

    def _process(self, do: RunEffects, message: Message) -> Process:
        return self.world.send_process(message.name, do.campaign, do.run.key, do.now)

    def _skip(self, do: RunEffects, message: Message, reason: str, detail: str = "") -> SendOutcome:
        self._process(do, message).skipped[reason] += 1
        if self.world.keeps_sends:
            self.world.skipped.append(Skipped(message.name, do.contact.id, do.now, reason, detail))
        do.note("skipped", f"{reason}: {detail}" if detail else reason)
        do.run.wait = {}
        return "skipped"

    def _halt(self, do: RunEffects, message: Message, terms: Terms, why: Said) -> SendOutcome:
        because = why.say("en")
        self.world.anyone_waits(message.name)  # else it is not halted any more
        do.halt(
            message.name, because,
            language=self.recipients.language(do.view, terms) if terms.language else None,
        )  # fmt: skip
        process = self._process(do, message)
        if process.status == "halted":
            return "halted"  # for the reason that was told when the first one came to wait
        others = self.world.processes.halted(message.name)
        process.halt(do.now, others[0].because if others else because)
        if not others:
            told = why.say(do.program.language)
            self.world.tell(do.now, Said("halted", {"message": message.name, "because": told}))
            self.world.happened("send halted", {"message": message.name, "waiting": 1})
        return "halted"


def _until(do: RunEffects, moment: datetime | None) -> str:
    """Until when a send waits, in words."""
    return f", until {in_words(moment, do.zone)}" if moment is not None else ""


def terms_at(do: RunEffects) -> Terms:
    """What the send says of itself at which the run stands."""
    found = getattr(do.campaign.instructions[do.run.pc], "terms", None)
    return found if isinstance(found, Terms) else Terms()
