"""How severe a rule is in a file: what flow.toml says (`settings`), else the rule itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from flowlang.rules.rule import Rule

Setting = Literal["error", "warning", "info", "off"]
SETTINGS: tuple[Setting, ...] = ("error", "warning", "info", "off")

EDITIONS = ("2026",)
"""Each freezes which rules are on; the last one holds where `preset` says none."""


@dataclass(slots=True)
class Severities:
    """What flow.toml says of rules."""

    preset: str = EDITIONS[-1]
    said: dict[str, dict[str, Setting]] = field(default_factory=dict)
    """By folder ("" for the workspace), by name of a rule or a family."""
    locked: frozenset[str] = frozenset()
    """Names of rules and families that no comment in a file can switch off."""

    def of(self, rule: Rule, folders: Iterable[str]) -> Setting:
        """How severe a rule is in a file; `folders` are those it stands in, the nearest first."""
        if rule.since > self.preset:
            return "off"
        return self.named(rule.name, rule.family, folders) or rule.severity

    def named(self, name: str, family: str, folders: Iterable[str]) -> Setting | None:
        """What is said of a rule, or of what is found without one; None where nothing is."""
        for folder in folders:
            said = self.said.get(folder, {})
            found = said.get(name) or said.get(family)
            if found:
                return found
        return None

    def is_locked(self, name: str, family: str) -> bool:
        return name in self.locked or family in self.locked

    @property
    def folders(self) -> list[str]:
        """The folders that something is said of."""
        return [folder for folder in self.said if folder]


def folders_of(path: PurePosixPath) -> list[str]:
    """The folders a file stands in, within the workspace, the nearest first, "" last."""
    return ["" if str(folder) == "." else str(folder) for folder in path.parents]
