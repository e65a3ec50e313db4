"""FINDINGS → MENDED FILES: the safe fixes, applied until none is left."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from flowlang import workspace as workspaces
from flowlang.cli import files
from flowlang.source import Edit, Source
from flowlang.workspace import Workspace

MAX_ROUNDS = 10
"""A fix can uncover the next; that this ends is not left to chance."""


def mend(loaded: list[Workspace]) -> Counter[Path]:
    """Apply the safe fixes to the files of workspaces; how many were applied to each file.

    Only files of the workspaces themselves are written, never modules that they use.
    """
    done: Counter[Path] = Counter()
    for workspace in loaded:
        current = workspace
        for _ in range(MAX_ROUNDS):
            if not (applied := _round(current)):
                break
            done += applied
            single = None if (workspace.root / "flow.toml").is_file() else _paths(workspace)
            current = workspaces.load(workspace.root, single)
    return done


def told(done: Counter[Path]) -> str:
    """What was mended, in one line."""
    count = done.total()
    fixes = "1 fix" if count == 1 else f"{count} fixes"
    where = "1 file" if len(done) == 1 else f"{len(done)} files"
    return f"{fixes} applied in {where}: {', '.join(str(path) for path in sorted(done))}"


def _round(workspace: Workspace) -> Counter[Path]:
    """Apply what can be applied at once: fixes whose edits touch no other's."""
    own = {id(parsed.source) for parsed in workspace.files}
    chosen: dict[int, tuple[Path, Source, list[Edit], int]] = {}
    for finding in workspace.findings.in_order():
        fix = finding.fix
        if fix is None or not fix.safe or not fix.edits:
            continue
        sources = {id(edit.span.source) for edit in fix.edits}
        source = fix.edits[0].span.source
        if len(sources) != 1 or id(source) not in own or source.path is None:
            continue
        _, _, edits, count = chosen.get(id(source), (source.path, source, [], 0))
        if not any(_touch(one, other) for one in fix.edits for other in edits):
            chosen[id(source)] = (source.path, source, [*edits, *fix.edits], count + 1)
    applied: Counter[Path] = Counter()
    for path, source, edits, count in chosen.values():
        text = source.text
        for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        if text != source.text and files.write(path, text, within=workspace.root):
            applied[path] += count
    return applied


def _touch(one: Edit, other: Edit) -> bool:
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def _paths(workspace: Workspace) -> list[Path]:
    return [parsed.source.path for parsed in workspace.files if parsed.source.path]
