"""What a pass of the engine did, in lines for the person who runs it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flowlang.cli import paths, terminal
from flowlang.engine import retelling
from flowlang.speech import Text, joined, tr, tr_n

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flowlang.engine.delivered import Delivered
    from flowlang.engine.pass_report import Report
    from flowlang.stores.store import Store

_HEAD = 10
"""Columns of what a line is about."""


def lines(
    report: Report,
    delivered: Delivered,
    store: Store,
    outbox: Path,
    zone: ZoneInfo,
    now: datetime,
) -> list[str]:
    """What happened, in lines for a person: first what asks for attention, then the counts."""
    first = [*_refused(report, zone), *_undelivered(delivered)]
    spoken = terminal.spoken()
    queued = sum(count for _, status, count in store.open_letters() if status != "unknown")
    skipped = Counter(
        {
            f"{name}: {retelling.skipped(why, spoken)}": count
            for (name, why), count in report.skipped.items()
        }
    )
    halted = (
        tr_n("{name}: {count:,} waits", "{name}: {count:,} wait", count, name=name)
        for name, count in store.shared().halted.items()
    )
    standing: Counter[str] = Counter()
    for campaign, status, _, count in store.standing():
        if status in ("waiting", "waiting for restart"):
            standing[f"{campaign} {retelling.what(status, spoken)}"] += count
    refused = len(report.refused) + report.reactions
    applied = tr(
        "{applied:,} applied, {refused:,} refused", applied=report.applied, refused=refused
    )
    notices = report.notices + delivered.notices
    over = report.passed_over
    found: list[tuple[str, str]] = [
        (tr("arrivals"), applied),
        (tr("schedules"), tr("{count:,} missed ones passed over", count=over) if over else ""),
        (tr("sent"), _counted(report.sent)),
        (tr("skipped"), _counted(skipped)),
        (tr("halted"), joined(halted)),
        (tr("standing"), _counted(standing)),
        *_letters(delivered, outbox, queued, _keeps(store, delivered, now, zone)),
        (
            tr("inbox"),
            tr("{count:,} new; `flow inbox` shows them", count=notices) if notices else "",
        ),
    ]
    return first + [line(name, text) for name, text in found if text]


def line(name: str, text: str) -> str:
    """A text behind its headline."""
    return f"{terminal.told(name):<{_HEAD}} {terminal.told(text)}"


def _refused(report: Report, zone: ZoneInfo) -> list[str]:
    lines: list[str] = [
        tr(
            "refused: `{type}`{whom} at {moment}: {why}",
            type=row.type,
            whom=tr(" for {contact}", contact=row.contact) if row.contact else "",
            moment=terminal.clock(row.at, zone),
            why=retelling.refusal(why),
        )
        for row, why in report.refused[: terminal.SHOWN]
    ]
    lines += _others(len(report.refused))
    for row, why in report.moot[: terminal.SHOWN]:
        lines.append(tr("nothing to {verb}: {why}", verb=row.type, why=retelling.refusal(why)))
    if report.reactions:
        lines.append(
            tr(
                "refused: {count:,} openings or clicks: the message was never sent there,"
                " or the contact is gone",
                count=report.reactions,
            )
        )
    return lines


def _undelivered(delivered: Delivered) -> list[str]:
    down = (
        tr("{place} takes nothing now: {why}; what waits is tried again", place=place, why=why)
        for place, why in delivered.down.items()
    )
    return [*delivered.failed[: terminal.SHOWN], *_others(len(delivered.failed)), *down]


def _others(count: int) -> list[Text]:
    """That there are more than those that are shown."""
    more = count - terminal.SHOWN
    return [tr("... and {count:,} more; `flow inbox` shows them", count=more)] if more > 0 else []


def _keeps(store: Store, delivered: Delivered, now: datetime, zone: ZoneInfo) -> str:
    """What keeps the most of those letters that wait and were not tried in this pass, and until
    when the first of them; empty where nothing does.
    """
    left = [(count - delivered.retried[why], why, at) for why, count, at in store.held_letters(now)]
    count, why, at = max(left, key=lambda one: one[0], default=(0, "", now))
    if count <= 0:
        return ""
    told = retelling.letter(why, terminal.spoken())
    until = tr("until {moment}", moment=terminal.clock(at, zone))
    return joined((told, until), "; ") if told else until


def _letters(delivered: Delivered, folder: Path, queued: int, keeps: str) -> list[tuple[str, str]]:
    """What became of the letters, in words by headline; empty ones are not worth a line.

    `queued`: so many wait now, those that were tried among them; `keeps`: why the others do.
    """
    places = Counter(
        {
            str(paths.nearby(folder)) if place == str(folder) else place: count
            for place, count in delivered.places.items()
        }
    )
    retried = sum(delivered.retried.values())
    why = max(delivered.retried, key=lambda one: delivered.retried[one], default="")
    arrived = (
        tr("{count:,} to {place}", count=count, place=place)
        for place, count in sorted(places.items())
    )
    later: str = tr_n("{count:,} is tried again later", "{count:,} are tried again later", retried)
    if why:
        later = tr("{told} ({why})", told=later, why=retelling.letter(why, terminal.spoken()))
    nobody = tr("{count:,}: nobody is there, and nothing more goes there", count=delivered.bounced)
    unsure = tr("{count:,} may have gone out or not", count=delivered.unknown)
    others = queued - retried - len(delivered.rated)
    waiting: str = tr_n("{count:,} waits to go out", "{count:,} wait to go out", others)
    if keeps:
        waiting = tr("{told} ({why})", told=waiting, why=keeps)
    turn = tr("{count:,} wait for their turn", count=len(delivered.rated))
    return [
        (tr("delivered"), joined(arrived)),
        (tr("bounced"), nobody if delivered.bounced else ""),
        (tr("delayed"), later if retried else ""),
        (tr("rate"), turn if delivered.rated else ""),
        (tr("queued"), waiting if others > 0 else ""),
        (tr("unknown"), unsure if delivered.unknown else ""),
    ]


def _counted(counts: Counter[str]) -> str:
    return joined(
        tr("{name} {count:,}", name=name, count=count) for name, count in sorted(counts.items())
    )
