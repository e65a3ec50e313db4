"""What a pass of the engine did, in lines for the person who runs it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flowlang.cli import paths, terminal
from flowlang.engine import retelling
from flowlang.engine.outages import waiting
from flowlang.speech import Text, in_language, joined, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flowlang.engine.delivered import Delivered
    from flowlang.engine.pass_report import Report
    from flowlang.stores.rows import Waiting
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
    left = queued - delivered.retried.total() - len(delivered.rated)
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
            name = in_language(retelling.whose(campaign), spoken)
            standing[f"{name} {retelling.what(status, spoken)}"] += count
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
        *_letters(delivered, outbox),
        (tr("queued"), _queued(left, delivered, waiting(store, now), zone) if left > 0 else ""),
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
        tr(
            "{place} takes nothing now: {why}; what waits is tried again",
            place=place,
            why=retelling.letter(why, terminal.spoken()),
        )
        for place, why in delivered.down.items()
    )
    return [*delivered.failed[: terminal.SHOWN], *_others(len(delivered.failed)), *down]


def _others(count: int) -> list[Text]:
    """That there are more than those that are shown."""
    more = count - terminal.SHOWN
    return [tr("... and {count:,} more; `flow inbox` shows them", count=more)] if more > 0 else []


def _queued(count: int, delivered: Delivered, held: Sequence[Waiting], zone: ZoneInfo) -> str:
    """How many letters wait that were not tried in this pass, and how many of them may not go yet,
    with the most frequent reason.
    """
    told: str = tr_n("{count:,} waits to go out", "{count:,} wait to go out", count)
    later = {
        one.reason: (one.letters - delivered.retried[one.reason], one.first)
        for one in held
        if not (delivered.rated and one.rated)  # these have a line of their own
    }
    reasons = Counter({why: number for why, (number, _) in later.items() if number > 0})
    if not reasons:
        return told
    moment = terminal.clock(min(later[why][1] for why in reasons), zone)
    until: str = tr("not before {moment}", moment=moment)
    if reasons.total() < count:
        until = tr("{count:,} of them {until}", count=reasons.total(), until=until)
    return joined((told, _because(until, reasons)))


def _because(told: str, reasons: Counter[str]) -> str:
    """What is told of some letters, with the reason that most of them have."""
    (why, _), *others = reasons.most_common()
    because = retelling.letter(why, terminal.spoken())
    if not because:
        return told
    if others:
        return tr("{told} (most often: {why})", told=told, why=because)
    return tr("{told} ({why})", told=told, why=because)


def _letters(delivered: Delivered, folder: Path) -> list[tuple[str, str]]:
    """What became of the letters that were tried, in words by headline; empty ones are not worth a
    line.
    """
    places = Counter(
        {
            str(paths.nearby(folder)) if place == str(folder) else place: count
            for place, count in delivered.places.items()
        }
    )
    retried = delivered.retried.total()
    arrived = (
        tr("{count:,} to {place}", count=count, place=place)
        for place, count in sorted(places.items())
    )
    later: str = tr_n("{count:,} is tried again later", "{count:,} are tried again later", retried)
    nobody = tr("{count:,}: nobody is there, and nothing more goes there", count=delivered.bounced)
    unsure = tr("{count:,} may have gone out or not", count=delivered.unknown)
    turn = tr("{count:,} wait for their turn", count=len(delivered.rated))
    return [
        (tr("delivered"), joined(arrived)),
        (tr("bounced"), nobody if delivered.bounced else ""),
        (tr("delayed"), _because(later, delivered.retried) if retried else ""),
        (tr("rate"), turn if delivered.rated else ""),
        (tr("unknown"), unsure if delivered.unknown else ""),
    ]


def _counted(counts: Counter[str]) -> str:
    return joined(
        tr("{name} {count:,}", name=name, count=count) for name, count in sorted(counts.items())
    )
