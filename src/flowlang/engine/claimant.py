"""Who has claimed something: a process of this machine, so that the next one can tell at once
whether it still lives.

Where that cannot be told (another machine, another container, no Linux), a lease has to run out.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from secrets import token_hex

_PROC = Path("/proc")
_ALONE = "a process"
"""Of a machine that says nothing of its processes."""


def me() -> str:
    """The name of this process, as it signs what it claims."""
    machine, started = _machine(), _started(os.getpid())
    return f"{machine} {os.getpid()} {started}" if machine and started else _ALONE


def one_of_mine() -> str:
    """The name of one of those in this process that claim, which no other has."""
    return f"{me()} {token_hex(8)}"


def is_gone(claimant: str) -> bool:
    """Whether the process of a claimant has ended for certain."""
    match claimant.split(" "):
        case [machine, number, started, *_] if machine and machine == _machine():
            return _started(int(number)) != started
    return False


@cache
def _machine() -> str:
    """The boot of this machine, and its space of process numbers; empty where nobody tells."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = (_PROC / "self/ns/pid").readlink()
    except OSError:
        return ""
    return f"{boot}/{space}"


def _started(number: int) -> str:
    """When a process was started, in ticks since the boot; empty where there is none, or only what
    is left of one that has ended.
    """
    try:
        # The name in brackets may hold anything; what follows the last bracket is numbers.
        stat = (_PROC / str(number) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
