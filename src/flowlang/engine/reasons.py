"""Why a message did not go out to a contact: found by walking the way that the contact went.

What is looked at is the graph of the campaign (`Instruction.exits`) and the trace of what was
decided: the last point from which the send could still be reached, and what was asked there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flowlang.contact import Run
from flowlang.engine.answers import Answer, Need, Scene
from flowlang.engine.retelling import status, way
from flowlang.engine.starts import not_again, not_started
from flowlang.engine.tracing import Decision, Trace
from flowlang.program.program import Campaign
from flowlang.speech import joined, tr
from flowlang.steps.jump import Jump
from flowlang.syntax.facts import Flag
from flowlang.syntax.tree import walk

AT_A_SEND = ("skipped", "waiting", "halted", "held")
"""What becomes of a send that does not go out."""


def why_not(scene: Scene, contact: str, message: str) -> list[Answer]:
    """Why a message did not go out to a contact, or not again: an answer for each campaign that
    could send it.
    """
    paths = [
        _Path(scene, contact, campaign, targets, f'"{message}"')
        for campaign in scene.play.program.by_name.values()
        if (targets := _sends(campaign, message))
    ]
    paths.sort(key=lambda path: not path.runs())
    found = [answer for path in paths for answer in path.answers()]
    return found or [Answer(tr('no campaign sends "{message}"', message=message))]


def why_not_started(scene: Scene, contact: str, campaign: Campaign) -> list[Answer]:
    """Why a campaign did not start for a contact."""
    found = scene.play.contact(contact)
    runs = [run for run in found.runs.values() if run.campaign == campaign.name]
    if runs:
        run = runs[-1]
        text = tr(
            '"{campaign}" has started: round {round} is {status}',
            campaign=campaign.name,
            round=run.round,
            status=status(run.status),
        )
        return [Answer(text, again=not_again(scene, found, campaign, run))]
    return [not_started(scene, found, campaign)]


def behind(trace: Trace, decision: Decision) -> Decision | None:
    """What a decision by `timed out`, `missed`, `sent` or `failed` speaks of: the step before."""
    asked = [part for one in decision.asked for part in walk(one.stated.node)]
    if not any(isinstance(part, Flag) for part in asked):
        return None
    found = None
    for one in trace.of(decision.entry.contact):
        if one is decision:
            break
        if one.key == decision.key and one.entry.what in _FLAGGED:
            found = one
    return found


_FLAGGED = (
    "waiting", "timed out", "missed", "sent", "skipped", "called", "call failed",
)  # fmt: skip
"""After these, a step can be asked what became of the one before."""


def _sends(campaign: Campaign, message: str) -> frozenset[int]:
    """The steps of a campaign that send a message."""
    return frozenset(
        pc
        for pc, one in enumerate(campaign.instructions)
        if getattr(getattr(one, "message", None), "name", None) == message
    )


@dataclass(slots=True)
class _Path:
    """The way of a contact through a campaign, as far as it matters for some of its steps."""

    scene: Scene
    contact: str
    campaign: Campaign
    targets: frozenset[int]
    what: str

    # ------------------------------------------------------------------ the question

    def runs(self) -> list[Run]:
        found = self.scene.play.contact(self.contact).runs
        return [run for run in found.values() if run.campaign == self.campaign.name]

    def answers(self) -> list[Answer]:
        runs = self.runs()
        if runs:
            return [self._of_run(run) for run in runs]
        # The runs of a group send are gone when they are over.
        over = [one for one in self.scene.trace.of(self.contact) if self._at_a_send(one)]
        if over:
            what = over[-1].entry.what
            return [Answer(_at_send(what, self.what), over[-1])]
        return [self._not_started()]

    def _not_started(self) -> Answer:
        return not_started(self.scene, self.scene.play.contact(self.contact), self.campaign)

    def _at_a_send(self, one: Decision) -> bool:
        known = one.entry.what == "sent" or one.entry.what in AT_A_SEND
        return one.entry.campaign == self.campaign.name and one.pc in self.targets and known

    def _of_run(self, run: Run) -> Answer:
        went = self._went(run)
        for decision in reversed(went):
            if decision.pc in self.targets and decision.entry.what == "sent":
                contact = self.scene.play.contact(self.contact)
                again = not_again(self.scene, contact, self.campaign, run)
                return Answer(_at_send("sent", self.what), decision, again=again)
        at_send = [one for one in went if one.pc in self.targets and one.entry.what in AT_A_SEND]
        if at_send and (at_send[-1].entry.what == "skipped" or run.pc in self.targets):
            return Answer(_at_send(at_send[-1].entry.what, self.what), at_send[-1])
        leads = self._leading()
        if run.under_way and run.pc in leads:
            return self._ahead(run, leads)
        return self._passed(run, went, leads)

    def _went(self, run: Run) -> list[Decision]:
        """What was decided in this round of a run, in order."""
        return [
            one
            for one in self.scene.trace.of(self.contact)
            if one.entry.campaign == run.campaign
            and one.entry.round == run.round
            and one.key[1] in (run.key, "")
        ]

    # ------------------------------------------------------------------ the graph

    def _exits(self, pc: int) -> list[tuple[int, str]]:
        """Where a step leads, behind all jumps; steps that are not there left out."""
        last = len(self.campaign.instructions)
        found = []
        for target, label in self.campaign.instructions[pc].exits(pc):
            seen: set[int] = set()
            while 0 <= target < last and target not in seen:
                jump = self.campaign.instructions[target]
                if not isinstance(jump, Jump):
                    break
                seen.add(target)
                target = jump.to  # noqa: PLW2901 - the jump is followed
            if 0 <= target < last:
                found.append((target, label))
        return found

    def _leading(self) -> frozenset[int]:
        """The steps from which one of the sends can be reached."""
        before: dict[int, set[int]] = {}
        for pc in range(len(self.campaign.instructions)):
            for target, _ in self._exits(pc):
                before.setdefault(target, set()).add(pc)
        found = set(self.targets)
        todo = deque(self.targets)
        while todo:
            for pc in before.get(todo.popleft(), ()):
                if pc not in found:
                    found.add(pc)
                    todo.append(pc)
        return frozenset(found)

    def _way(self, start: int) -> Iterator[tuple[int, str]]:
        """The shortest way from a step to a send: each step with the label of the exit taken."""
        came: dict[int, tuple[int, str] | None] = {start: None}
        todo = deque([start])
        while todo:
            pc = todo.popleft()
            if pc in self.targets:
                steps = []
                at = came[pc]
                while at is not None:
                    steps.append(at)
                    at = came[at[0]]
                yield from reversed(steps)
                return
            for target, label in self._exits(pc):
                if target not in came:
                    came[target] = (pc, label)
                    todo.append(target)

    # ------------------------------------------------------------------ still ahead

    def _ahead(self, run: Run, leads: frozenset[int]) -> Answer:
        """The send can still be reached: when it comes to it, if nothing else happens."""
        needs = self._needs(run.pc)
        forecast = self.scene.forecast
        ahead = tr("{what} is still ahead", what=self.what)
        if forecast is None:
            return Answer(ahead, needs=needs)
        later = forecast()
        path = replace(self, scene=replace(later, forecast=None))
        for one in path.runs():
            if one.key == run.key:
                answer = path._of_run(one)
                # What comes after the send is not asked before the run has come there.
                return replace(answer, text=_forecast(answer, self.what), needs=needs, again="")
        return Answer(ahead, needs=needs)

    # ------------------------------------------------------------------ passed by

    def _passed(self, run: Run, went: list[Decision], leads: frozenset[int]) -> Answer:
        """The run has come to where the send cannot be reached any more: where it left the way."""
        places = [place for place, one in enumerate(went) if one.pc in leads]
        if not places:
            return self._not_reached(_stands(run))
        left = went[places[-1]]
        after = went[places[-1] + 1 :]
        if after and not self._turned(left, leads) and _ended(after[0]):
            ended = tr("the run was {status}", status=status(after[0].entry.what))
            return self._not_reached(ended, after[0])
        if left.entry.what in ("goal met", "waiting for restart"):
            jumped = tr("the run jumped over it")
            back = tr("the run went back to the start")
            return self._not_reached(jumped if left.entry.what == "goal met" else back, left)
        ways = [(target, label) for target, label in self._exits(left.pc) if target in leads]
        labels = dict.fromkeys(label for _, label in ways if label)
        wanted = joined(map(way, labels), tr(" or "))
        needs = self._needs(ways[0][0]) if ways else ()
        other = self._not_reached(tr("the run took another way"), left)
        return replace(other, wanted=wanted, before=behind(self.scene.trace, left), needs=needs)

    def _not_reached(self, reason: str, left: Decision | None = None) -> Answer:
        text = tr("{what} was not reached: {why}", what=self.what, why=reason)
        return Answer(text, left)

    def _turned(self, one: Decision, leads: frozenset[int]) -> bool:
        """Whether a decision is a fork at which the way to the send was left."""
        took = one.entry.because if one.entry.what == "branch" else one.entry.what
        return any(
            label == took and target not in leads
            for target, label in self.campaign.instructions[one.pc].exits(one.pc)
        )

    def _needs(self, start: int) -> tuple[Need, ...]:
        """The forks on the way from a step to the send, as they would come out now."""
        contact = self.scene.play.contact(self.contact)
        found = []
        for pc, label in self._way(start):
            if not label or len(self._exits(pc)) < 2:
                continue
            where = self.campaign.instructions[pc].where
            stated = self.scene.trace.outline.at.get((self.campaign.name, where.line), [])
            explained = [self.scene.now(one, contact) for one in stated if not one.event]
            found.append(Need(where.text, label, next(iter(explained), None)))
        return tuple(found)


def _at_send(became: str, what: str) -> str:
    """What became of a send, as an answer says it."""
    match became:
        case "sent":
            return tr("{what} was sent", what=what)
        case "skipped":
            return tr("{what} was skipped", what=what)
        case "waiting":
            return tr("{what} waits", what=what)
        case "halted":
            return tr("{what} is halted", what=what)
    return tr("{what} is held: it is paused", what=what)


def _forecast(answer: Answer, what: str) -> str:
    """What an answer about the time to come says."""
    if answer.decision is not None and answer.decision.entry.what == "sent":
        return tr("{what} is still ahead: it goes out if nothing else happens", what=what)
    return tr("{what} is still ahead, but if nothing else happens it does not go out", what=what)


def _ended(one: Decision) -> bool:
    """Whether a run was ended from outside; one that just came to its end was not."""
    entry = one.entry
    return entry.what == "stopped" or (entry.what == "finished" and bool(entry.because))


def _stands(run: Run) -> str:
    if run.under_way:
        return tr("the run stands behind it")
    return tr("the run is {status}", status=status(run.status))
