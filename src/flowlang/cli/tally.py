"""The counts of a simulation as a table for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.cli.terminal import printable
from flowlang.intake.report import counted

_STATES = ("finished", "waiting", "halted", "waiting for restart", "stopped")


def tally(counts: dict[str, Any], zone: ZoneInfo) -> str:
    """All that happened, in a few small tables; what did not happen is left out."""
    contacts = counted(counts["contacts"], "contact", "contacts")
    start, end = (_local(counts[name], zone) for name in ("from", "until"))
    parts = [f"{contacts}, {start} to {end} ({zone.key})"]
    campaigns = {
        name: [row["started"], *(row[state] for state in _STATES)]
        for name, row in counts["campaigns"].items()
    }
    parts.append(_table("campaign", ["started", *_STATES], campaigns))
    messages = dict.fromkeys([*counts["sent"], *counts["skipped"], *counts["halted"]])
    sends = {
        name: [
            counts["sent"].get(name, 0),
            sum(counts["skipped"].get(name, {}).values()),
            counts["halted"].get(name, 0),
        ]
        for name in messages
    }
    parts.append(_table("message", ["sent", "skipped", "halted"], sends))
    reasons = {
        f"{name}: {reason}": [number]
        for name, why in counts["skipped"].items()
        for reason, number in why.items()
    }
    parts.append(_table("skipped because", ["times"], reasons))
    coupons = {
        name: [row["used"], row["left"], row["fallback"]] for name, row in counts["coupons"].items()
    }
    parts.append(_table("coupon list", ["used", "left", "text instead"], coupons))
    tags = {name: [number] for name, number in counts["tags"].items()}
    parts.append(_table("tag", ["contacts"], tags))
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(title: str, heads: list[str], rows: dict[str, list[int]]) -> str:
    if not rows:
        return ""
    shown = [[printable(name), *(f"{number:,}" for number in row)] for name, row in rows.items()]
    widths = [max(map(len, column)) for column in zip([title, *heads], *shown, strict=True)]
    lines = [
        "  ".join(
            [cells[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        )
        for cells in ([title, *heads], *shown)
    ]
    return "\n".join(lines)


def _local(stamp: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(zone):%Y-%m-%d %H:%M}"
