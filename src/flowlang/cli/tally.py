"""The counts of a simulation as a table for people."""

from __future__ import annotations

from typing import Any

from flowlang.cli.terminal import printable

_STATES = ("finished", "waiting", "halted", "waiting for restart", "stopped")


def tally(counts: dict[str, Any]) -> str:
    """All that happened, in a few small tables; what did not happen is left out."""
    parts = [f"{counts['contacts']:,} contacts, {_day(counts['from'])} to {_day(counts['until'])}"]
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


def _day(stamp: str) -> str:
    return stamp[:16].replace("T", " ")
