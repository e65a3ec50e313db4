"""Automations: what acts on the system (S), run by the interpreter that runs campaigns (K).

The system stands in the timeline as one more contact, without a name; an automation is a campaign
of it, so waits, calls and history are the same.  A group send gives each of its audience a run of a
campaign of its own with one send: windows, caps, halts and resume are the same, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from flowlang import calendar
from flowlang.check.view import View
from flowlang.contact import Contact, Run, RunKey
from flowlang.effects import Next
from flowlang.engine.arrivals import Refused
from flowlang.engine.changes import Change
from flowlang.engine.processes import Identity, Process, ProcessType
from flowlang.engine.world import Notice
from flowlang.intake.report import counted
from flowlang.program.program import Automation

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects
    from flowlang.engine.timeline import Timeline

SYSTEM = ""
"""The id of the contact that stands for the system."""


class Files(Protocol):
    """Who reads and writes the files that jobs name; without one, nothing leaves the machine."""

    def write_contacts(self, path: str, contacts: list[Contact]) -> None: ...

    def write_report(self, path: str, report: str) -> None: ...

    def read_contacts(self, path: str) -> int: ...

    def read_codes(self, path: str) -> tuple[str, ...]: ...


@dataclass(slots=True)
class GroupSend:
    """A group send under way."""

    process: Process
    automation: Automation
    audience: int
    over: int = 0


@dataclass(slots=True)
class Automations:
    """Runs the automations of a program on a timeline."""

    timeline: Timeline
    files: Files | None = None
    system: Contact = field(default_factory=lambda: Contact(SYSTEM))
    sends: dict[RunKey, GroupSend] = field(default_factory=dict)
    last_runs: dict[str, datetime] = field(default_factory=dict)

    # ------------------------------------------------------------------ what starts them

    def run(self, name: str, now: datetime) -> None:
        """Run one by hand."""
        automation = next(one for one in self.timeline.program.automations if one.name == name)
        self._start(automation, None, "run by hand", now)

    def fire(self, automation: Automation, now: datetime) -> None:
        """The schedule of one has come."""
        self._start(automation, None, "its schedule", now)

    def happened(self, event: str, data: dict[str, Any], now: datetime) -> None:
        """A system event."""
        data = {"at": now, **data}
        about = data.get("list") or data.get("message")
        view = View(
            self.system,
            now,
            self.timeline.program.config.timezone,
            self.timeline.interpreter,
            event=data,
        )
        for automation in self.timeline.program.automations:
            for name, subject, holds in automation.events:
                if (
                    name == event
                    and subject in (None, about)
                    and (holds is None or holds(view, data))
                ):
                    self._start(automation, data, event, now)
                    break

    def _start(
        self, automation: Automation, event: dict[str, Any] | None, why: str, now: datetime
    ) -> None:
        interpreter = self.timeline.interpreter
        self.system.seq += 1
        change = Change(why, now, self.system.seq)
        assert automation.campaign is not None
        last = self.last_runs.get(automation.name)
        self.last_runs[automation.name] = now
        interpreter.start_automation(self.system, automation.campaign, event, change, last)
        self.timeline.settle(self.system)

    # ------------------------------------------------------------------ jobs

    def job(self, do: RunEffects, what: str, details: dict[str, Any], pc: int) -> Next:
        """Do a job of an automation; where to go on."""
        return _JOBS[what](self, do, details, pc)

    def _send(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        audience = self._audience(do, details["member"])
        message = details["message"]
        missing = self._missing(do, message, audience)
        if missing and details["refuse"]:
            do.note("refused", f'"{message.name}": {missing}')
            self.timeline.world.notice(do.now, "inbox", f'"{message.name}" was not sent: {missing}')
            raise Refused(missing)
        if missing:
            do.note("warned", f'"{message.name}": {missing}')
            self.timeline.world.notice(
                do.now, "inbox", f'"{message.name}" to {len(audience)}: {missing}'
            )
        automation = self._automation(do)
        number = len(self.sends) + 1
        name, key = details["campaign"], json.dumps([number])
        identity = Identity("group send", message.name, automation.name, key)
        process = Process(identity, audience=len(audience), started=do.now)
        self.timeline.world.processes.add(process)
        self.sends[name, key] = GroupSend(process, automation, len(audience))
        spread = calendar.add(do.now, details["spread"], do.zone) - do.now
        for place, contact in enumerate(audience):
            run = contact.runs[name, key] = Run(name, key, "", status="waiting")
            run.due = do.now + spread * place / len(audience)
            run.since = run.started = do.now
            run.start_seq = contact.seq
            run.began = self.timeline.world.tick()
            self.timeline.settle(contact)
        do.note("sending", f'"{message.name}" to {len(audience)}')
        if not audience:
            self._finished(self.sends[name, key], do.now)
        return pc + 1

    def _audience(self, do: RunEffects, member: Callable[[View], bool]) -> list[Contact]:
        return [
            contact
            for contact in self.timeline.contacts.values()
            if not contact.deleted and member(View(contact, do.now, do.zone, do))
        ]

    def _missing(self, do: RunEffects, message: Any, audience: list[Contact]) -> str:
        """By how many codes the lists of a message are too small for an audience, in words."""
        needed = sum(1 for contact in audience if do.barred(contact, message) is None)
        short = {name: needed - do.codes_left(name) for name in sorted(message.lists)}
        return ", ".join(
            f'missing {counted(count, "code", "codes")} in "{name}"'
            for name, count in short.items()
            if count > 0
        )

    def _automation(self, do: RunEffects) -> Automation:
        return next(one for one in self.timeline.program.automations if one.campaign is do.campaign)

    def _start_campaign(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        for contact in self._audience(do, details["member"]):
            self.timeline.later(contact.id, "start campaign", {"campaign": details["campaign"]})
        return pc + 1

    def _add_segment(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        found = self._audience(do, details["member"])
        for contact in found:
            self.timeline.later(contact.id, "join", {"group": details["group"]})
        counts = counted(len(found), "contact", "contacts")
        do.note("added", f'{counts} to group "{details["group"]}"')
        return pc + 1

    def _export_contacts(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        found = self._audience(do, details["where"])
        path = self._dated(do, details["path"])
        if self.files is not None:
            self.files.write_contacts(path, found)
        self._done(do, "export contacts", path, len(found))
        do.note("exported", f"{counted(len(found), 'contact', 'contacts')} to {path}")
        return pc + 1

    def _export_report(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        path = self._dated(do, details["path"])
        if self.files is not None:
            self.files.write_report(path, details["report"])
        self._done(do, "export report", details["report"], 1)
        do.note("exported", f'report "{details["report"]}" to {path}')
        return pc + 1

    def _import_contacts(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        count = self.files.read_contacts(details["path"]) if self.files is not None else 0
        self._done(do, "import contacts", details["path"], count)
        do.note("imported", f"{counted(count, 'contact', 'contacts')} from {details['path']}")
        return pc + 1

    def _refill(self, do: RunEffects, details: dict[str, Any], pc: int) -> Next:
        codes = self.files.read_codes(details["path"]) if self.files is not None else ()
        new = self.timeline.world.pool(details["list"]).add(codes)
        self._done(do, "import coupons", details["list"], new)
        do.note("refilled", f'{counted(new, "new code", "new codes")} into "{details["list"]}"')
        return pc + 1

    def _dated(self, do: RunEffects, path: str) -> str:
        return path.replace("{date}", do.view.today.isoformat())

    def _done(self, do: RunEffects, kind: ProcessType, name: str, count: int) -> None:
        identity = Identity(kind, name, self._automation(do).name, do.now.isoformat())
        process = Process(identity, done=count, started=do.now)
        process.end("finished", do.now)
        self.timeline.world.processes.add(process)

    # ------------------------------------------------------------------ how sends end

    def over(self, run: Run, now: datetime) -> None:
        """A run of a group send is over; the last one finishes it."""
        send = self.sends.get((run.campaign, run.key))
        if send is None:
            return
        send.over += 1
        if send.over == send.audience:
            self._finished(send, now)

    def _finished(self, send: GroupSend, now: datetime) -> None:
        process = send.process
        process.end("finished", now)
        self.report(send.automation.report_to, summary(process), now)
        data = {
            "message": process.name, "sent": process.done,
            "skipped": sum(process.skipped.values()), "failed": process.failed,
        }  # fmt: skip
        self.timeline.world.system_events.append(("send finished", data))

    def report(self, to: str, text: str, now: datetime) -> None:
        """The result of a send: by mail where an address is given, else to the inbox (S3.8)."""
        world = self.timeline.world
        who = to or "inbox"
        world.reported.append(Notice(now, who, text))
        world.notice(now, who, text)


def summary(process: Process) -> str:
    """What became of a send, in a line."""
    skipped = ", ".join(
        f"{count} skipped ({reason})" for reason, count in sorted(process.skipped.items())
    )
    parts = [f"{process.done} sent", skipped, f"{process.failed} failed" if process.failed else ""]
    return f'"{process.name}": ' + ", ".join(part for part in parts if part)


def scheduled_runs(program: Any, now: datetime) -> list[tuple[datetime, Automation, Any]]:
    """When each schedule of each automation comes next, at or after a moment."""
    found = []
    for automation in program.automations:
        zone = automation.zone or program.config.timezone
        for schedule in automation.schedules:
            at = schedule.next_from(now, zone)
            if at is not None:
                found.append((at, automation, schedule))
    return found


_JOBS: dict[str, Callable[[Automations, Any, dict[str, Any], int], Next]] = {
    "send": Automations._send,
    "start campaign": Automations._start_campaign,
    "add segment": Automations._add_segment,
    "export contacts": Automations._export_contacts,
    "export report": Automations._export_report,
    "import contacts": Automations._import_contacts,
    "refill coupons": Automations._refill,
}
