"""A version of the definitions as a store keeps it: its texts, who applied it, who stays behind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flowlang.stores.store import Store


@dataclass(frozen=True, slots=True)
class Version:
    """All that was applied in one piece.  Versions of a store are counted from 1."""

    files: dict[str, str] = field(default_factory=dict)
    """Texts by name, in the order in which they are read."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What of flow.toml gives them their meaning."""
    digest: str = ""
    """The same for the same meaning: another layout, language, comment or test changes nothing."""
    campaigns: dict[str, str] = field(default_factory=dict)
    """The version of each campaign by its name: the same as long as its own lines mean the same."""
    automations: dict[str, str] = field(default_factory=dict)
    number: int = 0
    """0 where it is not applied yet."""
    before: int = 0
    """The number of the version that it was applied upon; 0 for the first."""
    again: int = 0
    """The number of the earlier version whose texts it has, where that was applied again."""
    at: datetime | None = None
    who: str = ""
    moves: tuple[str, ...] = ()
    """What was said of those who stood at steps that are gone, as a person said it."""
    kept: dict[str, dict[str, int]] = field(default_factory=dict)
    """By campaign and its version: the number of the version on which some runs have stayed."""

    def same_texts(self, other: Version) -> bool:
        """Whether both were read from the same texts."""
        return (self.files, self.settings) == (other.files, other.settings)

    def write(self) -> str:
        """As JSON text."""
        data = {name: getattr(self, name) for name in self.__slots__}
        data["at"] = self.at.isoformat() if self.at else None
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Version:
        """From what `write` gave."""
        data = json.loads(text)
        data["at"] = datetime.fromisoformat(data["at"]) if data["at"] else None
        data["moves"] = tuple(data["moves"])
        return cls(**data)


def applied(store: Store, number: int | None = None) -> Version | None:
    """The version that was applied last, or one by its number; None where there is none."""
    text = store.program(number)
    return None if text is None else Version.read(text)
