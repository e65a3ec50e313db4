"""`send "M" to group "G"`: each of the audience gets a run of a campaign with that one send.

So windows, caps, halts and resume are those of campaigns.  The contacts are asked twice: first who
belongs to the audience and how many codes it takes, which is said before anything goes out; then
each gets its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowlang import calendar
from flowlang.check.names import Message
from flowlang.contact import Contact, Run
from flowlang.engine.group_sends import end_if_through
from flowlang.engine.jobs.job import Job, JobRefused, Outcome
from flowlang.engine.recipients import template_for
from flowlang.engine.telling import Part, Said, counted, say

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class GroupSend(Job):
    """A message to many; its audience is fixed at its start."""

    process_type = "group send"

    def about(self) -> str:
        return self.message.name

    @property
    def message(self) -> Message:
        found: Message = self.details["message"]
        return found

    def visit(self, contact: Contact) -> bool:
        if not self.holds(self.details["member"], contact):
            return False
        if "audience" in self.tally:
            self._give_turn(contact)
            return True
        self.tally["found"] = self.tally.get("found", 0) + 1
        self._count_codes(contact)
        return False

    def _count_codes(self, contact: Contact) -> None:
        recipients = self.timeline.interpreter.sending.recipients
        if not self.message.lists or recipients.barred(contact, self.message) is not None:
            return
        view = self.view(contact, self.run)
        template = template_for(self.message, recipients.language(view, self.details["terms"]))
        needed: dict[str, int] = self.tally.setdefault("needed", {})
        for name in template.lists:
            if name in template.fresh or name not in contact.codes:
                needed[name] = needed.get(name, 0) + 1

    def _give_turn(self, contact: Contact) -> None:
        """The contact's run, with the moment at which its turn comes."""
        place = self.tally["given"] = self.tally.get("given", 0) + 1
        name, key = self.details["campaign"], str(self.tally["number"])
        run = contact.runs[name, key] = Run(name, key, "", status="waiting")
        zone = self.automation.zone or self.timeline.program.config.timezone
        spread = calendar.add(self.now, self.details["spread"], zone) - self.now
        run.due = self.now + spread * (place - 1) / max(self.tally["audience"], place)
        run.since = run.started = contact.not_before(self.now)
        run.start_seq = contact.seq
        run.event, run.answer = self.run.event, self.run.answer
        run.began = self.world.tick()

    def finish(self, do: RunEffects) -> Outcome:
        if "audience" in self.tally:
            return self._end(do)
        audience = self.tally["audience"] = self.tally.get("found", 0)
        missing = self._missing(do)
        if missing and self.details["refuse"]:
            raise JobRefused(missing)
        if missing:
            do.note("warned", f'"{self.message.name}": {missing}')
            told = self._missing(do, self.timeline.program.language)
            parts: dict[str, Part] = {"message": self.message.name, "count": audience}
            self.world.tell(do.now, Said("short", {**parts, "missing": told}))
        self.process.audience = audience
        return "again" if audience else self._end(do)

    def _missing(self, do: RunEffects, language: str = "en") -> str:
        """By how many codes the lists are too small for the audience, in words."""
        needed: dict[str, Any] = self.tally.get("needed", {})
        short = {name: needed[name] - do.codes_left(name) for name in sorted(needed)}
        return ", ".join(
            say(language, "missing", codes=counted(language, "code", count), list=name)
            for name, count in short.items()
            if count > 0
        )

    def _end(self, do: RunEffects) -> Outcome:
        process = self.process
        process.audience = self.tally.get("given", 0)
        do.note("sending", f'"{self.message.name}" to {process.audience:,}')
        end_if_through(self.world, process, do.now)
        return "done"
