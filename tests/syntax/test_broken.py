"""What a person sees who makes a mistake.  Each file in broken/ has one, but for those named."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowlang.reports import text
from flowlang.source import edited
from tests.syntax.reading import HERE, read

FILES = sorted((HERE / "broken").glob("*.flow"))
SEVERAL = {
    "de-english-units": 2,
    "german-block": 2,
    "not-equal-sign": 2,
    "four-mistakes": 4,
    "markdown": 2,
    "prose": 2,
    "split-without-percent": 2,
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_mistake_is_told_as_a_person_would(path: Path, snapshot: SnapshotAssertion) -> None:
    _, findings = read(path.read_bytes().decode(), name=path.name)
    assert text.listing(findings.found, 1) == snapshot
    assert len(findings.found) == SEVERAL.get(path.stem, 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_safe_fix_removes_its_finding(path: Path) -> None:
    parsed, findings = read(path.read_bytes().decode(), name=path.name)
    edits = [
        edit
        for finding in findings.found
        if finding.fix is not None and finding.fix.safe
        for edit in finding.fix.edits
    ]
    _, left = read(edited(parsed.source.text, edits))
    safe = sum(finding.fix is not None and finding.fix.safe for finding in findings.found)
    assert len(left.found) == len(findings.found) - safe
