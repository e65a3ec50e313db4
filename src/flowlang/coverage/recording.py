"""Listens to plays: which ways were walked.

Nothing in the interpreter asks whether someone listens.  A recorder runs a program whose
instructions tell what came of them, with an interpreter that tells what began, ended and jumped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from flowlang.contact import Contact, Run, RunKey
from flowlang.coverage.ways import BY_A_STEP, Key
from flowlang.effects import Effects, Next, Trigger
from flowlang.engine.changes import Change
from flowlang.engine.interpreter import Interpreter
from flowlang.engine.play import Play
from flowlang.engine.world import World
from flowlang.program.program import Campaign, Ending, Program, Start
from flowlang.steps.goal import MET
from flowlang.steps.jump import Jump
from flowlang.steps.send import TEXT_INSTEAD
from flowlang.steps.step import Instruction


class Recorder:
    """Notes the ways that plays walk; `stage` is for `Script.run`."""

    def __init__(self, program: Program) -> None:
        self.walked: set[Key] = set()
        self.reached: dict[tuple[str, int], datetime] = {}
        """The instructions that a run came to, whatever came of it, and when it first did."""
        self.program = self._recorded(program)

    def stage(self, program: Program, codes: dict[str, tuple[str, ...]]) -> Play:
        """A fresh world in which all that is walked is noted."""
        return Play.of(self.program, codes, lambda program, world: _Telling(program, world, self))

    def _recorded(self, program: Program) -> Program:
        """The program with instructions that tell what comes of them."""
        by_name = {name: self._listened_to(one) for name, one in program.by_name.items()}
        return replace(
            program,
            campaigns=[by_name[one.name] for one in program.campaigns],
            by_name=by_name,
            automations=[
                replace(one, campaign=one.campaign and by_name[one.campaign.name])
                for one in program.automations
            ],
        )

    def _listened_to(self, campaign: Campaign) -> Campaign:
        told = [
            one if isinstance(one, Jump) else _Told(one, self, campaign.name)
            for one in campaign.instructions
        ]
        return replace(campaign, instructions=cast("list[Instruction]", told))


class _Told:
    """An instruction that tells what comes of it; all else about it is its own."""

    def __init__(self, inner: Instruction, recorder: Recorder, campaign: str) -> None:
        self._inner = inner
        self._recorder = recorder
        self._campaign = campaign

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def run(self, do: Interpreter, pc: int) -> Next:
        self._recorder.reached.setdefault((self._campaign, pc), do.now)
        before = _texts_instead(do.world)
        return self._tell(do, pc, self._inner.run(cast(Effects, do), pc), before)

    def wake(self, do: Interpreter, pc: int) -> Next:
        return self._tell(do, pc, self._inner.wake(cast(Effects, do), pc))

    def look(self, do: Interpreter, pc: int, trigger: Trigger) -> Next | None:
        target = self._inner.look(cast(Effects, do), pc, trigger)
        return None if target is None else self._tell(do, pc, target)

    def _tell(self, do: Interpreter, pc: int, target: Next, before: int | None = None) -> Next:
        names = do.program.names
        label = self._inner.outcome(cast(Effects, do), pc, target, names)
        if before is not None and _texts_instead(do.world) > before:
            label = TEXT_INSTEAD
        if label is not None:
            self._recorder.walked.add(Key(self._campaign, "step", pc, label))
        return target


def _texts_instead(world: World) -> int:
    """How often a text has stood in for a code, in all lists."""
    return sum([pool.fallback for pool in world.pools.values()])


class _Telling(Interpreter):
    """Tells how runs begin, how settings end them, and where they jump to goals."""

    def __init__(self, program: Program, world: World, recorder: Recorder) -> None:
        super().__init__(program, world)
        self._recorder = recorder

    def _begin(
        self,
        contact: Contact,
        campaign: Campaign,
        name: RunKey,
        run: Run | None,
        event: dict[str, Any] | None,
        start: Start | None,
        change: Change,
    ) -> Run:
        at = BY_A_STEP if start is None else campaign.starts.index(start)
        self._recorder.walked.add(Key(campaign.name, "start", at))
        return super()._begin(contact, campaign, name, run, event, start, change)

    def start_automation(
        self,
        system: Contact,
        campaign: Campaign,
        event: dict[str, Any] | None,
        change: Change,
        last_run: datetime | None,
    ) -> None:
        self._recorder.walked.add(Key(campaign.name, "start", 0, change.text))
        super().start_automation(system, campaign, event, change, last_run)

    def _end_by(self, run: Run, ending: Ending, change: Change | None) -> None:
        at = self.by_name[run.campaign].endings.index(ending)
        self._recorder.walked.add(Key(run.campaign, "ending", at))
        super()._end_by(run, ending, change)

    def _goal(self, campaign: Campaign, run: Run, ahead: Next) -> Next | None:
        behind = super()._goal(campaign, run, ahead)
        if behind is not None:
            self._recorder.walked.add(Key(campaign.name, "step", behind - 1, MET))
        return behind
