"""WHY: the questions that can be asked about one contact, and their answers in rows."""

from __future__ import annotations

from dataclasses import dataclass

from flowlang.engine.answers import Scene
from flowlang.engine.reasons import AT_A_SEND, why_not, why_not_started
from flowlang.engine.recalling import TAKEN_BACK
from flowlang.engine.tracing import Decision
from flowlang.program.program import Program
from flowlang.repl.script import Wrong
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, row
from flowlang.source import did_you_mean


@dataclass(frozen=True, slots=True)
class Asking:
    """Someone asks about a contact in a scene.  Each answer raises Wrong where there is none."""

    program: Program
    scene: Scene
    contact: str

    @property
    def decisions(self) -> list[Decision]:
        return self.scene.trace.of(self.contact)

    @property
    def _teller(self) -> Teller:
        return Teller(self.program)

    def last(self) -> Told:
        """Why the last decision was made; where it hung on nothing, what led to it."""
        decisions = self.decisions
        if not decisions:
            raise Wrong("nothing has been decided yet")
        last = ([one for one in decisions if one.entry.campaign] or decisions)[-1]
        if last.asked or last.facts:
            return self._teller.why(self.scene.trace, last)
        return self._teller.chain(self.scene.trace, last)

    def numbered(self, number: int) -> Told:
        """Why a decision was made, by its number in the history."""
        decisions = self.decisions
        if not 1 <= number <= len(decisions):
            raise Wrong(f"there is no decision {number}: `history` has {len(decisions)}")
        return self._teller.why(self.scene.trace, decisions[number - 1])

    def named(self, name: str) -> Told:
        """Why a message went out, each time, or why a campaign started; else why not.

        Where it did not go out the last time, first why not.
        """
        self._known(name)
        met = [one for one in self.decisions if self._met(one, name)]
        went = [one for one in met if one.entry.what not in AT_A_SEND]
        if not went:
            return self.why_not(name)
        told: Told = []
        for one in went if met[-1] is went[-1] else (met[-1], *went):
            told += [*([row()] if told else []), *self._teller.chain(self.scene.trace, one)]
        return told

    def _met(self, one: Decision, name: str) -> bool:
        """Whether a decision is what became of a send of a message, or that a campaign started."""
        if name not in self.program.messages:
            return one.entry.campaign == name and one.entry.what.startswith("started")
        if one.entry.what == TAKEN_BACK:
            return one.entry.because.startswith(f'"{name}"')
        campaign = self.program.by_name.get(one.entry.campaign)
        if one.entry.what not in ("sent", *AT_A_SEND) or campaign is None or one.pc < 0:
            return False
        step = campaign.instructions[one.pc]
        return getattr(getattr(step, "message", None), "name", None) == name

    def why_not(self, name: str) -> Told:
        """Why a message did not go out, or why a campaign did not start."""
        self._known(name)
        if not self.scene.play.started:
            raise Wrong("time has not begun yet: nothing has been decided")
        if name in self.program.messages:
            answers = why_not(self.scene, self.contact, name)
        else:
            answers = why_not_started(self.scene, self.contact, self.program.by_name[name])
        told: Told = []
        for answer in answers:
            told += [*([row()] if told else []), *self._teller.answer(self.scene.trace, answer)]
        return told

    def _known(self, name: str) -> None:
        if not name:
            raise Wrong("of which message, or which campaign?", 'write `why not "Offer"`')
        campaigns = [campaign.name for campaign in self.program.campaigns]
        if name not in self.program.messages and name not in campaigns:
            known = [*self.program.messages, *campaigns]
            raise Wrong(f'there is no message and no campaign "{name}"', did_you_mean(name, known))
