"""WHY: the questions that can be asked about one contact, and their answers in rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flowlang.contact import Entry
from flowlang.engine.answers import Scene
from flowlang.engine.reasons import AT_A_SEND, why_not, why_not_started
from flowlang.engine.recalling import TAKEN_BACK
from flowlang.engine.tracing import Decision
from flowlang.program.program import Program
from flowlang.repl.script import Wrong, quoted
from flowlang.repl.telling import Teller
from flowlang.repl.told import Row, Told, row
from flowlang.source import did_you_mean
from flowlang.speech import ENGLISH, tr
from flowlang.stores.rows import SendingRow


@dataclass(frozen=True, slots=True)
class Asking:
    """Someone asks about a contact in a scene.  Each answer raises Wrong where there is none."""

    program: Program
    scene: Scene
    contact: str
    sendings: Sequence[SendingRow] = ()
    """What a store knows to have been sent, whatever program did it."""
    language: str = ENGLISH
    """That of who asks."""

    @property
    def decisions(self) -> list[Decision]:
        return self.scene.trace.of(self.contact)

    @property
    def _teller(self) -> Teller:
        return Teller(self.program, language=self.language)

    def last(self) -> Told:
        """Why the last decision was made; where it hung on nothing, what led to it."""
        last = self._last()
        if last.asked or last.facts:
            return self._teller.why(self.scene.trace, last)
        return self._teller.chain(self.scene.trace, last)

    def _last(self) -> Decision:
        decisions = self.decisions
        if not decisions:
            raise Wrong(tr("nothing has been decided yet"))
        return ([one for one in decisions if one.entry.campaign] or decisions)[-1]

    def campaigns(self, name: str) -> set[str]:
        """The campaigns of which an answer speaks: about a message, a campaign, or without a name
        about the last decision.
        """
        if not name:
            return {self._last().entry.campaign}
        sending = {one.name for one in self.program.by_name.values() if name in one.sends}
        return {
            name,
            *sending,
            *(one.entry.campaign for one in self.decisions if self._met(one, name)),
        }

    def numbered(self, number: int) -> Told:
        """Why a decision was made, by its number in the history."""
        decisions = self.decisions
        if not 1 <= number <= len(decisions):
            raise Wrong(
                tr(
                    "there is no decision {number}: `history` has {count}",
                    number=number,
                    count=len(decisions),
                )
            )
        return self._teller.why(self.scene.trace, decisions[number - 1])

    def named(self, name: str) -> Told:
        """Why a message went out, each time, or why a campaign started; else why not.

        Where it did not go out the last time, first why not.
        """
        self._known(name)
        met = [one for one in self.decisions if self._met(one, name)]
        went = [one for one in met if one.entry.what not in AT_A_SEND]
        if not went and self._is_in_program(name):
            return self.why_not(name)
        told: Told = []
        for one in went if went and met[-1] is went[-1] else (met[-1], *went):
            told += [*([row()] if told else []), *self._teller.chain(self.scene.trace, one)]
        gone = list(self._gone(name, went or met))
        return [*told, *([row()] if gone else []), *gone]

    def _is_in_program(self, name: str) -> bool:
        return name in self.program.messages or name in self.program.by_name

    def _met(self, one: Decision, name: str) -> bool:
        """Whether a decision is what became of a send of a message, or that a campaign started."""
        entry = one.entry
        if name not in self.program.messages and entry.campaign == name:
            return entry.what.startswith("started")
        if entry.what == TAKEN_BACK:
            return entry.because.startswith(f'"{name}"')
        if entry.what not in ("sent", *AT_A_SEND):
            return False
        campaign = self.program.by_name.get(entry.campaign)
        if campaign is not None and one.pc >= 0:
            step = campaign.instructions[one.pc]
            return getattr(getattr(step, "message", None), "name", None) == name
        return self._sent_before(entry, name)

    def _sent_before(self, entry: Entry, name: str) -> bool:
        """The same where the program has no such step any more: the store knows what was sent, and
        of what was not sent there are only the words.
        """
        if entry.what != "sent":
            return quoted(name) in entry.step
        return any(
            (one.message, one.campaign, one.at) == (name, entry.campaign, entry.at)
            for one in self.sendings
        )

    def _gone(self, name: str, told: Sequence[Decision]) -> Iterator[Row]:
        """What of all that was told the program of today does not have any more."""
        campaigns = {one.entry.campaign: one for one in told if one.entry.campaign}
        for campaign, one in campaigns.items():
            if campaign not in self.program.by_name:
                yield row(tr('the program of today has no campaign "{name}"', name=campaign))
            elif one.entry.step and one.pc < 0:
                step = one.entry.step
                yield row(
                    tr('"{campaign}" of today has no step `{step}`', campaign=campaign, step=step)
                )
        if not self._is_in_program(name) and name not in campaigns:
            yield row(tr('the program of today has no message "{name}"', name=name))

    def why_not(self, name: str) -> Told:
        """Why a message did not go out, or why a campaign did not start."""
        self._known(name)
        if not self.scene.play.started:
            raise Wrong(tr("time has not begun yet: nothing has been decided"))
        if not self._is_in_program(name):
            return self.named(name)
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
            raise Wrong(tr("of which message, or which campaign?"), tr('write `why not "Offer"`'))
        campaigns = [campaign.name for campaign in self.program.campaigns]
        known = [*self.program.messages, *campaigns]
        if name not in known and not any(self._met(one, name) for one in self.decisions):
            raise Wrong(
                tr('there is no message and no campaign "{name}"', name=name),
                did_you_mean(name, known),
            )
