"""A history as people and programs read it: one decision a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowlang.cli import terminal

if TYPE_CHECKING:
    from flowlang.contact import Entry


def write(entries: Iterable[Entry], zone: ZoneInfo, output_format: str) -> None:
    """Write decisions to standard output; JSON is one object a line."""
    from flowlang.engine.retelling import decision

    for one in entries:
        if output_format == "json":
            line = json.dumps(one.data(), ensure_ascii=False)
        else:
            told = terminal.told(decision(one))
            line = terminal.printable(f"{terminal.clock(one.at, zone)}  {told}")
        terminal.write(f"{line}\n")
