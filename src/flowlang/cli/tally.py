"""The counts of a simulation as a table for people."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flowlang.cli.terminal import clock, printable, spoken, told
from flowlang.engine import retelling
from flowlang.speech import tr, tr_n

_STATES = ("finished", "waiting", "halted", "waiting for restart", "stopped")
_REASONS, _LISTS = tr("skipped because"), tr("coupon list")


def tally(counts: dict[str, Any], zone: ZoneInfo) -> str:
    """All that happened, in a few small tables; what did not happen is left out."""
    contacts = tr_n("{count:,} contact", "{count:,} contacts", counts["contacts"])
    start, end = (clock(counts[name], zone) for name in ("from", "until"))
    span = tr(
        "{contacts}, {start} to {end} ({zone})",
        contacts=contacts, start=start, end=end, zone=zone.key,
    )  # fmt: skip
    parts = [told(span)]
    campaigns = {
        name: [row["started"], *(row[state] for state in _STATES)]
        for name, row in counts["campaigns"].items()
    }
    states = [retelling.status(state) for state in ("started", *_STATES)]
    parts.append(_table(tr("campaign"), states, campaigns))
    messages = dict.fromkeys([*counts["sent"], *counts["skipped"], *counts["halted"]])
    sends = {
        name: [
            counts["sent"].get(name, 0),
            sum(counts["skipped"].get(name, {}).values()),
            counts["halted"].get(name, 0),
        ]
        for name in messages
    }
    parts.append(_table(tr("message"), [tr("sent"), tr("skipped"), tr("halted")], sends))
    reasons = {
        f"{name}: {retelling.skipped(reason, spoken())}": [number]
        for name, why in counts["skipped"].items()
        for reason, number in why.items()
    }
    parts.append(_table(_REASONS, [tr("times")], reasons))
    coupons = {
        name: [row["used"], row["left"], row["fallback"]] for name, row in counts["coupons"].items()
    }
    parts.append(_table(_LISTS, [tr("used"), tr("left"), tr("text instead")], coupons))
    tags = {name: [number] for name, number in counts["tags"].items()}
    parts.append(_table(tr("tag"), [tr("contacts")], tags))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(title: str, heads: list[str], rows: dict[str, list[int]]) -> str:
    if not rows:
        return ""
    titles = [told(text) for text in (title, *heads)]
    shown = [
        [printable(name), *(told(tr("{count:,}", count=number)) for number in row)]
        for name, row in rows.items()
    ]
    widths = [max(map(len, column)) for column in zip(titles, *shown, strict=True)]
    lines = [
        "  ".join(
            [cells[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        )
        for cells in (titles, *shown)
    ]
    return "\n".join(lines)
