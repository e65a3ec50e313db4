"""A plan as JSON data, and the data as text for people: what `flow plan` and `flow apply` show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowlang.cli import terminal
from flowlang.engine import retelling
from flowlang.engine.planning import steps_by_name
from flowlang.program.step_changes import (
    about_in_words,
    effect_in_words,
    step_effect,
    step_in_words,
)
from flowlang.speech import Text, joined, tr, tr_n

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
        "from": _version(plan.base),
        "to": {"number": plan.base.number + 1, "digest": plan.version.digest},
        "same": plan.base.digest == plan.version.digest,
        "campaigns": campaigns,
        "others": [
            {"what": one.what, "text": one.text, "effect": one.effect}
            for one in changed
            if not one.what.startswith(("campaign ", "automation "))
        ],
        "behind": [
            {"campaign": name, "version": version, "contacts": count}
            for (name, version), count in plan.behind.items()
        ],
        "stranded": plan.stranded,
    }


def first(version: Version | None) -> Data:
    """The same where nothing was applied before: the first version, None where it is yet to be."""
    to = {"number": 1, "digest": version.digest if version else ""}
    return {
        "from": None, "to": to, "same": False, "campaigns": [], "others": [], "behind": [],
        "stranded": 0,
    }  # fmt: skip


def _is_told(plan: Plan, name: str, moves: Moves, changed: list[Change]) -> bool:
    """Whether there is something to say of a campaign; of a group send only who waits in it."""
    one = moves.old or moves.new
    if one is not None and one.group_send:
        return name in plan.tallies
    return moves.old is None or moves.has_changed or bool(_settings(name, changed))


def _version(version: Version) -> Data:
    found: Data = {"number": version.number, "digest": version.digest, "who": version.who}
    found["at"] = version.at.isoformat().replace("+00:00", "Z") if version.at else None
    if version.again:
        found["again"] = version.again
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
        "again": [
            {"message": message, "contacts": count}
            for message, count in sorted(tally.again.items())
        ] if tally else [],
    }  # fmt: skip
    if state == "new" and (like := _gone_with_its_steps(plan, moves)):
        found["renamed"] = like
    if paths is not None:
        found["paths"] = {
            "looked at": paths.looked_at, "of": found["under way"], "other": len(paths.parted),
            "examples": [_parting(one) for one in paths.parted[:_EXAMPLES]],
        }  # fmt: skip
    return found


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


# ---------------------------------------------------------------------- for people


def text(found: Data, zone: ZoneInfo) -> list[str]:
    """The lines of a plan, to be said in the language of the workspace."""
    lines: list[str] = [_head(found, zone)]
    for campaign in found["campaigns"]:
        lines += ["", *_campaign_lines(campaign, zone)]
    if found["others"]:
        lines += ["", tr("also")]
        lines += [
            tr("  {effect}: {what}: {text}", **one | {"effect": effect_in_words(one["effect"])})
            for one in found["others"]
        ]
    for one in found["behind"]:
        lines += ["", tr(
            '{who} of "{campaign}" stay on an earlier version of it ({version})',
            who=_contacts(one["contacts"]), campaign=one["campaign"], version=one["version"],
        )]  # fmt: skip
    if found["same"]:
        lines += ["", tr("Nothing changes for anyone: only the texts differ.")]
    elif found["stranded"]:
        # A contact in two campaigns has two runs.
        what = tr_n("{count:,} run", "{count:,} runs", found["stranded"])
        said = tr("{what} would be stranded: say with --move what becomes of them.", what=what)
        lines += ["", said]
    return lines


def _head(found: Data, zone: ZoneInfo) -> Text:
    base = found["from"]
    parts: list[str] = [tr("version {number} runs", number=base["number"])]
    if base["at"]:
        parts.append(tr(", applied {at}", at=_moment(base["at"], zone)))
    if base["who"]:
        parts.append(tr(" by {who}", who=base["who"]))
    if base.get("again"):
        parts.append(tr(" (version {number} again)", number=base["again"]))
    parts.append(tr("; this would be version {number}", number=found["to"]["number"]))
    return joined(parts, "")


def _campaign_lines(one: Data, zone: ZoneInfo) -> Iterator[str]:
    own = one["campaign"].endswith('"')
    name = one["campaign"] if own else tr('campaign "{name}"', name=one["campaign"])
    if one["is"] == "new":
        yield tr("{what} is new", what=name)
        if one.get("renamed"):
            yield tr(
                '  it has the steps of "{gone}", which is gone; a new name is a new campaign: who'
                ' went through "{gone}" may start it and get its messages again',
                gone=one["renamed"],
            )
        return
    who = _contacts(one["under way"])
    if one["is"] == "gone":
        yield tr("{what} is gone: {who} under way", what=name, who=who)
    else:
        yield tr("{what} changes: {who} under way", what=name, who=who)
    for line in one["settings"]:
        about = [tr(" ({about})", about=about_in_words(line["about"]))] if line["about"] else []
        yield joined(["  ", line["text"], *about], "")
    for step in one["steps"]:
        yield tr("  {text}  (line {line})", text=step["text"], line=step["line"])
        now, later = step.get("due at once", 0), step.get("due later", 0)
        if now or later:
            yield tr("    {now:,} due at once, {later:,} later", now=now, later=later)
    for row in one["standing"]:
        yield from _standing_lines(one["campaign"], row)
    for again in one["again"]:
        yield tr(
            '  {who} would get "{message}" again in this round',
            who=_contacts(again["contacts"]), message=again["message"],
        )  # fmt: skip
    if "paths" in one:
        yield from _path_lines(one["paths"], zone)


def _standing_lines(campaign: str, row: Data) -> Iterator[str]:
    who = tr("  {who} at `{step}`", who=_contacts(row["contacts"]), step=row["step"])
    becomes, at = row["becomes"], row.get("at", "")
    if becomes == "stands":
        yield tr("{who}: at `{at}` then", who=who, at=at) if at and at != row["step"] else who
    elif becomes == "goes on":
        yield tr("{who}: go on at `{at}`", who=who, at=at)
    elif becomes == "finish":
        yield tr("{who}: finish", who=who)
    elif becomes == "stay":
        yield tr("{who}: stay on this version until they are through", who=who)
    else:
        apart = row.get("found in another block")
        if apart:
            yield tr(
                "{who}: it stands in another block now, `{at}`. What becomes of them?",
                who=who, at=apart,
            )  # fmt: skip
        else:
            yield tr("{who}: it is gone. What becomes of them?", who=who)
        for answer in row["answers"]:
            to = apart if apart and answer == "STEP" else answer
            yield f"    --move '{campaign}: {row['step']}={to}'"


def _path_lines(paths: Data, zone: ZoneInfo) -> Iterator[str]:
    if not paths["other"]:
        looked = paths["looked at"]
        yield tr("  path: the same for all {count:,} that were replayed", count=looked)
        return
    yield tr(
        "  path: another one for {other:,} of {looked:,} that were replayed (of {of:,})",
        other=paths["other"], looked=paths["looked at"], of=paths["of"],
    )  # fmt: skip
    for one in paths["examples"]:
        yield tr(
            "    {contact}: {was}; it would have been: {instead}", contact=one["contact"],
            was=_told(one["was"], zone), instead=_told(one["instead"], zone),
        )  # fmt: skip


def _told(entry: Data | None, zone: ZoneInfo) -> str:
    if entry is None:
        return tr("nothing more")
    step = f"{entry['step']}: " if entry["step"] else ""
    what = retelling.status(entry["what"])
    return Text("{at} {step}{what}", {"at": _moment(entry["at"], zone), "step": step, "what": what})


def _moment(text: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"


def _contacts(count: int) -> Text:
    return tr_n("{count:,} contact", "{count:,} contacts", count)


def write(lines: list[str]) -> None:
    """Lines as data for people, in the language that is spoken."""
    terminal.write("".join(f"{terminal.told(terminal.printable(line))}\n" for line in lines))
