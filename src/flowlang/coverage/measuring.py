"""WAYS + WHAT WAS WALKED → COVERAGE, as figures, as data and as marks in a picture."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from flowlang.coverage.ways import BY_A_STEP, Key, Section, Way
from flowlang.program.program import Campaign, Program


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of some sections was walked."""

    sections: tuple[Section, ...]
    walked: AbstractSet[Key]

    def of(self, section: Section) -> int:
        """How many ways of a section were walked."""
        return sum(way.key in self.walked for way in section.ways)

    def missing(self) -> Iterator[tuple[Section, Way]]:
        """The ways that were not walked, in order."""
        for section in self.sections:
            for way in section.ways:
                if way.key not in self.walked:
                    yield section, way

    @property
    def ways(self) -> int:
        return sum(len(section.ways) for section in self.sections)

    @property
    def count(self) -> int:
        return sum(map(self.of, self.sections))

    @property
    def percent(self) -> float:
        return percent(self.count, self.ways)

    def data(self) -> dict[str, Any]:
        """The coverage as JSON data."""
        return {
            "percent": self.percent,
            "walked": self.count,
            "ways": self.ways,
            "campaigns": [self._section(section) for section in self.sections],
        }

    def _section(self, section: Section) -> dict[str, Any]:
        walked = self.of(section)
        return {
            "name": section.name,
            "kind": section.kind,
            "file": section.source.name,
            "percent": percent(walked, len(section.ways)),
            "walked": walked,
            "ways": len(section.ways),
            "not_walked": [
                {"line": way.line, "statement": way.statement, "way": way.key.label}
                for way in section.ways
                if way.key not in self.walked
            ],
        }


def percent(part: int, whole: int) -> float:
    """In percent, with one decimal, and 100 only for all of it; 100 where there is nothing."""
    if part == whole:
        return 100.0
    return min(99.9, round(100 * part / whole, 1))


@dataclass(frozen=True, slots=True)
class Marks:
    """What was walked of one campaign, for its picture."""

    program: Program
    campaign: Campaign
    walked: AbstractSet[Key]

    def start(self, number: int) -> bool:
        """Whether a start has been taken; a campaign without one is started by a step."""
        at = number if self.campaign.starts else BY_A_STEP
        return Key(self.campaign.name, "start", at) in self.walked

    def ending(self, number: int) -> bool:
        return Key(self.campaign.name, "ending", number) in self.walked

    def step(self, at: int) -> bool:
        """Whether anything has come of a step."""
        return any(self._outcome(at, label) for _, label in self._outcomes(at))

    def exit(self, at: int, target: int) -> bool:
        """Whether an exit of a step has been taken."""
        return any(self._outcome(at, label) for to, label in self._outcomes(at) if to == target)

    def _outcomes(self, at: int) -> list[tuple[int, str]]:
        return self.campaign.instructions[at].outcomes(at, self.program.names)

    def _outcome(self, at: int, label: str) -> bool:
        return Key(self.campaign.name, "step", at, label) in self.walked
