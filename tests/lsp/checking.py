"""What `flow check` says of a workspace, as an editor would show it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lsprotocol import types

from flowlang.reports.json import as_data
from flowlang.workspace import lint, load
from tests.cli.calling import flow
from tests.lsp.editor import Editor

_SEVERITY = {"error": 1, "warning": 2, "info": 3}


class Shown(NamedTuple):
    """A finding as a person sees it."""

    code: str
    severity: int
    said: str
    place: tuple[int, ...]
    """Line and character of the first place and of the one behind the last, from 0, in UTF-16."""


def by_command(folder: Path) -> dict[str, list[Shown]]:
    """What the command finds on disk, by URI; nothing is recalled."""
    done = flow("check", "--no-cache", "--output-format", "json", folder, cwd=Path.cwd())
    return _by_uri(json.loads(done.stdout)["findings"], {})


def by_check(root: Path, texts: Mapping[Path, str] | None = None) -> dict[str, list[Shown]]:
    """The same of a folder or a file, with texts that are not on disk yet, in this process."""
    loaded = load(root, None if root.is_dir() else [root], texts=texts)
    lint(loaded)
    return _by_uri([as_data(one) for one in loaded.findings.in_order()], texts or {})


def _by_uri(findings: list[dict[str, Any]], texts: Mapping[Path, str]) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = {}
    for one in findings:
        path = Path(one["file"])
        lines = (texts.get(path) or path.read_text(encoding="utf-8")).split("\n")
        place: list[int] = []
        for which in ("", "end_"):
            line, column = one[f"{which}line"], one[f"{which}column"]
            before = lines[line - 1][: column - 1]
            place += [line - 1, len(before.encode("utf-16-le")) // 2]
        said = f"{one['message']}\n{one['hint']}" if one["hint"] else one["message"]
        shown = Shown(one["code"], _SEVERITY[one["severity"]], said, tuple(place))
        found.setdefault(path.as_uri(), []).append(shown)
    return found


def as_shown(diagnostic: types.Diagnostic) -> Shown:
    """What an editor was told."""
    start, end = diagnostic.range.start, diagnostic.range.end
    place = (start.line, start.character, end.line, end.character)
    severity = diagnostic.severity.value if diagnostic.severity else 0
    return Shown(str(diagnostic.code), severity, str(diagnostic.message), place)


def agrees(editor: Editor, folder: Path, expected: Mapping[str, list[Shown]]) -> bool:
    """Whether the texts of a folder come to show just this."""
    top = f"{folder.as_uri()}/"

    def holds() -> bool:
        known = {uri for uri in (*editor.versions, *editor.published) if uri.startswith(top)}
        return all(
            editor.is_current(uri)
            and [as_shown(one) for one in editor.findings(uri)] == expected.get(uri, [])
            for uri in known | expected.keys()
        )

    return editor.until(holds)
