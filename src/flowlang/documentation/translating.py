"""A workspace in one language: what was written in another one is translated by the formatter."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flowlang.source import Findings, Source
from flowlang.syntax.format import FormatError, format_source
from flowlang.syntax.parser import Parsed, parse
from flowlang.workspace import Disk, Workspace, check


def in_language(workspace: Workspace, language: str) -> Workspace:
    """The same workspace with all its statements in a language; names and texts stay.

    A file that cannot be translated, because a name in it is a word of that language, stays as it
    is.
    """
    if set(workspace.languages.values()) <= {language}:
        return workspace
    findings = Findings()
    found = Workspace(workspace.root, workspace.settings, findings)
    found.files = [_translated(parsed, language, findings) for parsed in workspace.files]
    found.disk = _Translating(language, workspace.disk)
    check(found, workspace.settings.config())
    return workspace if found.runnable is None else found


@dataclass(slots=True)
class _Translating(Disk):
    """Reads modules as they would be in another language."""

    to: str
    disk: Disk = field(default_factory=Disk)

    def data(self, path: Path) -> bytes:
        return self.disk.data(path)

    def module(self, path: Path, language: str, findings: Findings) -> Parsed:
        return _translated(self.disk.module(path, language, findings), self.to, findings)


def _translated(parsed: Parsed, language: str, findings: Findings) -> Parsed:
    if parsed.language == language:
        return parsed
    try:
        text = format_source(parsed, language, parsed.language)
    except FormatError:
        return parsed
    source = parsed.source
    return parse(Source(source.name, text, source.path), findings, parsed.language)
