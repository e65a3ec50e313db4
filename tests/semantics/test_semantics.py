"""Each `test` block of the workspaces beside this file is one test: what running promises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flowlang import workspace

if TYPE_CHECKING:
    from flowlang.engine.testing import Script

HERE = Path(__file__).parent


def _workspaces() -> dict[str, workspace.Workspace]:
    return {
        str(root.relative_to(HERE)): workspace.load(root, files)
        for root, files in workspace.find([HERE])
    }


WORKSPACES = _workspaces()


@pytest.mark.parametrize("name", WORKSPACES)
def test_is_without_errors(name: str) -> None:
    found = WORKSPACES[name]
    errors = [
        f"{finding.span.source.name}:{finding.span.line}: {finding.message}"
        for finding in found.findings.in_order()
        if finding.diagnostic.severity == "error"
    ]
    assert not errors
    assert found.tests


@pytest.mark.parametrize(
    ("name", "script"),
    [
        pytest.param(name, script, id=f"{name}: {script.name}")
        for name, found in WORKSPACES.items()
        for script in found.tests
    ],
)
def test_holds(name: str, script: Script) -> None:
    program = WORKSPACES[name].runnable
    assert program is not None
    result = script.run(program, {})
    assert result.passed, result.message
