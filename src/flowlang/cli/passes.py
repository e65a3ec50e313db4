"""What a pass of the engine did, in lines for the person who runs it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flowlang.cli import delivering, terminal
from flowlang.engine import retelling
from flowlang.speech import joined, tr, tr_n

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flowlang.engine.delivered import Delivered
    from flowlang.engine.pass_report import Report
    from flowlang.stores.store import Store

_SHOWN = 20
_HEAD = 10
"""Columns of what a line is about."""


def lines(
    report: Report, delivered: Delivered, store: Store, outbox: Path, zone: ZoneInfo
) -> list[str]:
    """What happened, in lines for a person: first what asks for attention, then the counts."""
    first = _refused(report, zone) + delivering.alarms(delivered)
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
        *delivering.told(delivered, outbox, queued),
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
    lines: list[str] = []
    for row, why in report.refused[:_SHOWN]:
        whom = tr(" for {contact}", contact=row.contact) if row.contact else ""
        at = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}"
        lines.append(
            tr(
                "refused: `{type}`{whom} at {moment}: {why}",
                type=row.type,
                whom=whom,
                moment=at,
                why=retelling.refusal(why),
            )
        )
    if len(report.refused) > _SHOWN:
        more = len(report.refused) - _SHOWN
        lines.append(tr("... and {count:,} more; `flow inbox` shows them", count=more))
    for row, why in report.moot[:_SHOWN]:
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


def _counted(counts: Counter[str]) -> str:
    return joined(
        tr("{name} {count:,}", name=name, count=count) for name, count in sorted(counts.items())
    )
