"""A plan for people, out of its data: what becomes of whom, campaign by campaign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowlang.cli import terminal
from flowlang.engine import retelling
from flowlang.program.step_changes import about_in_words, effect_in_words
from flowlang.speech import Text, joined, tr, tr_n

if TYPE_CHECKING:
    from flowlang.cli.plan_data import Data


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
    for one in found["sends"]:
        lines += ["", tr(
            '"{message}" by "{campaign}" waits for its window or a cap: {now:,} due at once,'
            " {later:,} later",
            message=one["message"], campaign=one["campaign"], now=one["due at once"],
            later=one["due later"],
        )]  # fmt: skip
    for one in found["behind"]:
        lines += ["", tr(
            '{who} of "{campaign}" stay on version {number}',
            who=_contacts(one["contacts"]), campaign=one["campaign"], number=one["version"],
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
    runs = tr("version {number} runs", number=base["number"])
    to_be = tr("; this would be version {number}", number=found["to"]["number"])
    return joined((runs, came(base, zone), to_be), "")


def came(version: Data, zone: ZoneInfo) -> Text:
    """When a version was applied and by whom, to be said behind its number."""
    parts: list[str] = []
    if version["at"]:
        parts.append(tr(", applied {at}", at=terminal.clock(version["at"], zone)))
    if version["who"]:
        parts.append(tr(" by {who}", who=version["who"]))
    if version.get("again"):
        parts.append(tr(" (version {number} again)", number=version["again"]))
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
    for missed in one["not sent"]:
        yield tr(
            '  {who} would not get "{message}" any more in this round',
            who=_contacts(missed["contacts"]), message=missed["message"],
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
    at = terminal.clock(entry["at"], zone)
    return Text("{at} {step}{what}", {"at": at, "step": step, "what": what})


def _contacts(count: int) -> Text:
    return tr_n("{count:,} contact", "{count:,} contacts", count)


def write(lines: list[str]) -> None:
    """Lines as data for people, in the language that is spoken."""
    terminal.write("".join(f"{terminal.printable(line)}\n" for line in lines))
