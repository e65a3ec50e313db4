"""What a check found, kept in a file until something that it hangs on has another content.

A workspace has one such file, in the user's cache folder.  It holds findings as JSON and no code,
so whoever wrote it can make a check say something wrong and nothing worse.  A file that is not as
it should be (cut short, of another version, not ours) is passed over, and one that cannot be
written is not: the check is only slower.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import astuple, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flowlang import digests, resources
from flowlang.discovery import SETTINGS, own_files
from flowlang.source import Diagnostic, Edit, Finding, Fix, Source, Span, Walk
from flowlang.speech import ENGLISH

_FOLDER = "check"
_KEPT_FOR = 30 * 86_400
"""Seconds after which what nobody has renewed is removed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found in one workspace."""

    files: tuple[str, ...]
    """The names of its own files, which were looked at."""
    findings: tuple[Finding, ...]
    inputs: tuple[Path, ...] = ()
    """What else it hangs on: texts of messages, modules; of some it matters only where they lie."""
    language: str = ENGLISH
    """In which its people are spoken to: `Workspace.language`."""
    channels: dict[str, str] = field(default_factory=dict)
    """By which its messages go, each with the name of a message that does."""


class Entry:
    """The place of one workspace in the cache, and the content that its files have now.

    So it is made before the workspace is read: what changes meanwhile is then not taken for what
    was checked.
    """

    def __init__(self, root: Path, files: list[Path] | None) -> None:
        folder = root if files is None else root.parent
        paths = own_files(folder) if files is None else files
        self.own = {str(path): digests.of_file(path) for path in paths}
        self.settings = digests.of_file(folder / SETTINGS) if files is None else ""
        # Findings name files as seen from the current folder.
        key = f"{root.absolute()}\n{root}\n{files is None}"
        self._name = f"{digests.of_bytes(os.fsencode(key))}.json"

    def recall(self) -> Outcome | None:
        """What was found when all was as it is now; None where that is not known."""
        folder = resources.kept()
        if folder is None or not all(self.own.values()):
            return None
        try:
            digest, _, data = (folder / _FOLDER / self._name).read_bytes().partition(b"\n")
            if digest != digests.of_bytes(data).encode():
                return None
            return self._decoded(json.loads(data))
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return None

    def keep(self, outcome: Outcome, inputs: dict[Path, str]) -> None:
        """Keep what was found; `inputs` are those of `workspace.Workspace`.

        Findings in a text that is in no file are not kept, for they could not be shown again.
        """
        folder = resources.kept()
        table = _Table()
        rows = [table.finding(finding) for finding in outcome.findings]
        known = {*self.own, *map(str, inputs)}
        if folder is None or any(path not in known for path, _, _ in table.sources):
            return
        data = {
            "program": digests.of_program(),
            "settings": self.settings,
            "own": self.own,
            "language": outcome.language,
            "channels": outcome.channels,
            "inputs": {str(path): digest for path, digest in inputs.items()},
            "sources": list(table.sources),
            "diagnostics": [astuple(one) for one in table.diagnostics],
            "findings": rows,
        }
        text = json.dumps(data, separators=(",", ":")).encode()
        _sweep(folder / _FOLDER)
        resources.keep(
            folder / _FOLDER / self._name, digests.of_bytes(text).encode() + b"\n" + text
        )

    def _decoded(self, raw: dict[str, Any]) -> Outcome | None:
        if (raw["program"], raw["settings"]) != (digests.of_program(), self.settings):
            return None
        if list(raw["own"].items()) != list(self.own.items()):
            return None
        inputs = {Path(path): digest for path, digest in raw["inputs"].items()}
        if not all(digests.is_as_before(path, digest) for path, digest in inputs.items()):
            return None
        return Outcome(
            tuple(self.own), _findings(raw), tuple(inputs), raw["language"], raw["channels"]
        )


class _Table:
    """Findings as rows of plain data; sources and diagnostics are named by their numbers."""

    def __init__(self) -> None:
        self.sources: dict[tuple[str, str, str], int] = {}
        self.diagnostics: dict[Diagnostic, int] = {}

    def finding(self, one: Finding) -> list[Any]:
        fix = one.fix
        return [
            self.diagnostics.setdefault(one.diagnostic, len(self.diagnostics)),
            self._span(one.span),
            one.message,
            one.hint,
            fix and [fix.safe, [[self._span(edit.span), edit.text] for edit in fix.edits]],
            [[self._span(span), sentence] for span, sentence in one.also],
            one.walk,
            one.test,
            one.home and self._span(one.home),
        ]

    def _span(self, span: Span) -> tuple[int, int, int]:
        source = span.source
        key = (str(source.path or ""), source.name, source.language)
        return self.sources.setdefault(key, len(self.sources)), span.start, span.end


def _findings(raw: dict[str, Any]) -> tuple[Finding, ...]:
    sources = [_source(Path(path), name, language) for path, name, language in raw["sources"]]
    diagnostics = [Diagnostic(*row) for row in raw["diagnostics"]]

    def span(row: list[int]) -> Span:
        return Span(sources[row[0]], row[1], row[2])

    def fix(row: list[Any] | None) -> Fix | None:
        if row is None:
            return None
        return Fix(tuple(Edit(span(at), text) for at, text in row[1]), row[0])

    return tuple(
        Finding(
            diagnostics[number], span(at), message, hint, fix(mend),
            tuple((span(other), sentence) for other, sentence in also),
            walk and Walk(*walk), test, home and span(home),
        )
        for number, at, message, hint, mend, also, walk, test, home in raw["findings"]
    )  # fmt: skip


def _source(path: Path, name: str, language: str) -> Source:
    found = Source(name, path.read_bytes().decode("utf-8", errors="replace"), path)
    found.language = language
    return found


@cache
def _sweep(folder: Path) -> None:
    """Once in a process: remove what belongs to workspaces that are gone, or to killed writers."""
    limit = time.time() - _KEPT_FOR
    try:
        for path in folder.iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
    except OSError:  # it is not there yet, or another process is at the same
        return
