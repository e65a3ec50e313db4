"""Workspaces for tests of rules, and what is found in them."""

from __future__ import annotations

from pathlib import Path

from flowlang import workspace
from flowlang.source import Edit, Finding, edited
from flowlang.workspace import Workspace

ZERO = """\
campaign "Greeting"
  start when tagged "new"
  wait 0 days
  tag "greeted"
"""
"""In it `wait-of-zero` (FL641, a warning of the family timing) finds one thing, in line 3."""


def linted(folder: Path, text: str = ZERO, settings: str = "", **files: str) -> Workspace:
    """A workspace of a text, and of more files by name with `_` for the dot and `__` for `/`."""
    (folder / "flow.toml").write_text(settings, encoding="utf-8")
    (folder / "shop.flow").write_text(text, encoding="utf-8")
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    loaded = workspace.load(folder)
    workspace.lint(loaded)
    return loaded


def told(loaded: Workspace) -> list[tuple[str, str, int]]:
    """Name, severity and line of each finding."""
    return [
        (one.diagnostic.name, one.severity, one.span.line) for one in loaded.findings.in_order()
    ]


def mended(loaded: Workspace) -> str:
    """The text of the first file with the safe fixes applied, each by itself being enough."""
    edits = [edit for one in loaded.findings.found for edit in _edits(one)]
    return edited(loaded.files[0].source.text, edits)


def _edits(finding: Finding) -> list[Edit]:
    return list(finding.fix.edits) if finding.fix is not None and finding.fix.safe else []
