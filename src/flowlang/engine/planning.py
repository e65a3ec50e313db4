"""What another version does to the contacts of a store: looked at first, then done."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from flowlang.engine import shared_caps
from flowlang.engine.applying import record
from flowlang.engine.automations import SYSTEM
from flowlang.engine.carried_caps import carried_over
from flowlang.engine.moves import FATES, Answer, Moves
from flowlang.engine.moving import (
    UNDER_WAY,
    MovingStates,
    Tally,
    WaitingSend,
    reckon_sends,
    relocate,
)
from flowlang.engine.position import NAME, Position
from flowlang.engine.version import Version, applied
from flowlang.engine.worker import Worker
from flowlang.program.difference import statements
from flowlang.program.program import Program
from flowlang.program.step_changes import step_text
from flowlang.source import did_you_mean
from flowlang.speech import Text, tr
from flowlang.stores.rows import Changes
from flowlang.stores.store import Store


class Refusal(Exception):
    """A version is not applied; its `reason` says why, for a person."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(slots=True)
class Plan:
    """One version in the place of another."""

    base: Version
    """The version that is applied."""
    version: Version
    """The one that is to be."""
    old: Program
    new: Program
    moves: dict[str, Moves] = field(default_factory=dict)
    """By campaign, those of automations and group sends too: in the order of the new text, those
    that are gone behind it."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    """What becomes of those under way, by campaign; without those who have stayed behind before."""
    sends: Counter[WaitingSend] = field(default_factory=Counter)
    """Of sends whose windows or caps have changed, how many wait for them."""
    behind: dict[tuple[str, str], int] = field(default_factory=dict)
    """By campaign and version: how many have stayed behind before, and do still."""

    @property
    def stranded(self) -> int:
        """Of how many a person has yet to say what becomes of them."""
        return sum(sum(one.stranded.values()) for one in self.tallies.values())


def plan(
    base: Version, version: Version, old: Program, new: Program, answers: dict[str, list[Answer]]
) -> Plan:
    """A plan of which nothing has been looked at yet.  Raises Refusal."""
    found = Plan(base, version, old, new)
    for name in (*new.by_name, *(name for name in old.by_name if name not in new.by_name)):
        moves = Moves(old.by_name.get(name), new.by_name.get(name), answers.get(name, []))
        found.moves[name] = moves
        stay = any(one.to == "stay" for one in moves.answers)
        if stay and not moves.may_stay:
            raise Refusal(
                tr(
                    "an {automation} does not stay on an earlier version: let it finish, or go to"
                    " a step",
                    automation=name,
                )
            )
        if moves.has_changed and (stay or moves.new is None):
            new.keep(old, name)
    for kept, versions in base.kept.items():
        for one in versions:
            if (kept, one) in old.earlier and not _is_current(new, kept, one):
                new.keep(replace(old, by_name=old.by_name | {kept: old.earlier[kept, one]}), kept)
    return found


def _is_current(program: Program, name: str, version: str) -> bool:
    campaign = program.by_name.get(name)
    return campaign is not None and campaign.version == version


def look(found: Plan, store: Store, now: datetime) -> None:
    """Count what becomes of everyone under way; nothing is written.

    Raises Refusal where another version was applied meanwhile.
    """
    _move(found, store, now, save=False)
    _look_behind(found, store)
    current = applied(store)
    if current is None or current.number != found.base.number:
        raise Refusal(changed_meanwhile(current, found.base.number))


def apply(found: Plan, store: Store, now: datetime) -> Version:
    """Do it, in one transaction; gives the version as it was recorded.

    Raises Refusal where another version was applied meanwhile, and where a person has yet to say
    what becomes of someone: nothing has happened then.
    """
    with store.transaction():
        current = applied(store)
        if current is None or current.number != found.base.number:
            raise Refusal(changed_meanwhile(current, found.base.number))
        _move(found, store, now, save=True)
        if found.stranded:
            raise Refusal(
                tr("it is not said what becomes of those who stand at a step that is gone")
            )
        _look_behind(found, store)
        number = current.number + 1
        version = replace(
            found.version, number=number, before=current.number, at=now, kept=_kept(found)
        )
        record(store, found.new, now, version)
    return version


def changed_meanwhile(current: Version | None, known: int) -> Text:
    """That someone else was faster."""
    if current is None:
        return tr("nothing is applied yet")
    if current.number < known:
        return tr(
            "version {number} runs, and this was to follow version {known};"
            " `flow plan` shows what it means now",
            number=current.number, known=known,
        )  # fmt: skip
    by = tr(" by {who}", who=current.who) if current.who else ""
    return tr(
        "version {number} was applied{by} meanwhile, and this was to follow version {known};"
        " `flow plan` shows what it means now",
        number=current.number, by=by, known=known,
    )  # fmt: skip


def _move(found: Plan, store: Store, now: datetime, *, save: bool) -> None:
    """Take everyone under way to the new version, batch by batch."""
    states = MovingStates(found.old, found.new, found.moves)
    found.tallies, found.sends = {}, Counter()
    caps = {shared_caps.NAME: carried_over(store, found.old, found.new, now)}
    if save:
        store.save(Changes(values=caps))
    walked = states.moves.keys() | states.limited.keys()
    if not walked:
        return
    worker = Worker(found.new, store)
    worker.states = states
    after = 0
    rows = store.contacts([SYSTEM])
    while True:
        # Without those who are halted elsewhere: each comes when it is its turn.
        shared = store.shared()
        shared = replace(shared, halted={}, values=shared.values | caps)
        position = Position.read(shared.values.get(NAME))
        batch = worker.open(position, shared, (now, -math.inf))
        if batch.timeline.results is not None:
            batch.timeline.results.tells = False  # not all that is due may be done
        batch.take(rows)
        counted = {row.id for row in rows}
        _count(found.tallies, relocate(batch, states, store, now, counted))
        found.sends += reckon_sends(batch, states, now, counted)
        if save:
            worker.close(batch)
        rows = store.walk_runs(walked, (*UNDER_WAY, "held"), after, worker.batch)
        if not rows:
            return
        after = rows[-1].number


def _count(tallies: dict[str, Tally], more: dict[str, Tally]) -> None:
    for name, one in more.items():
        mine = tallies.setdefault(name, Tally())
        mine.standing += one.standing
        mine.at_once += one.at_once
        mine.later += one.later
        mine.again += one.again
        mine.not_sent += one.not_sent
        mine.stranded += one.stranded


def _look_behind(found: Plan, store: Store) -> None:
    """Count those who have stayed on earlier versions before."""
    known = {(name, one) for name, versions in found.base.kept.items() for one in versions}
    found.behind = {}
    for name, version, _, count in store.under_way():
        if (name, version) in known and not _is_current(found.new, name, version):
            found.behind[name, version] = found.behind.get((name, version), 0) + count


def _kept(found: Plan) -> dict[str, dict[str, int]]:
    """On which earlier versions someone is now."""
    kept: dict[str, dict[str, int]] = {}
    for name, version in found.behind:
        kept.setdefault(name, {})[version] = found.base.kept[name][version]
    for name, tally in found.tallies.items():
        moves = found.moves[name]
        stays = any(moves.answer(pc) == "stay" for pc in tally.standing)
        if stays and moves.old is not None:
            kept.setdefault(name, {})[moves.old.version] = found.base.number
    return kept


# ---------------------------------------------------------------------- what people say


def steps_by_name(moves: Moves, *, old: bool, as_written: bool = False) -> dict[str, int]:
    """The steps of a campaign by what people call them: by their text, and equal ones by a number
    behind it.  Those of the old version in the language of the new one, or `as_written`.
    """
    campaign = moves.old if old else moves.new
    other = moves.new if old and not as_written else None
    found: dict[str, int] = {}
    met: dict[str, int] = {}
    if campaign is None:
        return found
    # A group send has its turn and its send, which no statements of its own write.
    places = statements(campaign) if campaign.nodes else range(len(campaign.instructions))
    for pc in places:
        text = " ".join(step_text(campaign, pc, other).split())
        number = met[text] = met.get(text, 0) + 1
        found[text if number == 1 else f"{text} ({number})"] = pc
    return found


def read_answers(said: Iterable[str], old: Program, new: Program) -> dict[str, list[Answer]]:
    """What people say of those at steps that are gone: `CAMPAIGN: STEP=STEP`, `…=finish`,
    `…=stay`; `*` is every such step.  Raises Refusal.
    """
    found: dict[str, list[Answer]] = {}
    for text in said:
        name, answer = _read_answer(" ".join(text.split()), old, new)
        mine = found.setdefault(name, [])
        if any(one.step == answer.step and one.to != answer.to for one in mine):
            raise Refusal(
                tr("--move {text}: another --move says otherwise of the same step", text=text)
            )
        mine.append(answer)
    return found


def _read_answer(text: str, old: Program, new: Program) -> tuple[str, Answer]:
    for name in sorted(old.by_name, key=len, reverse=True):
        for spelt in (f"{name}:", f'"{name}":'):
            if text.startswith(spelt):
                moves = Moves(old.by_name[name], new.by_name.get(name))
                return name, _read_step(text, text[len(spelt) :].strip(), moves)
    raise Refusal(
        tr(
            "--move {text}: it begins with the name of a campaign that runs now, and a colon, as in"
            ' "Welcome: wait 2 days=finish"',
            text=text,
        )
    )


def _read_step(text: str, rest: str, moves: Moves) -> Answer:
    olds = steps_by_name(moves, old=True) | steps_by_name(moves, old=True, as_written=True)
    news = steps_by_name(moves, old=False)
    wrong = tr(
        "--move {text}: `{rest}` is no STEP=STEP, STEP=finish or STEP=stay", text=text, rest=rest
    )
    places = [place for place, letter in enumerate(rest) if letter == "="]
    for place in places:
        step, to = rest[:place].strip(), rest[place + 1 :].strip()
        if step != "*" and step not in olds:
            wrong = tr(
                '--move {text}: "{campaign}" has no step `{step}` in the version that runs; {hint}',
                text=text, campaign=moves.name, step=step,
                hint=did_you_mean(step, list(olds), all_at="flow plan"),
            )  # fmt: skip
            continue
        known = None if step == "*" else olds[step]
        if known is not None and not moves.asked(known):
            raise Refusal(
                tr(
                    "--move {text}: `{step}` is still there, and who stands at it stays there; only"
                    " steps that are gone, or stand in another block, can be spoken of",
                    text=text, step=step,
                )
            )  # fmt: skip
        fate = FATES.get(to)
        if fate is not None:
            return Answer(known, fate)
        if to in news:
            return Answer(known, news[to])
        wrong = tr(
            '--move {text}: "{campaign}" will have no step `{to}`; {hint}',
            text=text, campaign=moves.name, to=to, hint=did_you_mean(to, [*news, *FATES]),
        )  # fmt: skip
    raise Refusal(wrong)
