"""Where the runs of one campaign come to stand in another version of it; pure, for many runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from flowlang.contact import Contact, Entry, Run
from flowlang.program.difference import Difference, difference
from flowlang.program.program import Campaign
from flowlang.steps.goal import Reach
from flowlang.steps.jump import Jump
from flowlang.steps.send import Sending, SendMessage
from flowlang.steps.step import Instruction
from flowlang.syntax.campaigns import Automation

Fate = Literal["finish", "stay"]


FATES: dict[str, Fate] = {"finish": "finish", "stay": "stay"}
"""By the word that people say."""


class Answer(NamedTuple):
    """What a person says of those who stand at a step that is gone."""

    step: int | None
    """Its number in the campaign as it was; None for all who are not spoken of otherwise."""
    to: Fate | int
    """Or the number of a step of the new version."""


@dataclass
class Moves:
    """One campaign, as it was and as it is to be; None where there is none."""

    old: Campaign | None
    new: Campaign | None
    answers: list[Answer] = field(default_factory=list)
    _ahead: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict, repr=False)
    _sends: dict[int, list[tuple[str, str]]] = field(default_factory=dict, repr=False)
    _lost: dict[tuple[int, int], set[str]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        found = self.old or self.new
        assert found is not None
        return found.name

    @property
    def has_changed(self) -> bool:
        """Whether anyone under way has to be looked at."""
        return self.old is not None and (self.new is None or self.old.version != self.new.version)

    @property
    def may_stay(self) -> bool:
        """Whether its runs can go on as the old version says; an automation's cannot, for it is the
        system that goes through it.
        """
        return self.old is not None and not isinstance(self.old.item, Automation)

    @cached_property
    def difference(self) -> Difference | None:
        """What became of each step, where there are both."""
        return difference(self.old, self.new) if self.old and self.new else None

    @cached_property
    def places(self) -> dict[str, int]:
        """The numbers of the old steps by their stable names."""
        assert self.old is not None
        return {one.where.id: pc for pc, one in reversed(list(enumerate(self.old.instructions)))}

    def place(self, step: str, hint: int) -> int | None:
        """The number of the old step at which a run stands, by its name."""
        assert self.old is not None
        known = self.old.instructions[hint : hint + 1]
        return hint if known and known[0].where.id == step else self.places.get(step)

    # ------------------------------------------------------------------ where to

    def target(self, pc: int | None) -> int | None:
        """Where someone goes on of itself; None where a person has to say it."""
        found = self.difference
        if found is None or pc is None or pc in found.apart:
            return None
        return found.places.get(pc)

    def asked(self, pc: int | None) -> bool:
        """Whether a person has to say what becomes of those who stand at a step."""
        return self.target(pc) is None

    def answer(self, pc: int | None) -> Fate | int | None:
        """What a person has said of those who stand at a step; None where nothing was said."""
        said = {one.step: one.to for one in self.answers}
        return said.get(pc, said.get(None)) if pc in said or self.asked(pc) else None

    def waits_otherwise(self, pc: int) -> bool:
        """Whether a step at which runs wait has changed, and may not wait at all any more."""
        found = self.difference
        if found is None or not _waits(found.old.instructions[pc]):
            return False
        change = found.change_at(pc)
        return change is not None and change.what == "changed"

    @cached_property
    def other_limits(self) -> bool:
        """Whether other windows or caps hold for its sends."""
        old, new = self.old, self.new
        return old is not None and new is not None and _limits(old) != _limits(new)

    # ------------------------------------------------------------------ what was done already

    def done_before(self, run: Run, history: Iterable[Entry], pc: int, to: int) -> list[str]:
        """The names of the steps ahead that a run has done before it came to stand at `pc`.

        Only where steps have changed places there are any.  A step was done if there was no way
        around it, or if the history of the round says so.
        """
        found = self.difference
        if found is None:
            return []
        ahead = self._done_ahead(pc, to)
        if not ahead:
            return []
        told = {(one.step, one.line) for one in history if _of_round(one, run)}
        known = {(one.where.text, one.where.line) for one in found.old.instructions}
        # The history may speak of a text with another layout, or in another language.
        texts = {step for step, _ in told - known}
        names = []
        for old, new in ahead:
            where = found.old.instructions[old].where
            done = (where.text, where.line) in told or where.text in texts
            if done or not _reaches(found.old, 0, pc, without=old):
                names.append(found.new.instructions[new].where.id)
        return names

    def may_be_done_ahead(self, pc: int, to: int) -> bool:
        """Whether the history has to be asked."""
        return bool(self._done_ahead(pc, to))

    def _done_ahead(self, pc: int, to: int) -> list[tuple[int, int]]:
        """Pairs of old and new numbers: steps that lay behind someone and now lie ahead."""
        found = self.difference
        known = self._ahead.get((pc, to))
        if found is None or known is not None:
            return known or []
        still = _from(found.old, pc)
        ahead = _from(found.new, to)
        pairs = self._ahead[pc, to] = [
            (old, new)
            for old, new in found.places.items()
            if new in ahead
            and old not in still
            and _does(found.new, new)
            # Who is sent to a wait waits there, also a second time.
            and not (new == to and found.new.instructions[new].lets_time_pass)
        ]
        return pairs

    # ------------------------------------------------------------------ what comes again

    def sent_again(self, contact: Contact, run: Run, to: int) -> list[str]:
        """The messages that a run got in this round and that a step which is new sends it again."""
        got = _got(contact, run)
        return sorted(
            {name for name, step in self._new_sends(to) if name in got and step not in run.passed}
        )

    def _new_sends(self, to: int) -> list[tuple[str, str]]:
        """The sends ahead of a step that are new: their messages, and their stable names."""
        found, known = self.difference, self._sends.get(to)
        if found is None or known is not None:
            return known or []
        old = set(found.places.values())
        sends = self._sends[to] = [
            (one.message.name, one.where.id)
            for pc in sorted(_from(found.new, to) - old)
            if isinstance(one := found.new.instructions[pc], SendMessage)
        ]
        return sends

    # ------------------------------------------------------------------ what comes no more

    def not_sent(self, contact: Contact, run: Run, pc: int, to: int) -> list[str]:
        """The messages that lay ahead of a run and do no more: they are gone, or stand behind it
        now, and it has not got them in this round.
        """
        lost = self._lost.get((pc, to))
        if lost is None:
            found = self.difference
            assert found is not None
            lost = self._lost[pc, to] = _messages(found.old, pc) - _messages(found.new, to)
        return sorted(lost - _got(contact, run)) if lost else []


def _waits(instruction: Instruction) -> bool:
    """Whether a run stands at a step until its time comes, or something happens."""
    waits = isinstance(instruction, Reach) and instruction.otherwise == "wait"
    return waits or instruction.lets_time_pass


def _limits(campaign: Campaign) -> list[object]:
    """What windows and caps hold for each send of a campaign, without their texts."""
    return [
        (
            one.message.kind,
            [
                (
                    policy.name, policy.zone, [replace(it, text="") for it in policy.windows],
                    [replace(it, text="") for it in policy.caps],
                )
                for policy in (*campaign.policies, *one.terms.policies)
            ],
        )
        for one in campaign.instructions
        if isinstance(one, Sending)
    ]  # fmt: skip


def _messages(campaign: Campaign, pc: int) -> set[str]:
    """Those that can still be sent from a step on."""
    steps = (campaign.instructions[at] for at in _from(campaign, pc))
    return {one.message.name for one in steps if isinstance(one, SendMessage)}


def _got(contact: Contact, run: Run) -> set[str]:
    """The messages that a run got in this round."""
    return {
        one.message
        for one in contact.messages
        if one.campaign == run.campaign and one.seq >= run.start_seq
    }


def _of_round(entry: Entry, run: Run) -> bool:
    return (
        entry.campaign == run.campaign
        and entry.round == run.round
        and entry.at >= run.started
        and entry.what not in ("passed over", "moved", "held")
        and bool(entry.step)
    )


def _does(campaign: Campaign, pc: int) -> bool:
    """Whether a step does something or lets time pass, rather than choosing a way."""
    instruction = campaign.instructions[pc]
    exits = instruction.exits(pc)
    return (
        not isinstance(instruction, Jump)
        and instruction.shape != "goal"
        and [target for target, _ in exits] == [pc + 1]
    )


def _from(campaign: Campaign, pc: int, without: int = -1) -> set[int]:
    """The steps that can be reached from one, itself among them only where it can come again."""
    found: set[int] = set()
    todo = [pc]
    while todo:
        at = todo.pop()
        for target, _ in campaign.instructions[at].exits(at):
            fits = 0 <= target < len(campaign.instructions) and target != without
            if fits and target not in found:
                found.add(target)
                todo.append(target)
    return found | {pc} if without < 0 else found


def _reaches(campaign: Campaign, start: int, pc: int, without: int) -> bool:
    """Whether a way leads to a step that does not pass another."""
    return start != without and (start == pc or pc in _from(campaign, start, without))
