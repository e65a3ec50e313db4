"""Caps over all contacts: what counts for each of them, in the world and as a store keeps it.

A cap is known by its words, so other lines beside it change nothing.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flowlang.check.names import Cap
from flowlang.program.program import Program

NAME = "caps"
"""Under which name the store keeps what counts."""

CapName = tuple[str, str]
"""Of a cap: its policy, and its words."""
Counting = Mapping[CapName, Collection[datetime]]
"""When messages went out that caps count, oldest first."""


@dataclass(frozen=True, slots=True)
class SharedCap:
    """A cap over all contacts, of a policy."""

    policy: str
    cap: Cap

    @property
    def name(self) -> CapName:
        return name_of(self.policy, self.cap)

    def counts(self, kind: str, under: Collection[str]) -> bool:
        """Whether it counts a message of a kind that goes out under some policies."""
        if self.cap.marketing_only and kind != "marketing":
            return False
        return not self.cap.of_this_policy or self.policy in under


def name_of(policy: str, cap: Cap) -> CapName:
    """The name of a cap, the same in every language and layout; what it does when it is full is
    left out.
    """
    kind = "marketing " if cap.marketing_only else ""
    whose = "of this policy " if cap.of_this_policy else ""
    return policy, f"{cap.amount} {kind}{whose}per {cap.per}"


def shared_caps(program: Program) -> dict[CapName, SharedCap]:
    """The caps over all contacts of a program, in the order of its policies."""
    every = [
        SharedCap(policy.name, cap)
        for policy in program.names.policies.values()
        for cap in policy.caps
        if cap.in_all
    ]
    return {one.name: one for one in every}


# ---------------------------------------------------------------------- as a store keeps it


def read(text: str | None, program: Program) -> dict[CapName, deque[datetime]]:
    """What counts, out of a store in which this program has run."""
    found = {}
    for policy, which, moments in json.loads(text or "[]"):
        words = _words(program, policy, which) if isinstance(which, int) else which
        if words is not None:
            found[policy, words] = deque(map(datetime.fromisoformat, moments))
    return found


def _words(program: Program, policy: str, index: int) -> str | None:
    """The words of a cap that an earlier program knew by its place in its policy."""
    known = program.names.policies.get(policy)
    caps = known.caps[index : index + 1] if known is not None else []
    return name_of(policy, caps[0])[1] if caps and caps[0].in_all else None


def write(counting: Counting, known: Mapping[CapName, SharedCap]) -> str:
    """The same as JSON text: of each cap no more than decides when it frees."""
    kept = [
        [*name, [at.isoformat() for at in list(moments)[-max(known[name].cap.amount, 1) :]]]
        for name, moments in counting.items()
        if name in known
    ]
    return json.dumps(kept, ensure_ascii=False)
