"""What a job of an automation is: it asks contacts one after the other, and then comes to an end.

The contacts come in batches, each in a transaction of its own, and between two the program may be
killed.  So a job keeps what it has counted as plain data (`tally`), which is saved with the batch,
and is made anew for each batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from flowlang import calendar
from flowlang.check.view import View
from flowlang.contact import Contact, Run, resolve_zone
from flowlang.engine import arrivals
from flowlang.engine.position import Sweep
from flowlang.engine.processes import Identity, Process, ProcessType
from flowlang.intake.problem import Problem
from flowlang.program.program import Automation
from flowlang.speech import tr, tr_n

if TYPE_CHECKING:
    from flowlang.engine.files import Files
    from flowlang.engine.run_effects import RunEffects
    from flowlang.engine.timeline import Timeline

_TOLD = 20
"""Of what is wrong in a file, so much is told line by line."""

Outcome = Literal["done", "again", "waits"]
"""`again`: the contacts are asked once more; `waits`: the run goes on when something has come."""


class JobFailed(Exception):
    """The job cannot be done; the message says why, for a person."""


class JobRefused(JobFailed):
    """The same, and the automation ends with it, as its text says."""


class Job(ABC):
    """One job under way."""

    process_type: ClassVar[ProcessType | None] = None
    """Of the process that it is; None where it is none."""
    asks: ClassVar[bool] = True
    """It asks contacts."""

    def __init__(
        self, timeline: Timeline, files: Files, automation: Automation, run: Run, sweep: Sweep
    ) -> None:
        self.timeline = timeline
        self.world = timeline.world
        self.files = files
        self.automation = automation
        self.run = run
        self.now: datetime = sweep.at
        self.tally = sweep.tally
        campaign = timeline.program.campaign_of(run)
        self.details: dict[str, Any] = campaign.instructions[run.pc].details  # type: ignore[attr-defined] # a Task

    # ------------------------------------------------------------------ what a job says

    def about(self) -> str:
        """What its process is about: a message, a file."""
        return ""

    def visit(self, contact: Contact) -> bool:
        """Ask a contact; gives whether that changed it.  Raises JobFailed."""
        return False

    def rest(self) -> None:  # noqa: B027 - most jobs keep nothing but their tally
        """The contacts at hand have been asked: what was found must be kept now.  Raises
        JobFailed.
        """

    @abstractmethod
    def finish(self, do: RunEffects) -> Outcome:
        """All contacts have been asked; the automation's run is at hand.  Raises JobFailed."""

    # ------------------------------------------------------------------ what jobs share

    def end(self, do: RunEffects) -> Outcome:
        """Finish, or fail as it did while contacts were asked.  Raises JobFailed."""
        if "failed" in self.tally:
            raise JobFailed(self.tally["failed"])
        return self.finish(do)

    @property
    def process(self) -> Process:
        """The process that it is; made where there is none yet."""
        assert self.process_type is not None
        key = str(self.tally["number"])
        identity = Identity(self.process_type, self.about(), self.automation.name, key)
        return self.world.processes.made(identity, self.now)

    def zone(self, contact: Contact) -> ZoneInfo:
        """The automation's own zone, else the contact's."""
        return self.automation.zone or resolve_zone(contact, self.timeline.program.config.timezone)

    def view(self, contact: Contact, run: Run | None = None) -> View:
        """What expressions see of a contact now."""
        at = contact.not_before(self.now)
        return View(contact, at, self.zone(contact), self.timeline.interpreter, run)

    def holds(self, condition: Callable[[View], Any], contact: Contact) -> bool:
        """Whether a condition holds for a contact now."""
        return bool(condition(self.view(contact)))

    def let(self, contact: Contact, kind: str, data: dict[str, Any]) -> None:
        """Let something happen to a contact, with all that follows."""
        arrivals.apply(self.timeline.interpreter, contact, kind, data, self.now)

    @property
    def path(self) -> Path:
        """The file it reads or writes."""
        folder: Path = self.details["folder"]
        return folder / self.shown_path

    @property
    def shown_path(self) -> str:
        """The same as the program says it, with the day in the place of `{date}`."""
        zone = self.automation.zone or self.timeline.program.config.timezone
        day = calendar.local_date(self.now, zone).isoformat()
        return str(self.details["path"]).replace("{date}", day)

    def report(self, problems: Sequence[Problem]) -> str:
        """Tell the inbox what is wrong in a file that serves all the same, first of all why rows
        were left out; gives the first of it, for the process.
        """
        world, language = self.world, self.timeline.program.language
        world.misread |= dict.fromkeys((self.shown_path, one) for one in problems)
        ordered = sorted(problems, key=lambda one: not one.left_out)
        for one in ordered[:_TOLD]:
            world.notice(self.now, "inbox", one.told(self.shown_path).in_(language))
        more = len(ordered) - _TOLD
        if more > 0:
            rest = tr_n(
                "{file}: {count:,} more line like this", "{file}: {count:,} more lines like this",
                more, file=self.shown_path,
            )  # fmt: skip
            world.notice(self.now, "inbox", rest.in_(language))
        first = ordered[0].told(self.shown_path) if ordered and ordered[0].left_out else ""
        more = sum(one.left_out for one in problems) - 1
        if not first or not more:
            return str(first)
        return tr("{first}; {count:,} more", first=first, count=more)

    def nothing_in(self, read: int, problems: Sequence[Problem]) -> str:
        """Why a file gave nothing, in words: how many rows it has, and what is wrong first."""
        first = next((one for one in problems if one.severity == "error"), problems[0])
        said: str = first.message
        if first.line:
            said = tr("line {number}: {what}", number=first.line, what=said)
        if read:
            said = tr_n(
                "none of {count:,} row can be taken: {why}",
                "none of {count:,} rows can be taken: {why}",
                read,
                why=said,
            )
        return tr("{file}: {why}", file=self.shown_path, why=said)
