"""What the checker and the rules say of a workspace, and what of it outlives a key press."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flowlang.rules import registry
from flowlang.source import Finding, Source, Span
from flowlang.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say of a workspace at one moment."""

    workspace: Workspace
    revision: int
    mistakes: tuple[Finding, ...]
    """What the checker found, in order."""
    seconds: float
    """Of processor time that the check took, once all was parsed."""
    judged: tuple[Finding, ...] | None = None
    """What `flow check` shows, once the rules have had their say."""
    unusable: tuple[tuple[Path, str], ...] = ()
    """Settings that could not be read, each with the reason; the last good ones stand in."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What can be shown.

        Before the rules have had their say, only what no setting and no comment can take away.
        """
        return self.certain if self.judged is None else self.judged

    @property
    def certain(self) -> tuple[Finding, ...]:
        """The mistakes that cannot be switched off, allowed or forgiven."""
        return tuple(one for one in self.mistakes if one.diagnostic.name not in registry.OTHERS)

    def findings_in(self, source: Source) -> list[Finding]:
        """What can be shown of one text, in order."""
        return [one for one in self.findings if same_text(one.span.source, source)]


def same_text(one: Source, other: Source) -> bool:
    """Whether two sources are one text, perhaps at different moments."""
    if one.path is not None or other.path is not None:
        return one.path == other.path
    return one.name == other.name


def carried(findings: list[Finding], old: Source, new: Source) -> list[Finding]:
    """The findings of an older text that are about lines which still stand in the new one.

    Lines before the first change stay, lines behind the last one move; what lies between is gone.
    """
    before, after = old.text.split("\n"), new.text.split("\n")
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    tail = 0
    while tail < min(len(before), len(after)) - same and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    kept: list[Finding] = []
    shift = len(new.text) - len(old.text)
    for finding in findings:
        first = old.position(finding.span.start)[0]
        last = old.position(finding.span.end)[0]
        if last <= same or first > len(before) - tail:
            move = 0 if last <= same else shift
            span = Span(new, finding.span.start + move, finding.span.end + move)
            kept.append(Finding(finding.diagnostic, span, finding.message, finding.hint))
    return kept
