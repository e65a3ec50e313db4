"""FINDINGS → MENDED TEXTS: the fixes, applied until none is left, then written or shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flowlang.cache import Outcome
from flowlang.cli import files, terminal
from flowlang.cli.checking import Target, load
from flowlang.source import Edit, Finding, Findings, edited, touching
from flowlang.speech import Text, tr, tr_n
from flowlang.syntax import keywords
from flowlang.syntax.reading import decode

MAX_ROUNDS = 10
"""A fix can uncover the next; that this ends is not left to chance."""


@dataclass(slots=True)
class Mended:
    """A file before and after, and how many fixes lie between."""

    path: Path
    within: Path
    """The folder that may not be written out of."""
    before: str
    after: str
    fixes: int

    def may_be_written(self) -> bool:
        """Whether `write` would; if not, that is told."""
        return files.may_write(self.path, self.within)

    def write(self) -> bool:
        """Write the file; False where it is told why it is not.  Raises OSError."""
        now = decode(self.path.read_bytes(), str(self.path), Findings())
        if now.text != self.before:
            terminal.talk(
                tr("{path}: has changed meanwhile, so it is left as it is", path=self.path)
            )
            return False
        return files.write(self.path, self.after, self.within)


def mended(checked: Iterable[tuple[Target, Outcome]], *, unsafe: bool) -> list[Mended]:
    """What becomes of the files of workspaces, in order; nothing is written.

    Only the safe fixes are applied, or all.  Modules that a workspace uses stay as they are.
    """
    return [one for target, outcome in checked for one in _mended(target, outcome, unsafe)]


def _mended(target: Target, outcome: Outcome, unsafe: bool) -> list[Mended]:
    done: dict[Path, Mended] = {}
    findings: Iterable[Finding] = outcome.findings
    for _ in range(MAX_ROUNDS):
        changed = False
        for path, (text, edits, count) in _chosen(findings, set(outcome.files), unsafe).items():
            one = done.setdefault(path, Mended(path, target.folder, text, text, 0))
            one.after = edited(text, edits)
            one.fixes += count
            changed = changed or one.after != text
        if not changed:
            break
        findings = load(target, {path: one.after for path, one in done.items()}).findings.found
    return [done[path] for path in sorted(done) if done[path].before != done[path].after]


def languages(done: list[Mended]) -> set[str]:
    """The languages that the mended files name in their first lines."""
    named = (keywords.language_line(one.after) for one in done)
    return {one[0] for one in named if one is not None} & {*keywords.languages()}


def told(done: list[Mended]) -> Text:
    """What was mended, in one line."""
    count = sum(one.fixes for one in done)
    return tr(
        "{fixes} applied in {files}: {names}",
        fixes=tr_n("{count} fix", "{count} fixes", count),
        files=tr_n("{count} file", "{count} files", len(done)),
        names=", ".join(str(one.path) for one in done),
    )


def _chosen(
    findings: Iterable[Finding], own: set[str], unsafe: bool
) -> dict[Path, tuple[str, list[Edit], int]]:
    """What can be applied to each file at once: fixes whose edits touch no other's."""
    chosen: dict[Path, tuple[str, list[Edit], int]] = {}
    for finding in sorted(findings, key=lambda one: one.order):
        fix = finding.fix
        if fix is None or not fix.edits or not (fix.safe or unsafe):
            continue
        source = fix.edits[0].span.source
        path = source.path
        if path is None or str(path) not in own:
            continue
        if any(edit.span.source.path != path for edit in fix.edits):
            continue
        _, edits, count = chosen.get(path, ("", [], 0))
        if not any(touching(one, other) for one in fix.edits for other in edits):
            chosen[path] = (source.text, [*edits, *fix.edits], count + 1)
    return chosen
