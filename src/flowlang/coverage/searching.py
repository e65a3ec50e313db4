"""WAYS NOT WALKED → DRAFTS THAT WALK THEM, by a search that follows what drafts come to.

For each way that is left, what may lead to it is put into the drafts that come near it, as given,
and as something that happens at each of their lines; after it, time passes until things fall due.
A draft that walks something new is kept, and others start from it.  The same program and seed give
the same drafts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from flowlang.calendar import instant
from flowlang.contact import Contact
from flowlang.coverage.drafts import Act, Draft, Named, given, happening, otherwise, without_a_line
from flowlang.coverage.occasions import Occasions
from flowlang.coverage.scenes import Scene, Wish
from flowlang.coverage.staging import Outcome, Stage, Unusable
from flowlang.coverage.ways import Key, Way
from flowlang.program.program import Program
from flowlang.steps.campaigns import Start as StartCampaign
from flowlang.steps.happen import MakeHappen
from flowlang.steps.jobs import Task

START = date(2026, 3, 2)
"""A Monday; here the clock starts where the program asks for no other day."""
BUDGET = 20_000
"""Runs in all."""
PER_WAY = 1_500
"""Runs for one way in one round."""
PER_STEP = 300
"""The same for one that is walked already, or is of no interest by itself."""
_BY_CHANCE = 300
"""Runs for each way that is left in the end."""
_BASES = 5
"""Drafts that come near a way and are tried with what may lead to it."""
_PASSING: tuple[tuple[Act, ...], ...] = (
    (), (Act("due"),), (Act("due"), Act("due")), (Act("tick"),),
)  # fmt: skip
"""How time passes after a change."""


@dataclass(slots=True)
class Search:
    """A search for drafts that walk ways."""

    program: Program
    stage: Stage
    ways: tuple[Way, ...]
    """All that there is to walk: what is not wanted may lead to what is."""
    wanted: frozenset[Key]
    seed: int = 0
    budget: int = BUDGET
    known: list[Outcome] = field(default_factory=list)
    found: dict[Key, Outcome] = field(default_factory=dict)
    """By way: the first draft that walked it."""
    _tried: set[Draft] = field(default_factory=set)

    def run(self) -> None:
        """Search until all is walked, nothing new comes, or the budget is spent."""
        occasions = Occasions(self.program)
        self._try(self.empty)
        progress = True
        while progress and self.left:
            progress = False
            for key in [way.key for way in self.ways]:
                if key not in self.found and self.left:
                    progress |= self._walk(key, occasions)
        self._at_random(occasions)

    @property
    def left(self) -> list[Key]:
        """The wanted ways that are still to be walked; none once the budget is spent."""
        keys = (way.key for way in self.ways if self.budget > 0)
        return [key for key in keys if key in self.wanted and key not in self.found]

    @property
    def empty(self) -> Draft:
        zone = self.program.config.timezone
        return Draft(instant(START, time(10), zone))

    # ------------------------------------------------------------------ one way

    def _walk(self, key: Key, occasions: Occasions) -> bool:
        """Try what may lead to a way; True where anything new was walked."""
        before, spent = len(self.known), self.budget
        for base in self._near(key):
            for draft in self._attempts(key, base, occasions):
                self._try(draft)
                if key in self.found:
                    return True
                limit = PER_WAY if key in self.wanted else PER_STEP
                if self.budget <= 0 or spent - self.budget >= limit:
                    return len(self.known) > before
        return len(self.known) > before

    def _attempts(self, key: Key, base: Outcome, occasions: Occasions) -> Iterator[Draft]:
        """Drafts made from one that comes near a way."""
        at = base.reached.get((key.campaign, key.at), base.play.now)
        there = base.until(at)
        if key.kind != "start":
            yield from self._drafts(base.draft, there, ())
        brought = [run.event for run in base.contact.runs.values() if run.campaign == key.campaign]
        for moment in dict.fromkeys((at, base.play.now)):
            for data in ({}, *filter(None, brought[:1])):
                scene = replace(self._scene(base, moment), brought=data)
                for wish in occasions.leading_to(key, occasions.scene(key.campaign, scene)):
                    if key.kind == "start":
                        yield from self._started(base.draft, wish)
                    else:
                        yield from self._drafts(base.draft, there, wish)
        if key.kind != "start":
            for shorter in without_a_line(base.draft):
                yield from self._drafts(shorter, shorter, ())

    def _near(self, key: Key) -> list[Outcome]:
        """The drafts from which a way may be reached, those that come nearest first."""
        ordered = sorted(self.known[1:], key=lambda one: one.draft.length)
        if key.kind == "start":
            return [*self.known[:1], *self._telling(ordered)]
        step = key.campaign, key.at
        standing = [one for one in ordered if step in one.stands]
        near = standing[:1] + [one for one in ordered if step in one.reached]
        if key.kind == "ending" or not near:
            near = [
                one
                for one in ordered
                if any(k.campaign == key.campaign and k.kind == "start" for k in one.walked)
            ]
        if not near and self.program.by_name[key.campaign].group_send:
            near = [one for one in ordered if self._sends_to_many(one, key)] + self.known[:1]
        return near[:_BASES]

    def _sends_to_many(self, outcome: Outcome, key: Key) -> bool:
        """Whether an automation came to the group send that a way belongs to."""
        by_name = self.program.by_name
        where = by_name[key.campaign].instructions[key.at].where
        return any(by_name[name].instructions[at].where is where for name, at in outcome.reached)

    def _telling(self, ordered: list[Outcome]) -> Iterator[Outcome]:
        """The shortest drafts that send each message or walk each step that starts others."""
        told: set[object] = set()
        for one in ordered:
            sent: set[object] = {letter.message for letter in one.play.world.sent}
            new = sent | {k for k in one.walked if self._starts_others(k)}
            if new - told:
                told |= new
                yield one

    def _starts_others(self, key: Key) -> bool:
        if key.kind != "step":
            return False
        instruction = self.program.by_name[key.campaign].instructions[key.at]
        return isinstance(instruction, (StartCampaign, MakeHappen, Task))

    def _scene(self, base: Outcome, now: datetime) -> Scene:
        contact = base.contact if base.draft.acts else Contact("")
        return Scene(self.program.names, now, contact, base.play.timeline.interpreter, {}, {})

    def _drafts(self, base: Draft, there: Draft, wish: Wish) -> Iterator[Draft]:
        """A draft with changes in it: given, and happening at each line, then time that passes.

        `there` is the same up to the moment at which it came near the way.
        """
        changed = [base]
        if wish:
            places = range(len(base.acts), -1, -1)
            changed = [given(base, wish), happening(there, wish, len(there.acts))]
            changed += filter(None, [otherwise(base, wish)])
            changed += [happening(base, wish, at) for at in places]
        for passing in _PASSING:
            for draft in changed:
                yield replace(draft, acts=(*draft.acts, *passing))

    def _started(self, base: Draft, wish: Wish) -> Iterator[Draft]:
        """Drafts that begin something: the last change is the trigger, or all of them are."""
        for passing in ((), (Act("due"),), (Act("tick"),)):
            for turn in range(len(wish)):
                *others, last = [*wish[turn + 1 :], *wish[: turn + 1]]
                first = given(base, others)
                draft = happening(first, [last], len(first.acts))
                yield replace(draft, acts=(*draft.acts, *passing))
            draft = happening(base, wish, len(base.acts))
            yield replace(draft, acts=(*draft.acts, *passing))

    # ------------------------------------------------------------------ trying

    def _try(self, draft: Draft) -> Outcome | None:
        """Run a draft; it is kept where it walks a way that no other has, wanted or not."""
        if draft in self._tried:
            return None
        self._tried.add(draft)
        self.budget -= 1
        try:
            outcome = self.stage.run(draft)
        except Unusable:
            return None
        new = outcome.walked - self.found.keys()
        come = {("reached", *one) for one in outcome.reached}
        come |= {("stands", *one) for one in outcome.stands}
        if new or come - self._come or not self.known:
            self.known.append(outcome)
            self._come |= come
            self.found |= dict.fromkeys(new, outcome)
        return outcome

    _come: set[tuple[str, str, int]] = field(default_factory=set)
    """The steps that drafts have come to, and those where they left the contact standing."""

    def _at_random(self, occasions: Occasions) -> None:
        """What is left: mix what may lead to anything into drafts by chance."""
        chance = random.Random(self.seed)  # noqa: S311 - no secrets are made here
        for key in self.left:
            pool, near = self._pool(key, occasions), self._near(key)
            for _ in range(_BY_CHANCE if pool and near else 0):
                draft = chance.choice(near).draft
                for _ in range(chance.randint(1, 3)):
                    draft = self._mixed(draft, chance.choice(pool), chance)
                self._try(draft)
                if key in self.found or self.budget <= 0:
                    break

    def _mixed(self, draft: Draft, wish: Wish, chance: random.Random) -> Draft:
        if chance.random() < 1 / 3:
            draft = given(draft, wish)
        else:
            draft = happening(draft, wish, chance.randint(0, len(draft.acts)))
        return replace(draft, acts=(*draft.acts, *chance.choice(_PASSING)))

    def _pool(self, key: Key, occasions: Occasions) -> list[Wish]:
        """All that may lead to anything in the same campaign."""
        base = self.known[0]
        scene = occasions.scene(key.campaign, self._scene(base, base.play.now))
        found: dict[Wish, None] = {}
        for way in self.ways:
            if way.key.campaign == key.campaign:
                found.update(dict.fromkeys(occasions.leading_to(way.key, scene)))
        return [wish for wish in found if not any(isinstance(one, Named) for one in wish)]
