"""Jobs about contacts: start a campaign for a segment, fill a group, import, export."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from flowlang.contact import Contact
from flowlang.engine import kept
from flowlang.engine.files import FileFailure, PartLost
from flowlang.engine.jobs.job import Job, JobFailed, Outcome
from flowlang.speech import why

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class _ForSegment(Job):
    """Something that happens to each contact of a segment."""

    def visit(self, contact: Contact) -> bool:
        if not self.holds(self.details["member"], contact):
            return False
        self.tally["count"] = self.tally.get("count", 0) + 1
        self.act(contact)
        return True

    @abstractmethod
    def act(self, contact: Contact) -> None:
        """What happens to it."""

    @property
    def count(self) -> str:
        """How many there were, in words."""
        return kept.number_of("contact", self.tally.get("count", 0))


class StartCampaign(_ForSegment):
    """`start campaign "C" for segment "S"`"""

    def act(self, contact: Contact) -> None:
        name, before = self.details["campaign"], self._starts(contact)
        self.let(contact, "start campaign", {"campaign": name, "by": self.automation.name})
        if self._starts(contact) != before:
            self.tally["started"] = self.tally.get("started", 0) + 1

    def _starts(self, contact: Contact) -> list[str]:
        """The rounds of the campaign that the contact has begun."""
        name = self.details["campaign"]
        return [run.label for run in contact.runs.values() if run.campaign == name]

    def finish(self, do: RunEffects) -> Outcome:
        started = self.tally.get("started", 0)
        of = "" if started == self.tally.get("count", 0) else f", started for {started:,}"
        do.note("campaign started", f'"{self.details["campaign"]}" for {self.count}{of}')
        return "done"


class AddSegment(_ForSegment):
    """`add segment "S" to group "G"`: those who are not in it."""

    def visit(self, contact: Contact) -> bool:
        return self.details["group"] not in contact.groups and super().visit(contact)

    def act(self, contact: Contact) -> None:
        self.let(contact, "join", {"group": self.details["group"]})

    def finish(self, do: RunEffects) -> Outcome:
        do.note("added", f'{self.count} to group "{self.details["group"]}"')
        return "done"


class RemoveSegment(_ForSegment):
    """`remove segment "S" from group "G"`, `empty group "G"`: those who are in it."""

    def visit(self, contact: Contact) -> bool:
        return self.details["group"] in contact.groups and super().visit(contact)

    def act(self, contact: Contact) -> None:
        self.let(contact, "leave", {"group": self.details["group"]})

    def finish(self, do: RunEffects) -> Outcome:
        do.note("removed", f'{self.count} from group "{self.details["group"]}"')
        return "done"


class ExportContacts(Job):
    """`export contacts where C to "F"`: the rows of a batch are written on a file that nobody sees
    before it is whole.
    """

    process_type = "export contacts"

    def about(self) -> str:
        return self.shown_path

    def __init__(self, *under_way: Any) -> None:
        super().__init__(*under_way)
        self._found: list[Contact] = []

    def visit(self, contact: Contact) -> bool:
        if self.holds(self.details["where"], contact):
            self._found.append(contact)
        return False

    def rest(self) -> None:
        try:
            self.tally["size"] = self.files.extend(
                self.path, self.tally.get("size", 0), self._found
            )
            self.process.done += len(self._found)
        except PartLost:
            self._lose()
        except FileFailure as failure:
            raise JobFailed(why(failure)) from None

    def _lose(self) -> None:
        """What was written is gone: all contacts are asked once more."""
        self.tally["size"] = self.process.done = 0
        self.tally["lost"] = True

    def finish(self, do: RunEffects) -> Outcome:
        if not self.tally.get("lost"):
            try:
                self.files.publish(self.path)
            except PartLost:
                self._lose()
            except FileFailure as failure:
                raise JobFailed(why(failure)) from None
        if self.tally.pop("lost", False):
            return "again"
        self.process.end("finished", do.now)
        count = kept.number_of("contact", self.process.done)
        do.note("exported", f"{count} to {self.shown_path}")
        return "done"


class ImportContacts(Job):
    """`import contacts from "F"`: the rows arrive like those of any import, and the automation goes
    on when the last one was applied.
    """

    process_type = "import contacts"
    asks = False

    def about(self) -> str:
        return self.shown_path

    def finish(self, do: RunEffects) -> Outcome:
        try:
            found = self.files.contacts(self.path)
        except FileFailure as failure:
            raise JobFailed(why(failure)) from None
        if found.problems and not found.rows:
            raise JobFailed(self.nothing_in(found.read, found.problems))
        self.process.audience = found.read
        refused = self.timeline.import_rows(found, self.shown_path, self.process.identity)
        self.process.because = self.report(found.without(refused).problems)
        return "waits"
