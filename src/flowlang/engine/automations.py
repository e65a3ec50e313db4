"""Automations: what acts on the system (S), run by the interpreter that runs campaigns (K).

The system stands in the timeline as one more contact, without a name; an automation is a campaign
of it, so waits, calls and history are the same.  Its runs are dropped when they are over.  At a job
a run waits until all contacts have been asked (`sweeping`), then it goes on behind the job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flowlang.check.view import View
from flowlang.contact import Contact, Run, RunKey
from flowlang.effects import END, STAY, Next
from flowlang.engine import retelling
from flowlang.engine.arrivals import Refused
from flowlang.engine.changes import Change
from flowlang.engine.files import Files
from flowlang.engine.group_sends import through
from flowlang.engine.jobs import JOBS, Job, JobFailed, JobRefused
from flowlang.engine.position import Sweep
from flowlang.engine.sweeping import abandon
from flowlang.engine.telling import Part, Said
from flowlang.program.program import Automation, Campaign
from flowlang.speech import why

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects
    from flowlang.engine.timeline import Timeline

SYSTEM = ""
"""The id of the contact that stands for the system."""
MAX_STARTS = 100
"""How often system events may start automations within one instant: two that start each other end
there.
"""


@dataclass(slots=True)
class Automations:
    """Runs the automations of a program on a timeline."""

    timeline: Timeline
    files: Files
    _over: list[tuple[Contact, RunKey]] = field(default_factory=list)
    """Runs that nobody needs any more."""
    _refused: str = ""
    """Why a send of the automation that was last run by hand was refused."""

    @property
    def system(self) -> Contact:
        """The contact whose runs are those of the automations."""
        return self.timeline.system

    # ------------------------------------------------------------------ what starts them

    def run(self, name: str, now: datetime) -> None:
        """Run one by hand.  Raises Refused where there is no such one."""
        self._refused = ""
        automation = self._named(name)
        if automation is None:
            raise Refused(f'there is no automation "{name}"')
        self._start(automation, None, "run by hand", now)

    def refuse(self) -> None:
        """Raises Refused where a send of what was run by hand was refused."""
        if self._refused:
            raise Refused(self._refused)

    def fire(self, automation: Automation, now: datetime) -> None:
        """The schedule of one has come."""
        self._start(automation, None, "its schedule", now)

    def happened(self, event: str, data: dict[str, Any], now: datetime, by: str) -> None:
        """A system event; it does not start the automation by which it came about."""
        program = self.timeline.program
        data = {"at": now, **data}
        about = data.get("list") or data.get("message")
        zone, world = program.config.timezone, self.timeline.interpreter
        view = View(self.system, now, zone, world, event=data)
        for automation in program.automations:
            for name, subject, holds in automation.events:
                if name != event or subject not in (None, about) or automation.name == by:
                    continue
                if holds is None or holds(view, data):
                    if self._in_bounds(automation, now):
                        self._start(automation, data, event, now)
                    break

    def _in_bounds(self, automation: Automation, now: datetime) -> bool:
        """Whether automations have not set each other off too often within this instant."""
        counted = self.system.fields
        starts = counted["starts"] + 1 if counted.get("instant") == now else 1
        counted["instant"], counted["starts"] = now, starts
        if starts == MAX_STARTS + 1:
            self.timeline.world.tell(now, Said("endless", {"name": automation.name}))
        return bool(starts <= MAX_STARTS)

    def _start(
        self, automation: Automation, event: dict[str, Any] | None, why: str, now: datetime
    ) -> None:
        assert automation.campaign is not None
        system = self.system
        now = system.not_before(now)
        system.seq += 1
        change = Change(why, now, system.seq)
        last = system.scheduled.get(automation.name)
        system.scheduled[automation.name] = now.isoformat()
        last_run = datetime.fromisoformat(last) if last else None
        self.timeline.interpreter.start_automation(
            system, automation.campaign, event, change, last_run
        )
        self.timeline.settle(system)

    # ------------------------------------------------------------------ jobs

    def job(self, do: RunEffects, what: str, details: dict[str, Any], pc: int) -> Next:
        """A run has come to a job, or is woken at it; where it goes on."""
        run = do.run
        if run.wait.get("import") == "finished":
            return pc + 1
        sweep = self._sweep_of(run)
        if sweep is None:
            return self._begin(do, what)
        job = self._under_way(sweep, do.campaign)
        self.timeline.sweeps.remove(sweep)
        try:
            outcome = job.end(do)
        except JobRefused as refusal:
            self._refused = str(refusal)
            self._failed(do, job, "refused", why(refusal))
            return END
        except JobFailed as failure:
            self._failed(do, job, "failed", why(failure))
            do.run.failed = True
            return pc + 1
        if outcome == "done":
            do.run.failed = False
            return pc + 1
        if outcome == "again":
            sweep.after = 0
            self.timeline.sweeps.insert(0, sweep)
            return self._wait(run, do.now, job=what)
        return self._wait(run, None, **{"import": str(sweep.tally["number"])})

    def _begin(self, do: RunEffects, what: str) -> Next:
        """From now on all contacts are asked; nothing else happens meanwhile."""
        self.system.seq += 1
        run, now = do.run, self.timeline.now
        assert now is not None
        # Not at the system's own last moment: that is nothing to the contacts.
        sweep = Sweep(
            "job", now, job=what, run=(run.campaign, run.key),
            tally={"number": self.system.seq},
        )  # fmt: skip
        self.timeline.sweeps.append(sweep)
        run.began = self.timeline.world.tick()
        run.since = do.now
        job = self._under_way(sweep, do.campaign)
        if job.process_type is not None:
            job.process.status = "running"
        return self._wait(run, do.now, job=what)

    def _wait(self, run: Run, due: datetime | None, **wait: str) -> Next:
        """Stand at a job.  It is due at once: whoever finds it so begins the job anew."""
        run.status, run.due, run.wait = "waiting", due, wait
        return STAY

    def _sweep_of(self, run: Run) -> Sweep | None:
        key = (run.campaign, run.key)
        return next((one for one in self.timeline.sweeps if one.run == key), None)

    def _under_way(self, sweep: Sweep, campaign: Campaign) -> Job:
        automation = next(
            one for one in self.timeline.program.automations if one.campaign is campaign
        )
        run = self.system.runs[sweep.run]
        return JOBS[sweep.job](self.timeline, self.files, automation, run, sweep)

    def ask(self, sweep: Sweep, contacts: Iterable[Contact]) -> None:
        """Ask contacts for a job, in their order."""
        timeline = self.timeline
        campaign = timeline.program.by_name.get(sweep.run[0])
        if campaign is None or not self._stands_at(sweep):
            return
        job = self._under_way(sweep, campaign)
        try:
            for contact in contacts:
                if not contact.deleted and job.visit(contact):
                    timeline.settle(contact)
                    timeline.heed()
            job.rest()
        except JobFailed as failure:
            sweep.tally["failed"] = str(failure)

    def _stands_at(self, sweep: Sweep) -> bool:
        """Whether the run still stands at the job: the program may have changed meanwhile."""
        run = self.system.runs.get(sweep.run)
        if run is None or run.status != "waiting":
            return False
        instruction = self.timeline.program.campaign_of(run).instructions[run.pc]
        return getattr(instruction, "what", "") == sweep.job

    def asked(self, sweep: Sweep) -> None:
        """All contacts have been asked: the run is woken."""
        timeline = self.timeline
        if not self._stands_at(sweep):
            abandon(timeline, sweep)
            return
        timeline.interpreter.come_due(self.system, sweep.run, sweep.at)
        timeline.settle(self.system)

    def _failed(self, do: RunEffects, job: Job, what: str, because: str) -> None:
        """A job cannot be done: its process ends, a person is told, and the system."""
        process, world = job.process, self.timeline.world
        process.end("failed", do.now, str(because))
        do.note(what, f'"{process.name}": {because}')
        kind, by = process.identity.type, process.identity.by
        parts: dict[str, Part] = {"type": retelling.kind(kind), "name": process.name, "by": by}
        world.tell(do.now, Said("job-failed", {**parts, "because": because}))
        # What is kept is plain text: the state of the system holds it.
        world.happened("process failed", {"type": kind, "because": str(because)}, by)

    # ------------------------------------------------------------------ what comes to an end

    def imported(self, data: dict[str, Any], now: datetime) -> None:
        """An import is finished: the run that waits for it goes on, and automations may start."""
        by, number = data["process"][2:] if data.get("process") else ("", "")
        event = {name: data.get(name) for name in ("source", "taken", "left_out")}
        self.timeline.world.happened("import finished", event, by)
        for key, run in list(self.system.runs.items()):
            if by and run.wait.get("import") == number:
                run.wait["import"] = "finished"
                self.timeline.interpreter.come_due(self.system, key, now)
                self.timeline.settle(self.system)

    def over(self, run: Run, now: datetime, because: str) -> None:
        """A run of the system, or of a group send, is over; `because`: it was stopped."""
        contact = self.timeline.interpreter.contact
        self._over.append((contact, (run.campaign, run.key)))
        if contact is not self.system:
            through(self.timeline.world, run, now, because)

    def drop(self) -> None:
        """Forget the runs that are over: nobody asks for them any more."""
        for contact, key in self._over:
            run = contact.runs.get(key)
            if run is not None and not run.under_way:
                del contact.runs[key]
        self._over.clear()

    def _named(self, name: str) -> Automation | None:
        found = (one for one in self.timeline.program.automations if one.name == name)
        return next(found, None)
