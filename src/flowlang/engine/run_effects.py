"""What a step can do with its run, and ask of the world."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from flowlang import calendar
from flowlang.check.names import Message
from flowlang.check.templates import Template
from flowlang.contact import Measure
from flowlang.effects import END, STAY, CallOutcome, Next, SendOutcome, Terms
from flowlang.engine.at_hand import NO_RUN
from flowlang.engine.calling import Call, new_key
from flowlang.engine.changes import Change
from flowlang.engine.contact_effects import ContactEffects
from flowlang.engine.world import Experiment
from flowlang.kinds import in_words

CALL_RETRIES = (600, 1800, 3600)
"""Seconds after the first try of a call at which it is tried again."""

_AHEAD = 1 << 62
"""By so much a place in the order is before all others."""


class RunEffects(ContactEffects):
    """Standing, halting, restarting, and what goes out."""

    def stand(self, due: datetime | None, **wait: Any) -> Next:
        run = self.run
        run.status = "waiting"
        run.due = due
        run.since = self.now
        run.wait = wait
        run.began = self.world.tick()
        if self.world.history is not None:
            until = f"until {calendar.minute(due, self.zone)}" if due else ""
            self.note("waiting", until)
        return STAY

    def hold(self, due: datetime | None, *, keeps_place: bool = False) -> None:
        """Stand at a send; who has waited longest keeps its place, also one who was halted.

        Of all that falls due at an instant, those who stand at a send go first.
        """
        run = self.run
        if not run.wait.get("queued"):
            if not keeps_place:
                run.began = self.world.tick()
                run.since = self.now
            run.began -= _AHEAD
        run.wait = {"queued": True}
        run.status = "waiting"
        run.due = due

    def halt(self, message: str, because: str, language: str | None) -> None:
        """Stand at a send until a person resumes it."""
        run = self.run
        run.began = self.world.tick()
        run.since = self.now
        run.status = "halted"
        run.due = None
        instruction = self.campaign.instructions[run.pc]
        run.wait = {"message": message, "elsewhere": getattr(instruction, "elsewhere", False)}
        if language is not None:
            run.wait["language"] = language
        waiting = self.world.halted.setdefault(message, [])
        waiting.append((self.contact.id, (run.campaign, run.key), run.began))
        self.note("halted", because)

    def restart(self, tag: str | None) -> Next:
        run = self.run
        self._note_restart("")
        self._back(run)
        if tag is not None:
            self.tag(tag, None)
        return END if run.status == "running" else STAY

    def _note_restart(self, why: str) -> None:
        """Note that the run at hand goes back before the start, and from when a trigger counts."""
        if self.world.history is not None:
            counts = calendar.add(self.now, self.campaign.settle, self.zone)
            from_then = f"a trigger counts from {in_words(counts, self.zone)} on"
            self.note("waiting for restart", f"{why}; {from_then}" if why else from_then)

    def start_campaign(self, name: str, by: str = "") -> None:
        """Start a campaign: the run at hand does, else `by`, in words."""
        if self.run is not NO_RUN:
            by = f'by the campaign "{self.campaign.name}"'
        self.contact.seq += 1
        self.changes.append(
            Change(
                f"started {by or 'by hand'}", self.now, self.contact.seq,
                ancestry=self.ancestry, starts=name,
            )
        )  # fmt: skip

    def stop_campaign(self, name: str) -> None:
        run, campaign, zone, view = self.run, self.campaign, self.zone, self.view
        still = [change for change in self.changes if change.starts != name]
        self.changes.clear()  # also what has yet to begin is stopped
        self.changes.extend(still)
        for other in self.contact.runs.values():
            if other.campaign == name and other.under_way:
                self._take(other)
                why = f'by the campaign "{campaign.name}"' if run is not NO_RUN else "by hand"
                self._over(other, "stopped", why)
        self.run, self.campaign, self.zone, self.view = run, campaign, zone, view

    def measure(self, index: int) -> None:
        name, match, within = self.campaign.measures[index]
        run, contact = self.run, self.contact
        if run.counters.get(f"measured {index}"):
            return
        until = calendar.add(self.now, within, self.zone)
        measure = Measure(
            name, match.event, index, self.campaign.name, until, contact.seq, run.key, run.label
        )
        contact.measures[:] = [one for one in contact.measures if not one.same_run(measure)]
        contact.measures.append(measure)

    def share(self, step: str, for_good: bool) -> float:
        """A stable number from 0 up to 100."""
        run = self.run
        label = "" if for_good else f"{run.key}#{run.label}"
        text = "\0".join(
            (str(self.program.config.seed), self.contact.id, self.campaign.name, step, label)
        )
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64 * 100

    # ------------------------------------------------------------------ the world

    def send(self, message: Message, terms: Terms) -> SendOutcome:
        return self.sending.send(self, message, terms)

    def send_to(self, message: Message, address: str, terms: Terms) -> SendOutcome:
        return self.sending.send_to(self, message, address, terms)

    def notify(self, who: str, text: Template) -> None:
        said = self.sending.renderer.text(text, self)
        self.world.notice(self.now, who, said)
        self.note("notified", f"{who}: {said}")

    def call(self, url: str, values: dict[str, Any]) -> CallOutcome:
        """Call now; a failed call is tried again at its retries, and then has failed."""
        run, world = self.run, self.world
        tries = int(run.wait.get("tries", 0))
        first = run.wait.get("first", self.now)
        key = run.wait.get("key") or new_key(self)
        if tries == 0:
            world.called.append((self.now, url, values))
        else:
            values = run.wait["values"]
        outcome, answer, why = world.answer(Call(url, values, self.contact.id, key, tries))
        if outcome == "answered":
            run.answer = answer
            self.note("called", url)
            return "answered"
        told = f"{url}: {why}" if why else url
        if tries >= len(CALL_RETRIES):
            self.note("call failed", told)
            return "failed"
        due = calendar.add(first, calendar.Duration(seconds=CALL_RETRIES[tries]), self.zone)
        self.note("call failed", f"{told}, tried again {calendar.local(due, self.zone):%H:%M}")
        self.stand(due, tries=tries + 1, first=first, values=values, key=key)
        return "pending"

    def experiment(self, step: str, shares: tuple[float, ...], length: Any) -> int | None:
        """The branch of a test: at random while it runs, then the best; None: wait for it."""
        experiments, key = self.world.experiments, (self.campaign.name, step)
        found = experiments.get(key)
        if found is None:
            ends = calendar.add(self.now, length, self.zone)
            found = experiments[key] = Experiment(ends, [0] * len(shares), [0] * len(shares))
        if self.now >= found.ends:
            return _winner(found)
        number = self.share(step, for_good=False)
        member = f"{self.contact.id}\0{self.run.key}\0{self.run.label}"
        for branch, bound in enumerate(shares):
            if number < bound:
                found.assigned[branch] += 1
                found.members[member] = branch
                return branch
        self.stand(found.ends)
        return None

    def job(self, what: str, details: dict[str, Any], pc: int) -> Next:
        if self.jobs is None:
            raise TypeError(f"nobody does the job {what}")
        return self.jobs(self, what, details, pc)


def _winner(found: Experiment) -> int:
    """The branch with the best rate; the first named on a tie."""
    if found.winner is None:
        rates = [
            won / assigned if assigned else 0.0
            for won, assigned in zip(found.won, found.assigned, strict=True)
        ]
        found.winner = rates.index(max(rates))
    return found.winner
