"""A plan as JSON data, as `flow plan` and `flow apply` write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flowlang.engine.moving import WaitingSend
from flowlang.engine.planning import steps_by_name
from flowlang.program.step_changes import step_effect, step_in_words

if TYPE_CHECKING:
    from flowlang.changes import Change
    from flowlang.contact import Entry
    from flowlang.engine.moves import Moves
    from flowlang.engine.moving import Tally
    from flowlang.engine.other_paths import Parting, Paths
    from flowlang.engine.planning import Plan
    from flowlang.engine.version import Version
    from flowlang.program.program import Campaign

_EXAMPLES = 3

Data = dict[str, Any]


def data(plan: Plan, changed: list[Change], paths: Mapping[str, Paths] | None = None) -> Data:
    """All that a plan says; `changed` is what else differs, `paths` what the replay found."""
    campaigns = [
        _campaign(plan, name, moves, changed, (paths or {}).get(name))
        for name, moves in plan.moves.items()
        if _is_told(plan, name, moves, changed)
    ]
    return {
        "from": version(plan.base),
        "to": {"number": plan.base.number + 1, "digest": plan.version.digest},
        "same": plan.base.digest == plan.version.digest,
        "campaigns": campaigns,
        "others": [
            {"what": one.what, "text": one.text, "effect": one.effect}
            for one in changed
            if not one.what.startswith(("campaign ", "automation "))
        ],
        "sends": [
            {
                "campaign": campaign,
                "message": message,
                "due at once": plan.sends[WaitingSend(campaign, message, True)],
                "due later": plan.sends[WaitingSend(campaign, message, False)],
            }
            for campaign, message in sorted({one[:2] for one in plan.sends})
        ],
        "behind": [
            {"campaign": name, "version": plan.base.kept[name][version], "contacts": count}
            for (name, version), count in plan.behind.items()
        ],
        "stranded": plan.stranded,
    }


def first(version: Version | None) -> Data:
    """The same where nothing was applied before: the first version, None where it is yet to be."""
    to = {"number": 1, "digest": version.digest if version else ""}
    return {
        "from": None, "to": to, "same": False, "campaigns": [], "others": [], "sends": [],
        "behind": [], "stranded": 0,
    }  # fmt: skip


def _is_told(plan: Plan, name: str, moves: Moves, changed: list[Change]) -> bool:
    """Whether there is something to say of a campaign; of a group send only who waits in it."""
    one = moves.old or moves.new
    if one is not None and one.group_send:
        return name in plan.tallies
    return (
        moves.old is None
        or moves.has_changed
        or any(one.effect != "cosmetic" for one in _settings(name, changed))
    )


def version(one: Version) -> Data:
    """A version that was applied: its number, when, by whom, and of which earlier one it has the
    texts.
    """
    found: Data = {"number": one.number, "digest": one.digest, "who": one.who}
    found["at"] = one.at.isoformat().replace("+00:00", "Z") if one.at else None
    if one.again:
        found["again"] = one.again
    return found


def _settings(name: str, changed: list[Change]) -> list[Change]:
    """What differs in a campaign besides its steps."""
    what = name if name.startswith("automation ") else f'campaign "{name}"'
    return [one for one in changed if one.what == what and not one.step]


def _campaign(
    plan: Plan, name: str, moves: Moves, changed: list[Change], paths: Paths | None
) -> Data:
    tally = plan.tallies.get(name)
    state = "new" if moves.old is None else "gone" if moves.new is None else "changed"
    found: Data = {
        "campaign": name, "is": state, "under way": tally.under_way if tally else 0,
        "steps": list(_steps(moves, tally)),
        "settings": [
            {"text": one.text, "effect": one.effect, "about": one.about}
            for one in _settings(name, changed)
            if one.text not in ("is new", "is gone")
        ],
        "standing": list(_standing(moves, tally)) if tally else [],
        "again": _by_message(tally.again) if tally else [],
        "not sent": _by_message(tally.not_sent) if tally else [],
    }  # fmt: skip
    if state == "new" and (like := _gone_with_its_steps(plan, moves)):
        found["renamed"] = like
    if paths is not None:
        found["paths"] = {
            "looked at": paths.looked_at, "of": found["under way"], "other": len(paths.parted),
            "examples": [_parting(one) for one in paths.parted[:_EXAMPLES]],
        }  # fmt: skip
    return found


def _by_message(counts: Mapping[str, int]) -> list[Data]:
    return [{"message": name, "contacts": count} for name, count in sorted(counts.items())]


def _gone_with_its_steps(plan: Plan, moves: Moves) -> str:
    """The campaign that is gone and had the steps that a new one has; empty where there is none."""
    steps = _step_ids(moves.new)
    gone = (one.old for one in plan.moves.values() if one.new is None)
    return next((one.name for one in gone if one and steps and _step_ids(one) == steps), "")


def _step_ids(campaign: Campaign | None) -> list[str]:
    return [one.where.id for one in campaign.instructions] if campaign is not None else []


def _steps(moves: Moves, tally: Tally | None) -> Iterator[Data]:
    difference = moves.difference
    for change in difference.changes if difference is not None else ():
        side = moves.old if change.new is None else moves.new
        assert side is not None
        assert difference is not None
        pc = change.old if change.new is None else change.new
        assert pc is not None
        row: Data = {
            "what": change.what, "text": step_in_words(difference, change),
            "line": side.instructions[pc].where.line, "effect": step_effect(difference, change)[0],
        }  # fmt: skip
        old = change.old
        if tally is not None and old is not None and moves.waits_otherwise(old):
            row |= {"due at once": tally.at_once[old], "due later": tally.later[old]}
        yield row


def _standing(moves: Moves, tally: Tally) -> Iterator[Data]:
    """Who stands where, and what becomes of them."""
    names = {pc: name for name, pc in steps_by_name(moves, old=True).items()}
    news = {pc: name for name, pc in steps_by_name(moves, old=False).items()}
    for pc, count in sorted(tally.standing.items(), key=lambda one: (one[0] is None, one[0])):
        answer, target = moves.answer(pc), moves.target(pc)
        row: Data = {
            "step": names.get(pc, "a step that was gone before") if pc is not None else "*",
            "contacts": count,
        }
        if answer is not None:
            row["becomes"] = answer if isinstance(answer, str) else "goes on"
            if isinstance(answer, int):
                row["at"] = news.get(answer, "")
        elif target is not None:
            row["becomes"] = "stands"
            row["at"] = news.get(target, "")
        else:
            row["becomes"] = None
            row["answers"] = [*(["STEP"] if moves.new else []), "finish"]
            if moves.may_stay:
                row["answers"].append("stay")
            apart = moves.difference.places.get(pc) if moves.difference and pc is not None else None
            if apart is not None:
                row["found in another block"] = news.get(apart, "")
        yield row


def _parting(one: Parting) -> Data:
    return {"contact": one.contact, "was": _entry(one.was), "instead": _entry(one.instead)}


def _entry(entry: Entry | None) -> Data | None:
    if entry is None:
        return None
    at = entry.at.isoformat().replace("+00:00", "Z")
    return {"at": at, "step": entry.step, "what": entry.what}
