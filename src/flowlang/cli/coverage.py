"""What the tests of workspaces walk: measured while they run, told as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowlang.cli import terminal
from flowlang.coverage.measuring import Coverage, percent
from flowlang.coverage.recording import Recorder
from flowlang.coverage.suggesting import Suggested, suggest
from flowlang.coverage.ways import sections
from flowlang.speech import tr, tr_n

if TYPE_CHECKING:
    from flowlang.program.program import Program
    from flowlang.workspace import Workspace

Codes = dict[str, tuple[str, ...]]


@dataclass(slots=True)
class Measured:
    """A workspace whose tests are listened to."""

    workspace: Workspace
    program: Program
    recorder: Recorder

    @classmethod
    def of(cls, workspace: Workspace, program: Program) -> Measured:
        return cls(workspace, program, Recorder(program))

    @property
    def coverage(self) -> Coverage:
        """What was walked so far, of what is in the files of the workspace."""
        own = {parsed.source for parsed in self.workspace.files}
        return Coverage(tuple(sections(self.program, own)), self.recorder.walked)

    def suggest(self, codes: Codes, seed: int) -> Suggested:
        """Tests for what was not walked, in the language of the first file."""
        language = next((parsed.language for parsed in self.workspace.files), "en")
        return suggest(self.coverage, self.program, codes, language, seed)


def total(found: Sequence[Coverage]) -> float:
    """What was walked of all, in percent."""
    return percent(sum(one.count for one in found), sum(one.ways for one in found))


def as_data(found: Sequence[Coverage]) -> dict[str, Any]:
    """The coverage of all workspaces as JSON data."""
    campaigns = [section for one in found for section in one.data()["campaigns"]]
    walked, ways = sum(one.count for one in found), sum(one.ways for one in found)
    return {"percent": total(found), "walked": walked, "ways": ways, "campaigns": campaigns}


def as_text(found: Sequence[Coverage]) -> str:
    """A line for each campaign, below it each way that was not walked, and the sum."""
    ways = sum(one.ways for one in found)
    lines = [line for one in found for line in _told(one)]
    walked = tr_n(
        "{percent:g}% of {count:,} way walked", "{percent:g}% of {count:,} ways walked", ways,
        percent=total(found),
    )  # fmt: skip
    return "\n".join([*lines, "", terminal.told(walked), ""])


def _told(coverage: Coverage) -> Iterator[str]:
    file = ""
    for section in coverage.sections:
        if section.source.name != file:
            file = section.source.name
            yield file
        walked, ways = coverage.of(section), len(section.ways)
        name = f'"{section.name}"'
        if section.kind == "automation":
            name = terminal.told(tr("automation {name}", name=name))
        count = terminal.told(tr("{done:,} of {of:,}", done=walked, of=ways))
        yield f"  {percent(walked, ways):5g}%  {count}  {name}"
        for way in section.ways:
            if way.key not in coverage.walked:
                yield f"{way.line:>13}  {terminal.told(tr('not walked: {way}', way=way.told))}"


def left_as_text(suggested: Suggested) -> Iterator[str]:
    """The ways that no test was found for."""
    for section, way in suggested.left:
        place = f"{section.source.name}:{way.line}"
        yield tr("{place}: no test found, it may be unreachable: {way}", place=place, way=way.told)


def suggested_as_data(suggested: Suggested) -> dict[str, Any]:
    """The tests and what is left, as JSON data."""
    return {
        "text": suggested.text,
        "tests": [
            {"name": one.name, "line": one.way.line, "way": one.way.words}
            for one in suggested.tests
        ],
        "not_found": [
            {
                "file": section.source.name, "line": way.line,
                "statement": way.statement, "way": way.key.label,
            }
            for section, way in suggested.left
        ],
    }  # fmt: skip
